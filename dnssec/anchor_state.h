// The keys of a trust point as they come and go (RFC 5011): a pure state machine, and the text of
// several.
//
// A key counts as held only for time in which it was observed, on a clock that never jumps: setting
// the wall clock forward makes no key older.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dnssec/trust_anchors.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

inline constexpr std::chrono::seconds add_hold_down = std::chrono::days(30);     // RFC 5011 2.4.1
inline constexpr std::chrono::seconds remove_hold_down = std::chrono::days(30);  // RFC 5011 2.4.2
inline constexpr std::size_t tracked_keys_max = 16;
inline constexpr std::size_t trust_points_max = 16;  // that are followed
inline constexpr std::size_t anchor_state_octets_max = trust_points_max * 65'536;

// RFC 5011 4. A key in the state "start" is not tracked.
enum class KeyState : std::uint8_t { add_pending, valid, missing, revoked, removed };

std::string_view to_text(KeyState state);

struct TrackedKey {
    std::vector<std::uint8_t> rdata{};  // of the DNSKEY, without the revoke bit
    KeyState state = KeyState::add_pending;
    std::chrono::seconds held{};  // observed in this state, where add_pending or revoked

    bool operator==(const TrackedKey&) const = default;
};

struct AnchorState {
    dns::Name zone{};
    std::vector<TrackedKey> keys{};
    std::optional<WallTime> last_signed{};  // the latest inception of a signature that verified

    bool operator==(const AnchorState&) const = default;
};

// What became of one key.
struct KeyChange {
    std::uint16_t tag = 0;  // without the revoke bit
    std::optional<KeyState> from{};
    std::optional<KeyState> to{};  // nothing: forgotten
};

struct Observed {
    bool trusted = false;  // a trusted key signed the set: all of it counts; else revocations alone
    std::vector<KeyChange> changes{};
    std::chrono::seconds next{};  // when to look again (RFC 5011 2.3)
};

// Looks at the zone's DNSKEY set with its signatures. `configured` is the trust point's anchor from
// the configuration; null: none. `elapsed` is how long the keys have been under observation since
// the last call, 0 for the first. A key that `policy` does not accept vouches for nothing.
Observed observe(AnchorState& state, const dns::RRset& dnskeys, const TrustAnchor* configured,
                 const AlgorithmPolicy& policy, WallTime now, std::chrono::seconds elapsed,
                 Meter& meter);

// What is trusted: keys that are valid or missing, and what was configured, but for the DS and
// DNSKEY of revoked and removed keys. Nothing: every key of the trust point was revoked (RFC 5011
// 5).
std::optional<TrustAnchor> trusted(const AnchorState& state, const TrustAnchor* configured);

// RFC 5011 2.3 for a successful look and for one that failed.
std::chrono::seconds query_interval(std::chrono::seconds original_ttl,
                                    std::chrono::seconds validity_left);
std::chrono::seconds retry_interval(std::chrono::seconds original_ttl,
                                    std::chrono::seconds validity_left);

// For each trust point its zone and a line for each key, and at the end a checksum over all.
std::string to_text(std::span<const AnchorState> states);
// Exactly what to_text gives. The error is one sentence.
std::expected<std::vector<AnchorState>, std::string> anchor_states_from_text(std::string_view text);

}  // namespace wend::dnssec
