// A reply taken apart into RRsets, so that an attacker may change it, and put together again.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::sim {

using Rdata = std::vector<std::uint8_t>;

struct Draft {
    bool authoritative = false;
    bool truncated = false;
    dns::Rcode rcode = dns::Rcode::noerror;
    std::array<std::vector<dns::RRset>, 3> sections{};  // answer, authority, additional

    std::vector<dns::RRset>& answer() { return sections[0]; }

    std::vector<dns::RRset>& authority() { return sections[1]; }

    std::vector<dns::RRset>& additional() { return sections[2]; }
};

// Of octets that are a message; anything else gives an empty draft.
Draft read_draft(Octets reply);

// As the reply to `query`: its id and question. What does not fit a datagram sets TC.
std::vector<std::uint8_t> write_draft(const Draft& draft, Octets query, bool over_udp);

std::string to_text(const Draft& draft);

// The RRset with other signatures, in this order.
dns::RRset with_signatures(const dns::RRset& rrset, const std::vector<Rdata>& signatures);

std::vector<Rdata> signatures_of(const dns::RRset& rrset);

// The name below that one; that one itself where it would be too long.
dns::Name with_label(std::string_view label, dns::NameView name);

void append_u16(Rdata& to, std::size_t value);

// An RRset of one record.
dns::RRset rrset_of(dns::NameView owner, dns::Type type, std::uint32_t ttl, Octets rdata);

}  // namespace wend::sim
