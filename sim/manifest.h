// A sandbox internet as text: a manifest that names zone files and servers, a line each.
//
//   # comment
//   zone APEX FILE                          zone lab. lab.zone
//   server ADDRESS [MANNER...] : ZONE...    server 198.18.0.1 round-trip=40ms truncating : lab. .
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

#include "sim/sim_internet.h"

namespace wend::sim {

struct ManifestError {
    std::string file;      // empty: the manifest itself
    std::size_t line = 0;  // from 1
    std::string message;
};

// The text of a file that the manifest names; nothing if there is none.
using TextOf = std::function<std::optional<std::string_view>(std::string_view file)>;

// Adds all that the manifest describes to `internet`.
std::expected<void, ManifestError> read_manifest(std::string_view text, const TextOf& text_of,
                                                 SimInternet& internet);

}  // namespace wend::sim
