// One step towards an answer: what is known, or was just learnt, of one name.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "cache/cache.h"
#include "dns/message.h"
#include "resolver/event.h"
#include "resolver/scrub.h"

namespace wend {

struct Step {
    enum class Kind : std::uint8_t { answer, alias, no_data, name_error, name_too_long };

    Kind kind = Kind::answer;
    std::vector<dns::RRset> chain;      // aliases in order, a DNAME before the CNAME that it makes
    dns::Name end;                      // where the chain leads, or the name asked
    dns::RRset answer;                  // kind answer
    std::vector<dns::RRset> authority;  // SOA and proofs
    // Of a denial; that of data lies in the RRsets.
    dns::Security denial_security = dns::Security::unchecked;
};

// How the cache is to be read.
struct CacheView {
    const cache::Cache& cache;
    // The deepest configured zone or trust anchor above the name: no denial and no DNAME from
    // outside may reach into it (the root if there is none).
    dns::NameView floor;
    bool checked_only = false;  // as if there were nothing that no validator has looked at
    Instant now{};
};

// From fresh data of the cache.
std::optional<Step> step_from_cache(const CacheView& view, const dns::Question& question);

Step step_from_denial(const cache::Denial& denial, const dns::Name& name);

// From a response that was accepted as an answer of some kind.
Step step_from_response(const Accepted& accepted);

// Of a denial, the TTL that the cache gave it: its limits hold for the first answer as well.
void adopt_denial_ttl(Step& step, dns::Type qtype, const cache::Cache& cache, Instant now);

// For the trace.
event::FromCache describe_step(const Step& step, const dns::Question& question);

}  // namespace wend
