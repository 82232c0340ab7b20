// EDNS(0): the OPT record and its options (RFC 6891).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace wend::dns {

inline constexpr std::uint16_t edns_payload_size = 1232;  // DNS flag day 2020; RFC 9715
inline constexpr std::size_t edns_options_max = 32;       // read; what follows is left out

enum class OptionCode : std::uint16_t {
    nsid = 3,
    client_subnet = 8,
    cookie = 10,
    tcp_keepalive = 11,
    padding = 12,
    chain = 13,
    extended_error = 15,
};

struct EdnsOption {
    OptionCode code{};
    Octets data;  // in the message that was parsed
};

// An OPT record that was received.
struct Edns {
    std::uint8_t version = 0;
    std::uint8_t extended_rcode = 0;  // the upper eight bits
    bool dnssec_ok = false;
    std::uint16_t udp_payload_size = 512;  // as sent; below 512 means 512
    std::vector<EdnsOption> options;

    const EdnsOption* find(OptionCode code) const;
};

}  // namespace wend::dns
