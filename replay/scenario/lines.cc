#include "replay/scenario/lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace wend::sim {

namespace {

constexpr std::string_view blanks = " \t\r\v\f";

constexpr double seconds_max = 1e10;

}  // namespace

std::optional<std::string_view> ScenarioLines::next() {
    before_ = rest_;
    if (rest_.empty()) {
        return std::nullopt;
    }
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
    ++number_;
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

void ScenarioLines::back() {
    rest_ = before_;
    --number_;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view take_word(std::string_view& text) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    text = trimmed(text);
    while (!text.empty()) {
        words.push_back(take_word(text));
    }
    return words;
}

std::string_view without_comment(std::string_view text, std::string_view marks) {
    return trimmed(text.substr(0, text.find_first_of(marks)));
}

bool is_blank_or_comment(std::string_view line, std::string_view marks) {
    const std::string_view text = trimmed(line);
    return text.empty() || marks.contains(text.front());
}

std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

std::optional<Endpoint> endpoint_of(std::string_view text, std::uint16_t default_port) {
    const std::size_t at = text.find('@');
    const auto ip = IpAddress::from_text(text.substr(0, at));
    if (!ip) {
        return std::nullopt;
    }
    if (at == std::string_view::npos) {
        return Endpoint{.ip = *ip, .port = default_port};
    }
    const auto port = number_of(text.substr(at + 1));
    if (!port || *port > 0xffff) {
        return std::nullopt;
    }
    return Endpoint{.ip = *ip, .port = static_cast<std::uint16_t>(*port)};
}

std::optional<Duration> seconds_of(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    const double seconds = std::strtod(copy.c_str(), &end);
    if (copy.empty() || end != copy.c_str() + copy.size() || !(seconds >= 0) ||
        seconds > seconds_max) {
        return std::nullopt;
    }
    return Duration(std::llround(seconds * 1e6));
}

std::optional<std::vector<std::uint8_t>> octets_of_hex(std::string_view text, Decoding decoding) {
    std::string digits(text);
    std::erase_if(digits, [](char c) { return blanks.contains(c); });
    std::vector<std::uint8_t> octets;
    if (!append_hex(digits, decoding, octets)) {
        return std::nullopt;
    }
    return octets;
}

bool ScenarioReader::fail_at(std::size_t line, std::string message) {
    if (!error) {
        // An empty file has no line; its fault is where the first one would be.
        error =
            ScenarioError{.line = std::max<std::size_t>(line, 1), .message = std::move(message)};
    }
    return false;
}

}  // namespace wend::sim
