// The text of etc/lab/, written into the program when it is built.
#pragma once
#include <span>
#include <string_view>

namespace wend::sim {

struct EmbeddedText {
    std::string_view name;  // "plain.lab.zone"
    std::string_view text;
};

// In order of name.
std::span<const EmbeddedText> lab_files();

}  // namespace wend::sim
