// Aggressive use of the DNSSEC-validated cache (RFC 8198): what verified NSEC and NSEC3 records say
// of names that were never asked for.
//
// The candidates are looked up, at most a handful, and then judged by the very predicates that
// judge a reply (dnssec/denial.h). So nothing is said of names below a zone cut or a DNAME, and
// spans with opt-out say nothing at all: they are never kept.
#pragma once
#include <optional>
#include <variant>
#include <vector>

#include "base/time.h"
#include "cache/cache.h"
#include "cache/spans.h"
#include "dns/message.h"
#include "dns/rrset.h"
#include "dnssec/verdict.h"

namespace wend {

// What one attempt may cost: beyond it the question is asked of a server as any other.
inline constexpr int synthesis_nsec3_blocks_max = 128;
inline constexpr std::size_t synthesis_labels_max = 16;  // of the name, below its zone

// NXDOMAIN or NODATA for the question, security secure, with SOA and proofs whose TTLs are what is
// left, at most `ttl`. Nothing if the spans do not prove it. To be asked after the cache itself.
std::optional<cache::Denial> synthesize_denial(const dns::Question& question,
                                               const cache::Spans& spans, dnssec::Meter& meter,
                                               Instant now);

// A positive answer from a wildcard's RRset in the cache.
struct Expansion {
    dns::RRset answer;  // of the type asked for, or a CNAME; owner is the name asked for; secure
    std::vector<dns::RRset> proofs;  // that no closer match exists
};

// What the spans and wildcards of the cache come to, looked up once: data that a wildcard gives, or
// else a denial as above, or nothing.
using Synthesized = std::variant<std::monostate, Expansion, cache::Denial>;
Synthesized synthesize(const dns::Question& question, const cache::Spans& spans,
                       const cache::Cache& cache, dnssec::Meter& meter, Instant now);

// Keeps what a validated reply gives for later: from `authority` the SOA, NSEC and NSEC3 RRsets
// whose own security is secure. Anything else is passed over, so any reply may be given.
void note_proofs(const std::vector<dns::RRset>& authority, cache::Spans& spans, Instant now);

// Keeps the RRset of a wildcard under the wildcard's own name, if `expanded` is secure and was
// expanded from one.
void note_expansion(const dns::RRset& expanded, cache::Cache& cache, Instant now);

}  // namespace wend
