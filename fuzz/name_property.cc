#include <algorithm>
#include <array>
#include <vector>

#include "dns/compressed_name.h"
#include "dns/message.h"
#include "dns/name.h"
#include "fuzz/properties.h"

namespace wend::fuzz {
namespace {

using namespace wend::dns;

std::string complaint_about_text(std::string_view text) {
    const auto name = Name::from_text(text);
    if (!name) {
        return describe(name.error()).empty() ? "an error without words" : std::string();
    }
    const auto again = Name::from_text(to_text(*name));
    if (!again || !equal_with_case(*again, *name)) {
        return "text to name to text to name differs";
    }
    return {};
}

std::string complaint_about_wire(Octets message) {
    const std::size_t at = std::min(header_size + message.size() / 2, message.size());
    std::size_t steps = Message::steps_max(message.size());
    std::vector<std::uint8_t> name;
    const auto after = append_name(message, at, message.size(), steps, name);
    if (!after) {
        return name.empty() ? std::string() : "a failure leaves octets behind";
    }
    const auto view = NameView::read(name);
    if (!view || view->size() != name.size()) {
        return "what was read is no name";
    }
    std::vector<std::uint8_t> again;
    steps = Message::steps_max(message.size());
    const auto same = append_name(message.first(*after), at, *after, steps, again);
    return same == after && again == name ? std::string() : "a name depends on what follows it";
}

}  // namespace

std::string complaint_about_name(Octets input) {
    const std::string text(input.begin(), input.end());
    std::string complaint = complaint_about_text(text);
    return complaint.empty() ? complaint_about_wire(input) : complaint;
}

}  // namespace wend::fuzz
