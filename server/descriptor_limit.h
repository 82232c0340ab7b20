// How many sockets and files the process may have open. Each query under way to a server has a
// socket of its own, and the usual limit of 1,024 would end most of them.
#pragma once
#include <cstddef>

#include "server/config.h"

namespace wend {

// What all workers together may have open at once, at the most.
std::size_t descriptors_wanted(const Config& config, unsigned workers);

// Raises the soft limit to the hard one; returns what it is then.
std::size_t raise_descriptor_limit();

}  // namespace wend
