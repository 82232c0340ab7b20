// Parts of a list as one JSON text, without holding more than a part.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace wend {

// Each part is {"KEY":[...]}, as the serving process writes it, with the same key. What add() and
// finish() give, one after another, is {"KEY":[all elements]}. Pure.
class ListJoiner {
  public:
    // Nothing: that is no part of this list.
    std::optional<std::string> add(std::string_view part);

    // What is left once all parts were added; at least one was.
    static std::string_view finish() { return "]}\n"; }

  private:
    std::string opening_;  // {"KEY":[
    bool has_elements_ = false;
};

}  // namespace wend
