// A sandbox internet as text: a manifest that names zone files and servers, a line each.
//
//   # comment
//   zone APEX FILE [SIGNING...]             zone lab. lab.zone algorithm=15
//   server ADDRESS [MANNER...] : ZONE...    server 198.18.0.1 round-trip=40ms truncating : lab. .
//
// A zone with algorithm=NUMBER is signed. Further words of signing: nsec3, opt-out,
// iterations=NUMBER, expired, not-yet-valid, bad-signatures, without-ds, wrong-ds,
// disguised-as=NUMBER (the algorithm that its records claim).
//
// Manners are the words of sim_internet.h with hyphens (silent, refusing, failing, referring-up,
// truncating, case-losing, without-edns, tcp-refusing, wrong-id, mangling) and round-trip=NUMBERms.
#pragma once
#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "dns/name.h"
#include "sim/sim_internet.h"
#include "sim/zone_draft.h"

namespace wend::sim {

struct ManifestError {
    std::string file;      // empty: the manifest itself
    std::size_t line = 0;  // from 1
    std::string message;
};

// The text of a file that the manifest names; nothing if there is none.
using TextOf = std::function<std::optional<std::string_view>(std::string_view file)>;

struct ServerPlan {
    IpAddress address;
    Manners manners{};
    std::vector<dns::Name> zones{};
};

struct Manifest {
    std::vector<ZoneDraft> zones{};  // not signed yet: see sign()
    std::vector<ServerPlan> servers{};
};

// A zone's line stands before those of its servers.
std::expected<Manifest, ManifestError> read_manifest(std::string_view text, const TextOf& text_of);

// Adds all that the manifest describes to `internet`.
void build(const Manifest& manifest, SimInternet& internet);

}  // namespace wend::sim
