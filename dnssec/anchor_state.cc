#include "dnssec/anchor_state.h"

#include <algorithm>
#include <utility>

#include "dnssec/keys.h"
#include "dnssec/records.h"

namespace wend::dnssec {
namespace {

using std::chrono::seconds;
using Rdata = std::vector<std::uint8_t>;

constexpr std::uint8_t revoke_bit = 0x80;  // of the second octet of the flags (RFC 5011 3)

Rdata without_revoke_bit(Octets rdata) {
    Rdata result(rdata.begin(), rdata.end());
    if (result.size() > 1) {
        result[1] &= static_cast<std::uint8_t>(~revoke_bit);
    }
    return result;
}

bool is_out(KeyState state) {
    return state == KeyState::revoked || state == KeyState::removed;
}

bool is_trusted(KeyState state) {
    return state == KeyState::valid || state == KeyState::missing;
}

bool configures(const TrustAnchor* configured, dns::NameView zone, const Rdata& key) {
    return configured != nullptr &&
           (std::ranges::find(configured->dnskeys, key) != configured->dnskeys.end() ||
            std::ranges::any_of(configured->ds, [&](const Rdata& ds) {
                return names_key(Ds::read(ds), zone, key);
            }));
}

// Some key of the anchor signed the set.
bool is_vouched_for(const dns::RRset& dnskeys, const TrustAnchor& anchor,
                    const AlgorithmPolicy& policy, WallTime now, Meter& meter) {
    const std::vector<Octets> keys(anchor.dnskeys.begin(), anchor.dnskeys.end());
    if (establish_from_keys(dnskeys.packed(), keys, policy, now, meter)) {
        return true;
    }
    std::vector<Ds> ds;
    for (const Rdata& rdata : anchor.ds) {
        ds.push_back(Ds::read(rdata));
    }
    return establish(dnskeys.packed(), ds, policy, now, meter).has_value();
}

// RFC 5011 2.1: its own signature is what revokes a key.
bool signs_itself(const dns::RRset& dnskeys, const Dnskey& record, WallTime now, Meter& meter) {
    auto key = PublicKey::parse(record.algorithm, record.key);
    if (!key) {
        return false;
    }
    const ZoneKey itself{record.tag, std::move(*key)};
    return verify(dnskeys.packed(), dnskeys.owner(), std::span(&itself, 1), now, meter).has_value();
}

// One look at one set.
class Look {
  public:
    Look(AnchorState& state, const dns::RRset& dnskeys) : state_(state), dnskeys_(dnskeys) {}

    // First, so that what a key revokes in this set is not vouched for by that key any more.
    void revoke(const TrustAnchor* configured, WallTime now, Meter& meter) {
        for (const Octets rdata : dnskeys_.rdatas()) {
            const Dnskey record = Dnskey::read(rdata);
            if (!record.is_revoked() || !record.is_zone_key()) {
                continue;
            }
            Rdata key = without_revoke_bit(rdata);
            TrackedKey* const known = find(key);
            const bool counts = known != nullptr ? is_trusted(known->state)
                                                 : configures(configured, state_.zone, key) &&
                                                       state_.keys.size() < tracked_keys_max;
            if (!counts || !signs_itself(dnskeys_, record, now, meter)) {
                continue;
            }
            if (known != nullptr) {
                move(*known, KeyState::revoked);
            } else {
                changes_.push_back({key_tag(key), std::nullopt, KeyState::revoked});
                state_.keys.push_back({key, KeyState::revoked, seconds(0)});
            }
            just_revoked_.push_back(std::move(key));
        }
    }

    void look_for_known(seconds elapsed) {
        for (TrackedKey& key : state_.keys) {
            if (std::ranges::find(just_revoked_, key.rdata) == just_revoked_.end()) {
                step(key, seen(key.rdata), elapsed);
            }
        }
        std::erase_if(state_.keys, [this](const TrackedKey& key) {
            const bool gone = key.state == KeyState::add_pending && !seen(key.rdata);
            if (gone) {
                changes_.push_back({key_tag(key.rdata), KeyState::add_pending, std::nullopt});
            }
            return gone;
        });
    }

    void look_for_new(const TrustAnchor* configured) {
        for (const Octets rdata : dnskeys_.rdatas()) {
            const Dnskey record = Dnskey::read(rdata);
            Rdata key(rdata.begin(), rdata.end());
            const bool vouched = configures(configured, state_.zone, key);
            if (!record.is_zone_key() || record.is_revoked() || find(key) != nullptr ||
                (!record.is_secure_entry_point() && !vouched) ||
                state_.keys.size() >= tracked_keys_max) {
                continue;
            }
            const KeyState to = vouched ? KeyState::valid : KeyState::add_pending;
            changes_.push_back({record.tag, std::nullopt, to});
            state_.keys.push_back({std::move(key), to, seconds(0)});
        }
    }

    std::vector<KeyChange> changes() { return std::move(changes_); }

  private:
    TrackedKey* find(const Rdata& rdata) {
        const auto found = std::ranges::find(state_.keys, rdata, &TrackedKey::rdata);
        return found == state_.keys.end() ? nullptr : &*found;
    }

    bool seen(const Rdata& key) const {
        return std::ranges::any_of(dnskeys_.rdatas(),
                                   [&key](Octets rdata) { return std::ranges::equal(rdata, key); });
    }

