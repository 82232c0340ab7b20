#include "config/idn.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <idn2.h>

namespace wend {

bool is_beyond_ascii(std::string_view text) {
    return std::ranges::any_of(text,
                               [](char octet) { return static_cast<unsigned char>(octet) > 127; });
}

std::expected<std::string, std::string> to_a_labels(std::string_view text) {
    char* converted = nullptr;
    const std::string terminated(text);
    const int status =
        idn2_to_ascii_8z(terminated.c_str(), &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, decltype(&idn2_free)> owned(converted, &idn2_free);
    if (status != IDN2_OK) {
        return std::unexpected(std::string(idn2_strerror(status)));
    }
    return std::string(converted);
}

std::string a_label_advice(std::string_view text) {
    const auto converted = to_a_labels(text);
    return converted ? fmt::format("write \"{}\"", *converted)
                     : fmt::format("it has no form in ASCII ({})", converted.error());
}

}  // namespace wend
