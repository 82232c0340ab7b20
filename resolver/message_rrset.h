// RRsets out of a message's records.
#pragma once
#include "dns/message.h"
#include "dns/rrset.h"

namespace wend {

inline constexpr std::size_t signatures_kept_max = 8;  // for each RRset (docs/limits.md)

// The RRset of that owner and type in that section, with the RRSIGs that cover it, wherever in the
// message they stand; empty if there is none. The least TTL of its records counts (RFC 2181 5.2).
dns::RRset rrset_in(const dns::Message& message, dns::Section section, dns::NameView owner,
                    dns::Type type);

}  // namespace wend
