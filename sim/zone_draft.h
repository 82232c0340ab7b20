// Zones before they are served: records as their files have them, and how each is to be signed,
// well or with a fault.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "dns/name.h"
#include "dns/zone_file.h"
#include "sim/signer.h"

namespace wend::sim {

enum class Period : std::uint8_t { present, past, future };  // of the signatures' validity
enum class DsFault : std::uint8_t { none, missing, wrong };  // of what the parent publishes

struct ZoneSigning {
    SigningOptions options{};  // seed and times are set by sign()
    Period period = Period::present;
    DsFault ds_fault = DsFault::none;
    bool spoiled = false;  // one bit of each signature is wrong, but not of those over the keys
    std::optional<std::uint8_t>
        disguise{};  // the algorithm that DNSKEY, RRSIG and DS claim instead
};

struct ZoneDraft {
    dns::Name apex;
    std::vector<dns::ZoneRecord> records;
    std::optional<ZoneSigning> signing{};
};

// A key's seed, from its zone's name: the same zone has the same key in each run.
std::uint64_t key_seed(dns::NameView apex);

// Signs each draft that is to be signed, after its parent among them was given its DS. Present
// signatures hold from a day before `now` to a year after it. Those whose algorithm is not
// supported here stay unsigned and without a DS.
void sign(std::vector<ZoneDraft>& drafts, WallTime now);

}  // namespace wend::sim
