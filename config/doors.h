// What the serving process tells the control process about the doors that shall be open.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace wend {

struct Doors {
    Config::Control control{};
    Config::Http http{};
    std::string state_folder{};  // absolute; empty: there is none
    std::string config_file{};   // absolute; empty: the defaults are in force

    bool operator==(const Doors&) const = default;

    // Without one there is no control process.
    bool any() const { return !control.socket.empty() || !http.listen.empty(); }
};

// `state_directory` is $STATE_DIRECTORY, or empty: the first folder of it is taken where
// state.folder says nothing.
Doors doors_of(const Config& config, std::string_view config_file,
               std::string_view state_directory);

// JSON text: of LinkNotice::hello.
std::string to_text(const Doors& doors);

// The error is a sentence.
std::expected<Doors, std::string> doors_from_text(std::string_view text);

// "metrics", "read", "read-names", "operate", "admin".
std::string_view to_text(DoorScope scope);
std::optional<DoorScope> scope_from_text(std::string_view text);

}  // namespace wend
