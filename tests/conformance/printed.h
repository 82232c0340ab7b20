// The zone "example." as RFC 4035 and RFC 5155 print it: its keys, and answers that are validated
// with the signatures of the page, at a time when they were valid.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "dns/rrset.h"
#include "dns/zone_file.h"
#include "dnssec/key_source.h"
#include "dnssec/records.h"
#include "dnssec/trust_anchors.h"
#include "dnssec/validator.h"
#include "tests/unit/dnssec/records.h"

class PageClock final : public wend::Clock {
  public:
    explicit PageClock(std::int64_t seconds) : wall_(std::chrono::seconds(seconds)) {}

    wend::Instant now() const override { return wend::Instant(std::chrono::seconds(1)); }

    wend::WallTime wall_now() const override { return wall_; }

  protected:
    void arm(wend::Sleep&) override { wend::check(false, "nothing sleeps here"); }

    void disarm(wend::Sleep&) noexcept override {}

  private:
    wend::WallTime wall_;
};

// The RRsets of a section in the order in which they are printed, signatures attached.
inline std::vector<wend::dns::RRset> section(const std::string& text) {
    using namespace wend;
    const auto records = dns::parse_zone_file(text, {.default_ttl = 3600});
    check(records.has_value(), "a printed section is well formed");
    std::vector<std::pair<std::pair<dns::Name, dns::Type>, dns::RRsetBuilder>> sets;
    for (const auto& record : *records) {
        const bool is_signature = record.type == dns::Type::rrsig;
        const dns::Type type =
            is_signature ? dnssec::Rrsig::read(record.rdata).covered : record.type;
        auto at = std::find_if(sets.begin(), sets.end(), [&](const auto& set) {
            return set.first.first == record.owner && set.first.second == type;
        });
        if (at == sets.end()) {
            sets.emplace_back(std::pair(record.owner, type), dns::RRsetBuilder(record.owner, type));
            at = std::prev(sets.end());
        }
        is_signature ? at->second.add_signature(record.rdata) : at->second.add(record.rdata);
    }
    std::vector<dns::RRset> rrsets;
    for (const auto& [key, builder] : sets) {
        rrsets.push_back(builder.finish(3600));
    }
    return rrsets;
}

// Trusts the zone's key signing key. Answers for keys with what is printed; a DS is denied with
// what `no_ds` holds for its owner.
class PrintedZone final : public wend::dnssec::KeySource {
  public:
    // `keys` is the DNSKEY RRset with its signatures.
    PrintedZone(const std::string& keys, std::int64_t seconds)
        : keys_(section(keys).front()), clock_(seconds) {
        for (const wend::Octets rdata : keys_.rdatas()) {
            if (wend::dnssec::Dnskey::read(rdata).is_secure_entry_point()) {
                anchors_.add(keys_.owner(), wend::dns::Type::dnskey, rdata);
            }
        }
    }

    wend::Task<wend::dnssec::Fetched> fetch(const wend::dns::Name& owner,
                                            wend::dns::Type type) override {
        wend::dnssec::Fetched fetched;
        if (type == wend::dns::Type::dnskey && owner == keys_.owner()) {
            fetched.rrset = keys_;
        }
        if (const auto found = no_ds.find(owner); found != no_ds.end()) {
            fetched.proofs = found->second;
        }
        co_return fetched;
    }

    void distrust(const wend::dns::Name&, wend::dns::Type) override {}

    wend::dnssec::Verdict validate(std::string_view name, wend::dns::Type type,
                                   wend::dnssec::Reply reply) {
        memory_.clear();
        const wend::dns::Question question{wend::dns::name_of(name), type};
        wend::dnssec::Validator validator(anchors_, clock_, memory_);
        wend::dnssec::ChainContext context{*this, meter};
        auto task = validator.validate(question, reply, context);
        task.start();
        wend::check(task.done(), "nothing here suspends");
        return task.result();
    }

    std::map<wend::dns::Name, std::vector<wend::dns::RRset>, wend::dns::CanonicalLess> no_ds;
    CountingMeter meter;

  private:
    wend::dns::RRset keys_;
    PageClock clock_;
    wend::dnssec::TrustAnchors anchors_;
    wend::dnssec::TrustMemory memory_{10, wend::HashKey{1, 2}};
};

// An answer of appendix B.
struct Printed {
    const char* name;
    wend::dns::Type type{};
    wend::dns::Rcode rcode{};
    std::string answer;
    std::string authority;  // SOA, NSEC, NSEC3; not the NS

    wend::dnssec::Reply reply() const {
        return {rcode, section(answer), section(authority), wend::dns::name_of("example")};
    }
};

inline bool is_proof(const wend::dns::RRset& rrset) {
    return rrset.type() == wend::dns::Type::nsec || rrset.type() == wend::dns::Type::nsec3;
}

// The verdicts on the reply without one of its proof records, for each of them.
inline std::vector<wend::dnssec::Verdict> without_each_proof(PrintedZone& zone,
                                                             const Printed& printed) {
    std::vector<wend::dnssec::Verdict> verdicts;
    const auto whole = printed.reply();
    for (std::size_t i = 0; i < whole.authority.size(); ++i) {
        if (is_proof(whole.authority[i])) {
            auto reply = whole;
            reply.authority.erase(reply.authority.begin() + static_cast<std::ptrdiff_t>(i));
            verdicts.push_back(zone.validate(printed.name, printed.type, reply));
        }
    }
    return verdicts;
}
