// Records of the DNSSEC from text, for tests.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dns/rrset.h"
#include "dns/zone_file.h"
#include "dnssec/denial.h"

// Counts what is spent and stops where a test says.
class CountingMeter final : public wend::dnssec::Meter {
  public:
    bool spend_signature() override { return ++signatures <= signatures_max; }

    bool spend_failure() override { return ++failures <= failures_max; }

    bool spend_nsec3_blocks(int count) override { return (blocks += count) <= blocks_max; }

    wend::dnssec::SignatureMemory* memory() override { return known; }

    wend::dnssec::SignatureMemory* known = nullptr;  // none is remembered unless a test says so

    int signatures = 0;
    int signatures_max = 1'000'000;
    int failures = 0;
    int failures_max = 1'000'000;
    int blocks = 0;
    int blocks_max = 1'000'000;
};

// All records of one owner and type; RRSIG records among them become its signatures.
inline wend::dns::RRset rrset_of(std::string_view text) {
    const auto records = wend::dns::parse_zone_file(text, {});
    wend::check(records.has_value() && !records->empty(), "a literal RRset is well formed");
    wend::dns::RRsetBuilder builder(records->front().owner, records->front().type);
    for (const auto& record : *records) {
        if (record.type == wend::dns::Type::rrsig) {
            builder.add_signature(record.rdata);
        } else {
            builder.add(record.rdata);
        }
    }
    return builder.finish(records->front().ttl);
}

// Secure, as if its first signature, if it has one, had been verified.
inline wend::dns::RRset proved(const wend::dns::RRset& rrset) {
    const auto all = rrset.signatures();
    const std::vector<wend::Octets> signatures(all.begin(), all.end());
    return signatures.empty() ? rrset.with_security(wend::dns::Security::secure)
                              : rrset.proved_by(signatures);
}

inline wend::dns::RRset nsec(const std::string& owner, const std::string& next,
                             const std::string& types) {
    return rrset_of(owner + ". 3600 IN NSEC " + next + ". " + types + "\n");
}

// Of the zone example, opt-out, with the salt of RFC 5155's appendices.
inline wend::dns::RRset nsec3(const std::string& owner, const std::string& next,
                              const std::string& types, int iterations = 12) {
    return rrset_of(owner + ".example. 3600 IN NSEC3 1 1 " + std::to_string(iterations) +
                    " aabbccdd " + next + " " + types + "\n");
}

// Proof records of one zone.
class Zone {
  public:
    Zone(std::string_view name, std::vector<wend::dns::RRset> rrsets)
        : name_(wend::dns::name_of(name)), rrsets_(std::move(rrsets)) {
        for (const auto& rrset : rrsets_) {
            packed_.push_back(rrset.packed());
        }
    }

    wend::dnssec::Proofs proofs() const { return {name_, packed_}; }

    wend::dnssec::Proofs without(std::size_t which) {
        partial_ = packed_;
        partial_.erase(partial_.begin() + static_cast<std::ptrdiff_t>(which));
        return {name_, partial_};
    }

    CountingMeter meter;

  private:
    wend::dns::Name name_;
    std::vector<wend::dns::RRset> rrsets_;
    std::vector<wend::dns::PackedRRset> packed_;
    std::vector<wend::dns::PackedRRset> partial_;
};
