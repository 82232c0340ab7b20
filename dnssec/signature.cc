#include "dnssec/signature.h"

#include <algorithm>
#include <chrono>

#include "dns/rdata.h"
#include "dnssec/pretence.h"

namespace wend::dnssec {
namespace {

using dns::Reason;

constexpr std::uint32_t skew_max = 3'600;

std::uint32_t seconds_of(WallTime now) {
    return static_cast<std::uint32_t>(now.time_since_epoch().count());
}

// RFC 1982 serial arithmetic: is `a` later than `b`?
bool later(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b) > 0;
}

// Labels as an RRSIG counts them: neither the root nor a leading asterisk (RFC 4034 3.1.3).
std::size_t counted_labels(dns::NameView owner) {
    return owner.label_count() - (owner.is_wildcard() ? 1 : 0);
}

void append_u16(std::vector<std::uint8_t>& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void append(std::vector<std::uint8_t>& out, Octets octets) {
    out.insert(out.end(), octets.begin(), octets.end());
}

// One RRset's attempts: which failure to report, and when to give up.
class Attempts {
  public:
    bool may_try() const { return failures_ < failures_per_rrset_max; }

    void failed() {
        ++failures_;
        note(Reason::bogus_signature);
    }

    // The most telling of all reasons: a failed check before dates before a missing key.
    void note(Reason reason) {
        if (weight(reason) > weight(worst_)) {
            worst_ = reason;
        }
    }

    Reason worst() const { return worst_; }

  private:
    static int weight(Reason reason) {
        switch (reason) {
            case Reason::bogus_no_signature:
                return 0;
            case Reason::bogus_no_key:
                return 1;
            case Reason::bogus_not_yet_valid:
                return 2;
            case Reason::bogus_expired:
                return 3;
            default:
                return 4;
        }
    }

    int failures_ = 0;
    Reason worst_ = Reason::bogus_no_signature;
};

std::uint32_t ttl_limit(const Rrsig& signature, WallTime now) {
    if (is_any_date_pretended()) {
        return signature.original_ttl;
    }
    const std::uint32_t present = seconds_of(now);
    const std::uint32_t left =
        later(signature.expiration, present) ? signature.expiration - present : 0;
    return std::min(signature.original_ttl, left);
}

enum class Check : std::uint8_t { holds, fails, over_budget };

Check check_signature(const PublicKey& key, Octets data, Octets signature, Meter& meter) {
    SignatureMemory* const memory = meter.memory();
    const auto mark = memory == nullptr ? std::nullopt : key.mark_of(data, signature);
    if (mark && memory->knows(*mark)) {
        return Check::holds;
    }
    if (!meter.spend_signature()) {
        return Check::over_budget;
    }
    if (!key.verify(data, signature)) {
        return meter.spend_failure() ? Check::fails : Check::over_budget;
    }
    if (mark) {
        memory->note(*mark);
    }
    return Check::holds;
}

}  // namespace

std::uint32_t clock_skew(const Rrsig& signature) {
    const std::uint32_t validity = signature.expiration - signature.inception;
    return std::min(validity / 10, skew_max);
}

Reason applies(const Rrsig& signature, dns::NameView owner, dns::Type type, dns::NameView zone,
               WallTime now) {
    const std::size_t signer_labels = signature.signer.label_count();
    if (signature.covered != type || !(signature.signer == zone) ||
        !owner.is_subdomain_of(signature.signer) || signature.labels < signer_labels ||
        signature.labels > counted_labels(owner) ||
        !later(signature.expiration, signature.inception)) {
        return Reason::bogus_signature;
    }
    if (is_any_date_pretended()) {
        return Reason::none;
    }
    const std::uint32_t present = seconds_of(now);
    const std::uint32_t skew = clock_skew(signature);
    if (later(signature.inception, present + skew)) {
        return Reason::bogus_not_yet_valid;
    }
    return later(present - skew, signature.expiration) ? Reason::bogus_expired : Reason::none;
}

bool is_wildcard_expansion(const Rrsig& signature, dns::NameView owner) {
    return signature.labels < counted_labels(owner);
}

bool is_wildcard_expansion(const dns::PackedRRset& rrset) {
    return std::ranges::any_of(rrset.signatures(), [&](Octets rdata) {
        return is_wildcard_expansion(Rrsig::read(rdata), rrset.owner());
    });
}

dns::Name signed_owner(const Rrsig& signature, dns::NameView owner) {
    if (!is_wildcard_expansion(signature, owner)) {
        return owner;
    }
    // Shorter than the owner, so the asterisk fits.
    return *dns::Name(owner.suffix(signature.labels)).wildcard_child();
}

std::vector<std::uint8_t> signed_data(const dns::PackedRRset& rrset, const Rrsig& signature) {
    std::vector<std::vector<std::uint8_t>> sorted;
    sorted.reserve(rrset.rdatas().size());
    for (const Octets rdata : rrset.rdatas()) {
        dns::append_canonical_rdata(rrset.type(), rdata, sorted.emplace_back());
    }
    std::ranges::sort(sorted);
    const auto repeated = std::ranges::unique(sorted);
    sorted.erase(repeated.begin(), repeated.end());

    const dns::Name owner = signed_owner(signature, rrset.owner()).lower_case();
    std::vector<std::uint8_t> out;
    append(out, signature.before_signer);
    append(out, dns::Name(signature.signer).lower_case().wire());
    for (const auto& rdata : sorted) {
        append(out, owner.wire());
        append_u16(out, static_cast<std::uint16_t>(rrset.type()));
        append_u16(out, static_cast<std::uint16_t>(dns::Class::in));
        append_u16(out, signature.original_ttl >> 16);
        append_u16(out, signature.original_ttl & 0xffffU);
        append_u16(out, rdata.size());
        append(out, rdata);
    }
    return out;
}

std::expected<Verified, Reason> verify(const dns::PackedRRset& rrset, dns::NameView zone,
                                       std::span<const ZoneKey> keys, WallTime now, Meter& meter) {
    Attempts attempts;
    int looked_at = 0;
    for (const Octets rdata : rrset.signatures()) {
        if (++looked_at > signatures_per_rrset_max) {
            break;
        }
        const Rrsig signature = Rrsig::read(rdata);
        if (const Reason reason = applies(signature, rrset.owner(), rrset.type(), zone, now);
            reason != Reason::none) {
            attempts.note(reason);
            continue;
        }
        attempts.note(Reason::bogus_no_key);
        int tried = 0;
        for (const ZoneKey& key : keys) {
            if (key.tag != signature.key_tag ||
                static_cast<std::uint8_t>(key.key.algorithm()) != signature.algorithm) {
                continue;
            }
            if (++tried > keys_per_tag_max || !attempts.may_try()) {
                break;
            }
            const auto data = signed_data(rrset, signature);
            const Check check = check_signature(key.key, data, signature.signature, meter);
            if (check == Check::over_budget) {
                return std::unexpected(Reason::budget_signatures);
            }
            if (check == Check::holds) {
                return Verified{.wildcard = is_wildcard_expansion(signature, rrset.owner()),
                                .labels = signature.labels,
                                .ttl_max = ttl_limit(signature, now),
                                .key_tag = signature.key_tag,
                                .signature = rdata};
            }
            attempts.failed();
        }
    }
    return std::unexpected(attempts.worst());
}

}  // namespace wend::dnssec
