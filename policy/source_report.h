// What reading a list or a response policy zone came to.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace wend::policy {

struct SourceReport {
    // Lines, or records, that were left out for one cause, and the first of them.
    struct Skipped {
        std::size_t count = 0;
        std::size_t line = 0;  // from 1
        std::string text{};    // as it stands there, cut at 80 octets
    };

    std::size_t lines = 0;
    std::size_t rules = 0;
    std::map<std::string, std::size_t> forms{};  // rules by the form of their line: "hosts"
    std::map<std::string, Skipped> skipped{};    // by cause, a clause: "the label is too long"
    std::optional<std::string> refused{};        // why this version is not to be taken: a sentence

    bool is_good() const { return !refused; }
};

}  // namespace wend::policy
