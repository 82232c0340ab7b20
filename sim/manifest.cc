#include "sim/manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"

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

// What stands between `key` and `unit`; nothing if the word is not of that form.
std::optional<std::uint16_t> number_in(std::string_view word, std::string_view key,
                                       std::string_view unit = {}) {
    if (word.size() <= key.size() + unit.size() || !word.starts_with(key) ||
        !word.ends_with(unit)) {
        return std::nullopt;
    }
    const std::string_view digits = word.substr(key.size(), word.size() - key.size() - unit.size());
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return number;
}

bool set_manner(std::string_view word, Manners& manners) {
    if (const auto milliseconds = number_in(word, "round-trip=", "ms")) {
        manners.round_trip = std::chrono::milliseconds(*milliseconds);
        return true;
    }
    const auto* const found = std::ranges::find(manner_words, word, &MannerWord::word);
    if (found == manner_words.end()) {
        return false;
    }
    manners.*(found->flag) = true;
    return true;
}

bool set_signing(std::string_view word, ZoneSigning& signing) {
    if (const auto algorithm = number_in(word, "algorithm=")) {
        signing.options.algorithm = static_cast<dnssec::Algorithm>(*algorithm);
        return *algorithm < 256;
    }
    if (const auto iterations = number_in(word, "iterations=")) {
        signing.options.iterations = *iterations;
        return true;
    }
    if (const auto algorithm = number_in(word, "disguised-as=")) {
        signing.disguise = static_cast<std::uint8_t>(*algorithm);
        return *algorithm < 256;
    }
    if (word == "nsec3" || word == "opt-out") {
        signing.options.nsec3 = true;
        signing.options.opt_out = word == "opt-out";
    } else if (word == "expired" || word == "not-yet-valid") {
        signing.period = word == "expired" ? Period::past : Period::future;
    } else if (word == "without-ds" || word == "wrong-ds") {
        signing.ds_fault = word == "wrong-ds" ? DsFault::wrong : DsFault::missing;
    } else if (word == "bad-signatures") {
        signing.spoiled = true;
    } else {
        return false;
    }
    return true;
}

Outcome read_signing(Words words, ZoneDraft& draft) {
    if (words.empty()) {
        return {};
    }
    draft.signing.emplace();
    if (!words.front().starts_with("algorithm=")) {
        return mistake("a zone is signed with algorithm=NUMBER first");
    }
    for (const std::string_view word : words) {
        if (!set_signing(word, *draft.signing)) {
            return mistake("no word of signing: " + std::string(word));
        }
    }
    return {};
}

Outcome read_zone(Words words, const TextOf& text_of, Manifest& manifest) {
    if (words.size() < 2) {
        return mistake("a zone line is: zone APEX FILE [SIGNING...]");
    }
    const auto apex = dns::Name::from_text(words[0]);
    if (!apex) {
        return mistake("not a domain name: " + std::string(words[0]));
    }
    const std::optional<std::string_view> text = text_of(words[1]);
    if (!text) {
        return mistake("no file " + std::string(words[1]));
    }
    const auto in_file = [&words](const dns::ZoneFileError& error) {
        return std::unexpected(ManifestError{std::string(words[1]), error.line, error.message});
    };
    auto records = dns::parse_zone_file(*text, {.origin = *apex});
    if (!records) {
        return in_file(records.error());
    }
    const auto zone = Zone::from_records(*records, *apex);
    if (!zone) {
        return in_file(zone.error());
    }
    manifest.zones.push_back({.apex = *apex, .records = std::move(*records)});
    return read_signing(words.subspan(2), manifest.zones.back());
}

Outcome read_server(Words words, Manifest& manifest) {
    const auto colon = std::ranges::find(words, ":");
    const auto address = words.empty() ? std::nullopt : IpAddress::from_text(words.front());
    if (!address || colon == words.end()) {
        return mistake("a server line is: server ADDRESS [MANNER...] : ZONE...");
    }
    ServerPlan plan{.address = *address};
    for (auto word = words.begin() + 1; word != colon; ++word) {
        if (!set_manner(*word, plan.manners)) {
            return mistake("no manner of a server: " + std::string(*word));
        }
    }
    for (auto word = colon + 1; word != words.end(); ++word) {
        const auto apex = dns::Name::from_text(*word);
        if (!apex ||
            std::ranges::find(manifest.zones, *apex, &ZoneDraft::apex) == manifest.zones.end()) {
            return mistake("no zone line before this for " + std::string(*word));
        }
        plan.zones.push_back(*apex);
    }
    manifest.servers.push_back(std::move(plan));
    return {};
}

Outcome read_line(Words words, const TextOf& text_of, Manifest& manifest) {
    if (words.empty()) {
        return {};
    }
    if (words.front() == "zone") {
        return read_zone(words.subspan(1), text_of, manifest);
    }
    if (words.front() == "server") {
        return read_server(words.subspan(1), manifest);
    }
    return mistake("a line starts with zone or server, not " + std::string(words.front()));
}

}  // namespace

std::expected<Manifest, ManifestError> read_manifest(std::string_view text, const TextOf& text_of) {
    Manifest manifest;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        Outcome outcome = read_line(words_of(text.substr(0, end)), text_of, manifest);
        if (!outcome) {
            ManifestError error = std::move(outcome.error());
            error.line = error.file.empty() ? line : error.line;
            return std::unexpected(std::move(error));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return manifest;
}

void build(const Manifest& manifest, SimInternet& internet) {
    for (const ZoneDraft& draft : manifest.zones) {
        auto zone = Zone::from_records(draft.records, draft.apex);
        check(zone.has_value(), "a signed zone is a zone");
        internet.add_zone(std::make_shared<const Zone>(std::move(*zone)));
    }
    for (const ServerPlan& plan : manifest.servers) {
        internet.add_server(plan.address, plan.manners);
        for (const dns::Name& apex : plan.zones) {
            internet.serve(plan.address, apex);
        }
    }
}

}  // namespace wend::sim
