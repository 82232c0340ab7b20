// Who answered: with Reason it is what log, metric and trace say of an answer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wend::dns {

enum class Source : std::uint8_t {
    cache,    // what was known, without the network
    local,    // what we answer ourselves: RFC 6303 zones, CHAOS, ANY
    policy,   // what a rule says in place of the answer
    network,  // asked of servers, by this query or by one that it joined
    stale,    // what has expired, since no server answered (RFC 8767)
    refused,  // an error for the client's own sake, without a look
    dropped,  // no reply
};

inline constexpr std::size_t source_count = static_cast<std::size_t>(Source::dropped) + 1;

constexpr std::string_view to_text(Source source) {
    switch (source) {
        case Source::cache:
            return "cache";
        case Source::local:
            return "local";
        case Source::policy:
            return "policy";
        case Source::network:
            return "network";
        case Source::stale:
            return "stale";
        case Source::refused:
            return "refused";
        case Source::dropped:
            return "dropped";
    }
    return "none";
}

}  // namespace wend::dns
