// A list in a reply, as much of it as one message holds.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
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
    bool add(std::vector<nlohmann::ordered_json> items) {
        std::size_t size = 0;
        for (const auto& item : items) {
            size += json_text(item).size() + 1;
        }
        if (size_ > 0 && size_ + size > page_octets_max) {
            return false;
        }
        size_ += size;
        for (auto& item : items) {
            items_.push_back(std::move(item));
        }
        return true;
    }

    bool is_empty() const { return items_.empty(); }

    // {"key": [...]}
    std::string text(const char* key) const {
        return json_text(nlohmann::ordered_json{{key, items_}});
    }

  private:
    nlohmann::ordered_json items_ = nlohmann::ordered_json::array();
    std::size_t size_ = 0;
};

}  // namespace wend
