// Between the steps of a resolution and the aggressive use of the validated cache (RFC 8198).
#pragma once
#include <optional>

#include "resolver/aggressive.h"
#include "resolver/cached_step.h"
#include "resolver/resolver.h"

namespace wend {

// A denial, or data that a wildcard gives, without asking anybody; nothing if nothing proves it.
std::optional<Step> synthesize_step(const dns::Question& question, const cache::Spans& spans,
                                    const cache::Cache& cache, dnssec::Meter& meter, Instant now);

// Keeps the proofs and wildcards of a validated response; of any other response nothing.
void keep_for_synthesis(const Accepted& accepted, const World& world);

}  // namespace wend
