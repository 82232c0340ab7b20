// How many sockets and files the process may have open. Each query under way to a server has a
// socket of its own, and the usual limit of 1,024 would end most of them.
#pragma once
#include <cstddef>

#include "config/config.h"

namespace wend {

// Fewer queries to servers than this in a worker are felt on a busy network.
inline constexpr std::size_t exchanges_comfortable = 1'000;
inline constexpr std::size_t exchanges_min = 64;

// How many queries to servers each worker may have under way, each on a socket of its own, so that
// there is room for all its clients' connections among the `allowed` files of the process.
std::size_t exchanges_within(std::size_t allowed, const Config& config, unsigned workers);

// Raises the soft limit to the hard one; returns what it is then.
std::size_t raise_descriptor_limit();

}  // namespace wend
