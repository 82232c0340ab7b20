// A message held against an entry's MATCH tokens: upstream queries against the entries of a range,
// clients' answers against what a CHECK_ANSWER expects. `all` and Deckard's lists are compared as
// FORMAT.md 13 (the portable profile) says:
//
//   header      opcode, rcode, QR RD RA CD AD and TC; AA where the answer is local data
//   ANSWER      as a set of records; TTLs only with `ttl`
//   AUTHORITY   what a negative or wildcard answer must prove: SOA, and NSEC and NSEC3 with DO
//   ADDITIONAL  an OPT record if and only if the query had one
//   TC          if set, no section is compared
#pragma once
#include <optional>
#include <string>

#include "dns/message.h"
#include "replay/scenario/scenario.h"
#include "transport/network.h"

namespace wend::sim {

struct Observed {
    const dns::Message& message;
    Channel channel = Channel::udp;
    bool is_answer = true;  // else an upstream query
    // Of the query that an answer is for.
    bool query_has_edns = false;
    bool query_dnssec_ok = false;
};

// Nothing if `got` matches; else the first difference: "expected rcode NOERROR, got SERVFAIL".
std::optional<std::string> difference(const Entry& expected, const Observed& got, Dialect dialect);

// replay/compare_sections.cc: which of the sections differ.
struct SectionsToCompare {
    bool answer = false;
    bool authority = false;
    bool ttl = false;
};

std::optional<std::string> sections_difference(const Packet& expected, const Observed& got,
                                               const SectionsToCompare& which);

}  // namespace wend::sim
