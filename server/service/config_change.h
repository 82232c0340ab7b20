// What an operator's words change of the configuration: pure.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/changes.h"
#include "config/read.h"

namespace wend {

// Somebody's words: "config set" with a key and a value, "forward add" with a zone and addresses.
struct ConfigWords {
    std::string_view verb;
    const std::vector<std::string>& arguments;
    std::string who;
    WallTime when{};
};

// The changes as they are to be over `file`, where `changes` are those so far. Refused in one
// sentence: words that mean nothing, a key that is locked or unknown, a value that cannot be.
std::expected<Changes, std::string> changes_by(const ConfigWords& words, const LoadedConfig& file,
                                               const Changes& changes);

}  // namespace wend
