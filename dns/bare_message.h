// A message of a question and nothing behind it but an OPT record, if that: nearly all queries, and
// the replies that carry no data. Read at one go. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dns {

struct BareMessage {
    NameView qname;  // in the message
    Type qtype{};
    Class qclass{};
    // Of the OPT record; where there is none, all as here.
    bool has_opt = false;
    std::uint16_t opt_class = 0;
    std::uint32_t opt_ttl = 0;
    Octets opt_rdata;       // in the message; not looked at
    std::size_t steps = 0;  // labels read, as Message::steps() counts them

    // Nothing for every other message, for one that is malformed, and where a name is a pointer.
    static std::optional<BareMessage> read(Octets wire);
};

}  // namespace wend::dns
