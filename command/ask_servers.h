// Asks servers whether they are there, over UDP and over TCP: for `wend check --online`.
#pragma once
#include <chrono>
#include <vector>

#include "config/config.h"
#include "config/lint.h"

namespace wend {

inline constexpr std::size_t asked_servers_max = 64;

// Sends to each server of "forward" and "stub" one query for its zone's SOA over each of the two,
// all at once, and waits until all have answered or the time is over. Any response to the query
// will do. Servers beyond asked_servers_max are left out.
std::vector<AskedServer> ask_servers(const Config& config, std::chrono::milliseconds patience);

}  // namespace wend