    void move(TrackedKey& key, KeyState to) {
        changes_.push_back({key_tag(key.rdata), key.state, to});
        key.state = to;
        key.held = seconds(0);
    }

    // The table of RFC 5011 4.2 but for NewKey, RevBit and the KeyRem of a pending key.
    void step(TrackedKey& key, bool present, seconds elapsed) {
        switch (key.state) {
            case KeyState::add_pending:
                key.held += elapsed;
                if (present && key.held >= add_hold_down) {
                    move(key, KeyState::valid);
                }
                break;
            case KeyState::valid:
                if (!present) {
                    move(key, KeyState::missing);
                }
                break;
            case KeyState::missing:
                if (present) {
                    move(key, KeyState::valid);
                }
                break;
            case KeyState::revoked:
                key.held += elapsed;
                if (key.held >= remove_hold_down) {
                    move(key, KeyState::removed);
                }
                break;
            case KeyState::removed:
                break;
        }
    }

    AnchorState& state_;
    const dns::RRset& dnskeys_;
    std::vector<KeyChange> changes_;
    std::vector<Rdata> just_revoked_;
};

struct SignatureTimes {
    seconds original_ttl{};
    seconds validity_left{};
    WallTime inception{};
};

// The least of the signatures that are in force, verified or not: whoever adds one to a set can
// make us look again early and no more.
SignatureTimes times_of(const dns::RRset& dnskeys, WallTime now) {
    std::optional<SignatureTimes> least;
    WallTime latest{};
    for (const Octets rdata : dnskeys.signatures()) {
        const Rrsig signature = Rrsig::read(rdata);
        const auto moment = static_cast<std::uint32_t>(now.time_since_epoch().count());
        const auto left = static_cast<std::int32_t>(signature.expiration - moment);
        const auto age = static_cast<std::int32_t>(moment - signature.inception);
        if (left < 0 || age < 0) {
            continue;
        }
        latest = std::max(latest, now - seconds(age));
        const seconds ttl(signature.original_ttl);
        least = least ? SignatureTimes{std::min(least->original_ttl, ttl),
                                       std::min(least->validity_left, seconds(left)), latest}
                      : SignatureTimes{ttl, seconds(left), latest};
    }
    return least.value_or(SignatureTimes{});
}

}  // namespace

std::string_view to_text(KeyState state) {
    switch (state) {
        case KeyState::add_pending:
            return "add-pending";
        case KeyState::valid:
            return "valid";
        case KeyState::missing:
            return "missing";
        case KeyState::revoked:
            return "revoked";
        case KeyState::removed:
            return "removed";
    }
    return "unknown";
}

seconds query_interval(seconds original_ttl, seconds validity_left) {
    return std::max<seconds>(
        std::chrono::hours(1),
        std::min({seconds(std::chrono::days(15)), original_ttl / 2, validity_left / 2}));
}

seconds retry_interval(seconds original_ttl, seconds validity_left) {
    return std::max<seconds>(
        std::chrono::hours(1),
        std::min({seconds(std::chrono::days(1)), original_ttl / 10, validity_left / 10}));
}

std::optional<TrustAnchor> trusted(const AnchorState& state, const TrustAnchor* configured) {
    TrustAnchor anchor{state.zone, {}, {}};
    const auto is_gone = [&state](const auto& names) {
        return std::ranges::any_of(state.keys, [&](const TrackedKey& key) {
            return is_out(key.state) && names(key.rdata);
        });
    };
    for (const TrackedKey& key : state.keys) {
        if (is_trusted(key.state)) {
            anchor.dnskeys.push_back(key.rdata);
        }
    }
    if (configured != nullptr) {
        for (const Rdata& ds : configured->ds) {
            const auto names = [&](const Rdata& key) {
                return names_key(Ds::read(ds), state.zone, key);
            };
            if (!is_gone(names)) {
                anchor.ds.push_back(ds);
            }
        }
        for (const Rdata& key : configured->dnskeys) {
            const bool known = std::ranges::find(anchor.dnskeys, key) != anchor.dnskeys.end();
            if (!known && !is_gone([&key](const Rdata& other) { return other == key; })) {
                anchor.dnskeys.push_back(key);
            }
        }
    }
    if (anchor.ds.empty() && anchor.dnskeys.empty()) {
        return std::nullopt;
    }
    return anchor;
}

Observed observe(AnchorState& state, const dns::RRset& dnskeys, const TrustAnchor* configured,
                 const AlgorithmPolicy& policy, WallTime now, seconds elapsed, Meter& meter) {
    Observed observed;
    Look look(state, dnskeys);
    look.revoke(configured, now, meter);
    const auto anchor = trusted(state, configured);
    const SignatureTimes times = times_of(dnskeys, now);
    observed.trusted = anchor && is_vouched_for(dnskeys, *anchor, policy, now, meter);
    if (observed.trusted) {
        look.look_for_known(elapsed);
        look.look_for_new(configured);
        state.last_signed = std::max(state.last_signed.value_or(WallTime{}), times.inception);
    }
    observed.changes = look.changes();
    observed.next = observed.trusted ? query_interval(times.original_ttl, times.validity_left)
                                     : retry_interval(times.original_ttl, times.validity_left);
    return observed;
}

}  // namespace wend::dnssec
