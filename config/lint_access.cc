#include "config/lint_access.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wend {
namespace {

// Larger than what one operator has: whoever forges these addresses floods half the world.
bool is_everybody(const Prefix& network) {
    constexpr unsigned long bits_min_v4 = 8;  // as much as a registry gives to one
    constexpr unsigned long bits_min_v6 = 19;
    const std::string text = network.to_text();
    const std::size_t slash = text.find('/');
    return slash != std::string::npos && std::stoul(text.substr(slash + 1)) <
                                             (network.first().is_v4() ? bits_min_v4 : bits_min_v6);
}

std::vector<Prefix> strangers(const Config& config) {
    const Config::RateLimit& rate = config.rate_limit;
    const bool is_limited =
        rate.mode != policy::RateMode::off &&
        (rate.limits.queries_per_address != 0 || rate.limits.queries_per_network != 0);
    std::vector<Prefix> limited;
    const policy::AccessList exempt(rate.exempt);
    const policy::AccessList near(policy::default_allowed());
    for (const Prefix& network : config.access.allow) {
        if (is_limited && !exempt.covers(network) && !near.covers(network) &&
            !is_everybody(network)) {
            limited.push_back(network);
        }
    }
    return limited;
}

// What rate-limit.exempt would be with these too.
std::string exempt_line(const Config& config, std::span<const Prefix> more) {
    std::vector<std::string> words;
    const std::vector<Prefix> near = policy::default_allowed();
    const policy::AccessList exempt(config.rate_limit.exempt);
    const auto is_exempt = [&exempt](const Prefix& network) { return exempt.covers(network); };
    const bool has_private = std::ranges::all_of(near, is_exempt);
    if (has_private) {
        words.emplace_back("private");
    }
    if (config.rate_limit.exempt_local_networks) {
        words.emplace_back("localnets");
    }
    for (const Prefix& network : config.rate_limit.exempt) {
        if (!has_private || std::ranges::find(near, network) == near.end()) {
            words.push_back(network.to_text());
        }
    }
    for (const Prefix& network : more) {
        words.push_back(network.to_text());
    }
    return fmt::format(R"("rate-limit": {{ "exempt": ["{}"] }})", fmt::join(words, R"(", ")"));
}

}  // namespace

std::optional<NetworkFinding> limited_networks(const Config& config) {
    constexpr std::size_t named_max = 16;
    const std::vector<Prefix> limited = strangers(config);
    if (limited.empty()) {
        return std::nullopt;
    }
    const std::string more =
        limited.size() == 1 ? "" : fmt::format(" and {} more", limited.size() - 1);
    const std::span<const Prefix> named =
        std::span(limited).first(std::min(limited.size(), named_max));
    const policy::RateLimits& rates = config.rate_limit.limits;
    return NetworkFinding{
        limited.front(),
        fmt::format("{}{} may ask {} queries a second from an address and {} from a network, "
                    "without a cookie over UDP. If no packet with such an address can come in from "
                    "outside, say so: {}{}",
                    limited.front().to_text(), more, rates.queries_per_address,
                    rates.queries_per_network, exempt_line(config, named),
                    named.size() < limited.size() ? " and so on" : "")};
}

std::optional<NetworkFinding> open_networks(const Config& config) {
    const policy::AccessList near(policy::default_allowed());
    const bool is_reached = std::ranges::any_of(config.listen, [&near](const Endpoint& address) {
        return !near.allows(address.ip) || address.ip.is_unspecified();
    });
    const auto open = std::ranges::find_if(config.access.allow, [](const Prefix& network) {
        return is_everybody(network) && is_public(network);
    });
    if (!is_reached || open == config.access.allow.end()) {
        return std::nullopt;
    }
    return NetworkFinding{
        *open,
        fmt::format("{} may ask: whoever forges an address of it is answered, at the rates of "
                    "rate-limit, and so floods somebody else",
                    open->to_text())};
}

bool is_beyond_loopback(const std::vector<Endpoint>& addresses) {
    return std::ranges::any_of(addresses,
                               [](const Endpoint& address) { return !address.ip.is_loopback(); });
}

bool is_public(const Prefix& network) {
    return !policy::AccessList(policy::default_allowed()).covers(network);
}

}  // namespace wend
