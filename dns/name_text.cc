// Presentation form of names (RFC 1035 5.1, RFC 4343 2.1).
#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "dns/name.h"

namespace wend::dns {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reads one octet of a label, escaped or plain, and moves `at` past it.
std::expected<std::uint8_t, FormError> read_octet(std::string_view text, std::size_t& at) {
    if (text[at] != '\\') {
        return static_cast<std::uint8_t>(text[at++]);
    }
    if (++at >= text.size()) {
        return std::unexpected(FormError::bad_escape);
    }
    if (!is_digit(text[at])) {
        return static_cast<std::uint8_t>(text[at++]);
    }
    if (at + 3 > text.size() || !is_digit(text[at + 1]) || !is_digit(text[at + 2])) {
        return std::unexpected(FormError::bad_escape);
    }
    unsigned value = 0;
    std::from_chars(text.data() + at, text.data() + at + 3, value);
    if (value > 255) {
        return std::unexpected(FormError::bad_escape);
    }
    at += 3;
    return static_cast<std::uint8_t>(value);
}

void append_octet(std::string& out, std::uint8_t octet) {
    constexpr std::string_view special = ".\\\"();@$ ";
    if (octet <= 0x20 || octet >= 0x7f) {
        out += '\\';
        out += static_cast<char>('0' + octet / 100);
        out += static_cast<char>('0' + octet / 10 % 10);
        out += static_cast<char>('0' + octet % 10);
        return;
    }
    if (special.find(static_cast<char>(octet)) != std::string_view::npos) {
        out += '\\';
    }
    out += static_cast<char>(octet);
}

// Collects labels; the wire form so far without the root.
class LabelCollector {
  public:
    std::expected<void, FormError> end_label() {
        if (length_ == 0) {
            return std::unexpected(FormError::empty_label);
        }
        wire_[start_] = static_cast<std::uint8_t>(length_);
        start_ += length_ + 1;
        length_ = 0;
        return {};
    }

    std::expected<void, FormError> add(std::uint8_t octet) {
        if (length_ == label_octets_max) {
            return std::unexpected(FormError::label_too_long);
        }
        if (start_ + length_ + 2 >= name_octets_max) {
            return std::unexpected(FormError::name_too_long);
        }
        wire_[start_ + 1 + length_++] = octet;
        return {};
    }

    std::expected<Name, FormError> finish(NameView origin) {
        if (start_ + origin.size() > name_octets_max) {
            return std::unexpected(FormError::name_too_long);
        }
        std::ranges::copy(origin.wire(), wire_.begin() + static_cast<std::ptrdiff_t>(start_));
        return Name(NameView::trusted(Octets(wire_).first(start_ + origin.size())));
    }

  private:
    std::array<std::uint8_t, name_octets_max + 1> wire_{};
    std::size_t start_ = 0;   // of the label being read
    std::size_t length_ = 0;  // of its octets so far
};

}  // namespace

std::string to_text(NameView name) {
    if (name.is_root()) {
        return ".";
    }
    std::string out;
    for (; !name.is_root(); name = name.parent()) {
        for (const std::uint8_t octet : name.first_label()) {
            append_octet(out, octet);
        }
        out += '.';
    }
    return out;
}

std::expected<Name, FormError> Name::from_text(std::string_view text) {
    return from_text(text, NameView());
}

std::expected<Name, FormError> Name::from_text(std::string_view text, NameView origin) {
    if (text == "@") {
        return Name(origin);
    }
    if (text == ".") {
        return Name();
    }
    if (text.empty()) {
        return std::unexpected(FormError::empty_label);
    }
    LabelCollector labels;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '.') {
            ++at;
            if (auto ended = labels.end_label(); !ended) {
                return std::unexpected(ended.error());
            }
            if (at == text.size()) {
                return labels.finish(NameView());
            }
            continue;
        }
        const auto octet = read_octet(text, at);
        if (!octet) {
            return std::unexpected(octet.error());
        }
        if (auto added = labels.add(*octet); !added) {
            return std::unexpected(added.error());
        }
    }
    if (auto ended = labels.end_label(); !ended) {
        return std::unexpected(ended.error());
    }
    return labels.finish(origin);
}

Name name_of(std::string_view text) {
    const auto name = Name::from_text(text);
    check(name.has_value(), "a literal name is a name");
    return *name;
}

}  // namespace wend::dns
