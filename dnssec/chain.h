// The chain of trust: from an anchor down to the keys of the zone that signed (RFC 4035 5).
// Straight line coroutines over pure checks; asks for DS and DNSKEY through a KeySource.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "dns/name.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dnssec/denial.h"
#include "dnssec/key_source.h"
#include "dnssec/keys.h"
#include "dnssec/signer_claim.h"
#include "dnssec/trust.h"
#include "dnssec/trust_anchors.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

inline constexpr int chain_depth_max = 32;  // zones from an anchor to the signer
// Labels asked about for an unseen zone cut: through a forwarder all that an IPv6 reverse name has.
inline constexpr int cut_search_max = 34;
inline constexpr int key_attempts_max = 5;  // fetches of one DS or DNSKEY set that turns out bogus
inline constexpr std::uint32_t trust_ttl_max = 3'600;  // seconds
inline constexpr std::uint32_t bogus_ttl = 60;         // seconds (RFC 4035 4.7)
inline constexpr std::uint32_t unfetched_ttl = 5;      // seconds (RFC 9520 3.2)

// What was looked at and what it came to: a line of a trace.
struct ChainStep {
    dns::Name owner;
    dns::Type type{};
    TrustState state{};
    dns::Reason reason = dns::Reason::none;
    std::uint16_t key_tag = 0;
};

class ChainSink {
  public:
    ChainSink() = default;
    ChainSink(const ChainSink&) = delete;
    ChainSink& operator=(const ChainSink&) = delete;
    ChainSink(ChainSink&&) = delete;
    ChainSink& operator=(ChainSink&&) = delete;
    virtual ~ChainSink() = default;
    virtual void on_step(const ChainStep& step) = 0;
};

// What one client query brings along; all outlive the calls it is given to.
struct ChainContext {
    KeySource& source;
    Meter& meter;
    ChainSink* sink = nullptr;
};

// Names and records that a coroutine is given outlive it: they lie on the awaiting frame.
class Chain {
  public:
    Chain(const TrustAnchors& anchors, Clock& clock, TrustMemory& memory)
        : anchors_(anchors), clock_(clock), memory_(memory) {}

    // The keys of exactly this zone. `depth` is 0 for the caller.
    Task<Trust> keys_of(const dns::Name& zone, ChainContext& context, int depth);

    // The same of the zone that is said to have signed. Where it is insecure, so is all that the
    // claim was made for.
    Task<Trust> keys_claimed(const SignerClaim& claim, ChainContext& context, int depth);

    // Whether the zone that is said to have signed lies at or below the anchor that is closest to
    // this name: one above vouches for nothing there (CVE-2026-35501).
    bool is_anchored(const SignerClaim& claim, const dns::Name& name) const;

    // Whether data at this name without any signature can be right: insecure, or secure (then it
    // should have been signed). `hint` is a zone at or above the name whose servers gave it.
    Task<Trust> trust_at(const dns::Name& name, const dns::Name& hint, ChainContext& context);

    // Whether `zone` is known to be insecure, and with it this name at or below it.
    bool is_known_insecure(const dns::Name& zone, const dns::Name& name) const;

    const TrustAnchors& anchors() const { return anchors_; }

    WallTime wall_now() const { return clock_.wall_now(); }

  private:
    // What is remembered of the zone, or that it lies below an insecure one.
    const Trust* known(const dns::Name& zone) const;
    Task<Trust> establish_zone(const dns::Name& zone, ChainContext& context, int depth);
    Task<Trust> from_anchor(const dns::Name& zone, const TrustAnchor& anchor,
                            ChainContext& context);
    Task<std::optional<Trust>> decided_above(const dns::Name& zone, ChainContext& context,
                                             int depth);
    Task<Trust> from_parent(const dns::Name& zone, ChainContext& context, int depth);
    Trust at_alias(const dns::Name& zone, Fetched& fetched, const Trust& parent,
                   ReplyMeter& meter) const;
    Trust without_ds(const dns::Name& zone, std::vector<dns::RRset> proofs, const Trust& parent,
                     ReplyMeter& meter) const;
    Task<Trust> from_ds(const dns::Name& zone, const dns::RRset& ds, ChainContext& context);
    Task<Trust> parent_of(const dns::Name& zone, const std::optional<SignerClaim>& claim,
                          ChainContext& context, int depth);
    void note(ChainContext& context, dns::NameView owner, dns::Type type, const Trust& trust) const;

    const TrustAnchors& anchors_;
    Clock& clock_;
    TrustMemory& memory_;
};

}  // namespace wend::dnssec
