// Reading what a verb is given, and saying what is wrong with it. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "dns/name.h"
#include "dns/types.h"
#include "transport/link.h"

namespace wend {

// A sentence that is wrong with the request.
template <class Value>
using Argument = std::expected<Value, std::string>;

// In quotes, for a sentence, a log or a terminal: what is not printable ASCII as \DDD, and no more
// than the first `shown` octets.
std::string in_quotes(std::string_view text, std::size_t shown = 80);

Argument<dns::Name> name_argument(std::string_view text);
// A type that may be data: no meta type.
Argument<dns::Type> type_argument(std::string_view text);
Argument<IpAddress> address_argument(std::string_view text);

// Digits alone, below 2^64.
std::optional<std::uint64_t> number_from(std::string_view text);

// A cursor is numbers in decimal with points between: what a handler keeps from step to step. An
// empty one is all zeros; nothing if it is none of ours.
template <std::size_t count>
std::optional<std::array<std::uint64_t, count>> cursor_from(std::string_view text) {
    std::array<std::uint64_t, count> numbers{};
    for (std::size_t i = 0; !text.empty() && i < count; ++i) {
        const std::size_t end = i + 1 == count ? text.size() : text.find('.');
        const auto number =
            end == std::string_view::npos ? std::nullopt : number_from(text.substr(0, end));
        if (!number) {
            return std::nullopt;
        }
        numbers[i] = *number;
        text.remove_prefix(i + 1 == count ? text.size() : end + 1);
        if (text.empty() && i + 1 < count) {
            return std::nullopt;
        }
    }
    return numbers;
}

std::string cursor_text(std::span<const std::uint64_t> numbers);

LinkReply refused(std::string sentence);
LinkReply done(std::string json);
// With a cursor to come back with.
LinkReply page(std::string json, std::span<const std::uint64_t> cursor);
LinkReply bad_cursor();

}  // namespace wend
