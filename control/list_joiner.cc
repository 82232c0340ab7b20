#include "control/list_joiner.h"

namespace wend {

std::optional<std::string> ListJoiner::add(std::string_view part) {
    const std::size_t bracket = part.find('[');
    if (!part.starts_with("{\"") || !part.ends_with("]}") || bracket == std::string_view::npos ||
        part.substr(0, bracket).back() != ':') {
        return std::nullopt;
    }
    const std::string_view opening = part.substr(0, bracket + 1);
    const std::string_view elements = part.substr(opening.size(), part.size() - opening.size() - 2);
    std::string text;
    if (opening_.empty()) {
        opening_ = opening;
        text = opening;
    } else if (opening != opening_) {
        return std::nullopt;
    }
    if (!elements.empty()) {
        text += has_elements_ ? "," : "";
        text += elements;
        has_elements_ = true;
    }
    return text;
}

}  // namespace wend
