// A list in a reply, as much of it as one message holds.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace wend {

// Octets of one reply's JSON; a message of the link has 64 KiB, of which its other fields are few.
inline constexpr std::size_t page_octets_max = 48'000;

// ASCII alone, whatever the strings hold.
inline std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

class JsonPage {
  public:
    // All of these or none: false, if there is no room beside what is there. Alone they have room;
    // who makes them keeps them short enough.
    bool add(const std::vector<nlohmann::ordered_json>& items) {
        std::string more;
        for (const auto& item : items) {
            more += (more.empty() ? "" : ",") + json_text(item);
        }
        if (!items_.empty() && items_.size() + more.size() > page_octets_max) {
            return false;
        }
        if (!more.empty()) {
            items_ += (items_.empty() ? "" : ",") + more;
        }
        return true;
    }

    bool is_empty() const { return items_.empty(); }

    // {"key":[...]}
    std::string text(std::string_view key) const {
        return std::string("{\"").append(key).append("\":[").append(items_).append("]}");
    }

  private:
    std::string items_;  // serialised once, with commas between
};

}  // namespace wend
