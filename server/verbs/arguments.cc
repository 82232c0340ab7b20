#include "server/verbs/arguments.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dns/form_error.h"

namespace wend {

std::string in_quotes(std::string_view text, std::size_t shown) {
    std::string result = "\"";
    for (const char octet : text.substr(0, shown)) {
        const auto number = static_cast<unsigned char>(octet);
        if (number < ' ' || number > '~') {
            result += fmt::format("\\{:03}", number);
        } else {
            if (octet == '"' || octet == '\\') {
                result += '\\';
            }
            result += octet;
        }
    }
    return result + (text.size() > shown ? "...\"" : "\"");
}

Argument<dns::Name> name_argument(std::string_view text) {
    if (text.empty()) {
        return std::unexpected("a name is empty; the root is written as a single dot");
    }
    auto name = dns::Name::from_text(text);
    if (!name) {
        return std::unexpected(
            fmt::format("{} is no domain name: labels have 1 to 63 octets, the whole at most 255",
                        in_quotes(text)));
    }
    return *name;
}

Argument<dns::Type> type_argument(std::string_view text) {
    const auto type = dns::type_from_text(text);
    if (!type || dns::is_meta(*type)) {
        return std::unexpected(
            fmt::format("{} is no type of data, such as A, AAAA or TYPE65400", in_quotes(text)));
    }
    return *type;
}

Argument<IpAddress> address_argument(std::string_view text) {
    const auto address = IpAddress::from_text(text);
    if (!address) {
        return std::unexpected(
            fmt::format("{} is no address, such as 192.0.2.1 or 2001:db8::1", in_quotes(text)));
    }
    return *address;
}

std::optional<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    return is_whole && !text.empty() ? std::optional(number) : std::nullopt;
}

std::string cursor_text(std::span<const std::uint64_t> numbers) {
    return fmt::format("{}", fmt::join(numbers, "."));
}

LinkReply refused(std::string sentence) {
    return {.status = LinkReply::Status::refused, .json = std::move(sentence)};
}

LinkReply done(std::string json) {
    return {.json = std::move(json)};
}

LinkReply page(std::string json, std::span<const std::uint64_t> cursor) {
    return {.more = true, .cursor = cursor_text(cursor), .json = std::move(json)};
}

LinkReply bad_cursor() {
    return refused("the cursor is none that this verb gave; begin again without one");
}

}  // namespace wend
