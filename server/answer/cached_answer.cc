#include "server/answer/cached_answer.h"

#include <algorithm>

#include "base/check.h"
#include "dnssec/signature.h"
#include "resolver/alias_chain.h"
#include "server/answer/compose.h"

namespace wend {
namespace {

// Holds the largest RRset that a message can carry, with its aliases; what is larger takes the
// slow way.
constexpr std::size_t octets_max = std::size_t{128} << 10;

bool may_be_served(dns::Security security, bool validates, bool checking_disabled) {
    if (checking_disabled) {
        return true;
    }
    return security != dns::Security::bogus && (security != dns::Security::unchecked || !validates);
}

}  // namespace

CachedAnswer::CachedAnswer(const cache::Cache& cache, bool validates)
    : cache_(cache), validates_(validates), octets_(octets_max) {}

void CachedAnswer::forget() {
    used_ = 0;
    part_count_ = 0;
    security_ = dns::Security::secure;
}

bool CachedAnswer::take(const cache::Cache::HashedName& owner, dns::Type type, const Wanted& wanted,
                        Instant now) {
    const auto hit = cache_.find_packed(owner, type, now, MutableOctets(octets_).subspan(used_));
    if (!hit || !may_be_served(hit->security, validates_, wanted.checking_disabled)) {
        return false;
    }
    const auto found = dns::PackedRRset::trusted(Octets(octets_).subspan(used_, hit->size));
    if (wanted.dnssec_ok && dnssec::is_wildcard_expansion(found)) {
        return false;
    }
    check(part_count_ < parts_.size(), "a chain has no more parts than aliases and their end");
    parts_[part_count_++] = {used_, hit->size, hit->ttl, hit->side};
    used_ += hit->size;
    security_ = std::min(security_, hit->security);
    return true;
}

bool CachedAnswer::find(const dns::Question& question, const Wanted& wanted, Instant now) {
    forget();
    dns::NameView name = question.qname;
    for (int hop = 0; hop <= aliases_max; ++hop) {
        const auto owner = cache_.hashed(name);
        if (take(owner, question.qtype, wanted, now)) {
            return true;
        }
        const bool may_go_on = hop < aliases_max && question.qtype != dns::Type::cname;
        if (!may_go_on || !take(owner, dns::Type::cname, wanted, now)) {
            return false;
        }
        const Part& alias = parts_[part_count_ - 1];
        if (!is_led_by_alias(question.qtype, alias.side)) {
            return false;
        }
        name = dns::NameView::trusted(rrset(alias).rdatas().front());
    }
    return false;
}

bool CachedAnswer::find_one(dns::NameView owner, dns::Type type, const Wanted& wanted,
                            Instant now) {
    forget();
    return take(cache_.hashed(owner), type, wanted, now);
}

dns::PackedRRset CachedAnswer::rrset(const Part& part) const {
    return dns::PackedRRset::trusted(Octets(octets_).subspan(part.at, part.size));
}

std::size_t CachedAnswer::compose(const QueryFacts& facts, MutableOctets out) const {
    Composer composer(facts, out);
    composer.start(
        {.reason = dns::Reason::from_cache, .secure = security_ == dns::Security::secure});
    for (std::size_t i = 0; i < part_count_; ++i) {
        composer.add(dns::Section::answer, rrset(parts_[i]), parts_[i].ttl);
    }
    return composer.finish();
}

}  // namespace wend
