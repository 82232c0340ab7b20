#include "sim/manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace wend::sim {

namespace {

struct MannerWord {
    std::string_view word;
    bool Manners::* flag;
};

constexpr std::array<MannerWord, 10> manner_words{{
    {"silent", &Manners::silent},
    {"refusing", &Manners::refusing},
    {"failing", &Manners::failing},
    {"referring-up", &Manners::referring_up},
    {"truncating", &Manners::truncating},
    {"case-losing", &Manners::case_losing},
    {"without-edns", &Manners::without_edns},
    {"tcp-refusing", &Manners::tcp_refusing},
    {"wrong-id", &Manners::wrong_id},
    {"mangling", &Manners::mangling},
}};

using Words = std::span<const std::string_view>;
using Outcome = std::expected<void, ManifestError>;

std::unexpected<ManifestError> mistake(std::string message) {
    return std::unexpected(ManifestError{{}, 0, std::move(message)});
}

std::vector<std::string_view> words_of(std::string_view line) {
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> words;
    constexpr std::string_view blanks = " \t\r";
    for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;
         at = line.find_first_not_of(blanks, at)) {
        const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

std::optional<Duration> round_trip_from(std::string_view word) {
    constexpr std::string_view key = "round-trip=";
    constexpr std::string_view unit = "ms";
    if (!word.starts_with(key) || !word.ends_with(unit)) {
        return std::nullopt;
    }
    const std::string_view digits = word.substr(key.size(), word.size() - key.size() - unit.size());
    unsigned milliseconds = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(milliseconds);
}

bool set_manner(std::string_view word, Manners& manners) {
    if (const auto round_trip = round_trip_from(word)) {
        manners.round_trip = *round_trip;
        return true;
    }
    const auto* const found = std::ranges::find(manner_words, word, &MannerWord::word);
    if (found == manner_words.end()) {
        return false;
    }
    manners.*(found->flag) = true;
    return true;
}

Outcome read_zone(Words words, const TextOf& text_of, SimInternet& internet) {
    if (words.size() != 2) {
        return mistake("a zone line is: zone APEX FILE");
    }
    const auto apex = dns::Name::from_text(words[0]);
    if (!apex) {
        return mistake("not a domain name: " + std::string(words[0]));
    }
    const std::optional<std::string_view> text = text_of(words[1]);
    if (!text) {
        return mistake("no file " + std::string(words[1]));
    }
    auto zone = Zone::from_text(*text, *apex);
    if (!zone) {
        return std::unexpected(
            ManifestError{std::string(words[1]), zone.error().line, zone.error().message});
    }
    internet.add_zone(std::make_shared<const Zone>(std::move(*zone)));
    return {};
}

Outcome read_server(Words words, SimInternet& internet) {
    const auto colon = std::ranges::find(words, ":");
    const auto address = words.empty() ? std::nullopt : IpAddress::from_text(words.front());
    if (!address || colon == words.end()) {
        return mistake("a server line is: server ADDRESS [MANNER...] : ZONE...");
    }
    Manners manners;
    for (auto word = words.begin() + 1; word != colon; ++word) {
        if (!set_manner(*word, manners)) {
            return mistake("no manner of a server: " + std::string(*word));
        }
    }
    internet.add_server(*address, manners);
    for (auto word = colon + 1; word != words.end(); ++word) {
        const auto apex = dns::Name::from_text(*word);
        if (!apex || internet.zones().at(*apex) == nullptr) {
            return mistake("no zone line before this for " + std::string(*word));
        }
        internet.serve(*address, *apex);
    }
    return {};
}

Outcome read_line(Words words, const TextOf& text_of, SimInternet& internet) {
    if (words.empty()) {
        return {};
    }
    if (words.front() == "zone") {
        return read_zone(words.subspan(1), text_of, internet);
    }
    if (words.front() == "server") {
        return read_server(words.subspan(1), internet);
    }
    return mistake("a line starts with zone or server, not " + std::string(words.front()));
}

}  // namespace

Outcome read_manifest(std::string_view text, const TextOf& text_of, SimInternet& internet) {
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        Outcome outcome = read_line(words_of(text.substr(0, end)), text_of, internet);
        if (!outcome) {
            ManifestError error = std::move(outcome.error());
            error.line = error.file.empty() ? line : error.line;
            return std::unexpected(std::move(error));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

}  // namespace wend::sim
