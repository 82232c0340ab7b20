#include "resolver/synthesis.h"

#include <utility>

#include "resolver/alias_chain.h"

namespace wend {

namespace {

Step step_from_expansion(Expansion expansion, const dns::Question& question) {
    Step step;
    step.authority = std::move(expansion.proofs);
    if (expansion.answer.type() == question.qtype) {
        step.kind = Step::Kind::answer;
        step.end = question.qname;
        step.answer = std::move(expansion.answer);
        return step;
    }
    step.kind = Step::Kind::alias;
    step.end = alias_target(expansion.answer);
    step.chain = {std::move(expansion.answer)};
    return step;
}

}  // namespace

std::optional<Step> synthesize_step(const dns::Question& question, const cache::Spans& spans,
                                    const cache::Cache& cache, dnssec::Meter& meter, Instant now) {
    Synthesized made = synthesize(question, spans, cache, meter, now);
    if (auto* expansion = std::get_if<Expansion>(&made)) {
        return step_from_expansion(std::move(*expansion), question);
    }
    if (const auto* denial = std::get_if<cache::Denial>(&made)) {
        return step_from_denial(*denial, question.qname);
    }
    return std::nullopt;
}

void keep_for_synthesis(const Accepted& accepted, const World& world) {
    if (world.spans == nullptr) {
        return;
    }
    const Instant now = world.clock.now();
    std::vector<dns::RRset> authority = accepted.proofs;
    if (accepted.soa) {
        authority.push_back(accepted.soa);
    }
    note_proofs(authority, *world.spans, now);
    for (const dns::RRset& link : accepted.chain.rrsets) {
        note_expansion(link, world.cache, now);
    }
    if (accepted.answer) {
        note_expansion(accepted.answer, world.cache, now);
    }
}

}  // namespace wend
