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

inline constexpr std::size_t option_header = 4;  // code and length

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
    Octets data;  // in the Message that it was read into, or the sender's
};

// An OPT record that was received.
struct Edns {
    std::uint8_t version = 0;
    std::uint8_t extended_rcode = 0;  // the upper eight bits
    bool dnssec_ok = false;
    std::uint16_t udp_payload_size = 512;  // at least 512: less means that (RFC 6891 6.2.3)
    std::vector<EdnsOption> options;

    // The first with this code.
    const EdnsOption* find(OptionCode code) const;

    // From the fixed fields of an OPT record, which stand where other records have class and TTL.
    // `options` is as before.
    void set_fields(std::uint16_t rclass, std::uint32_t ttl);
    // From an OPT record's rdata, of which the options keep views; the first edns_options_max of
    // them. False if the last one runs past the end.
    bool set_options(Octets rdata);
};

}  // namespace wend::dns
