// The text of trust points' states: what is written is read back exactly, and nothing else is.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/date.h"
#include "base/encoding.h"
#include "dns/rdata.h"
#include "dnssec/algorithms.h"
#include "dnssec/anchor_state.h"
#include "dnssec/records.h"

namespace wend::dnssec {
namespace {

constexpr std::string_view heading =
    "# wend follows the keys of a trust point here (RFC 5011). The last line is a checksum.\n"
    "wend-anchors 1\n";
constexpr std::string_view checksum_word = "checksum ";
constexpr std::array key_states = {KeyState::add_pending, KeyState::valid, KeyState::missing,
                                   KeyState::revoked, KeyState::removed};

std::string checksum_of(std::string_view text) {
    const Octets octets(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const auto sum = digest(DigestType::sha256, octets);
    return sum ? to_hex(*sum) : std::string(64, '0');
}

std::unexpected<std::string> mistake(std::string_view text) {
    return std::unexpected(std::string(text));
}

// Cuts the first line, or the first word, off.
std::string_view take(std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

std::optional<KeyState> state_from(std::string_view word) {
    const auto found =
        std::ranges::find_if(key_states, [word](KeyState state) { return to_text(state) == word; });
    return found == key_states.end() ? std::nullopt : std::optional(*found);
}

// "valid 0 AQ8..."
std::optional<TrackedKey> key_from(std::string_view line) {
    TrackedKey key;
    const auto state = state_from(take(line, ' '));
    const std::string_view held = take(line, ' ');
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(held.data(), held.data() + held.size(), seconds);
    if (!state || error != std::errc() || end != held.data() + held.size() ||
        !append_base64(line, Decoding::strict, key.rdata) ||
        !dns::is_valid_rdata(dns::Type::dnskey, key.rdata) ||
        Dnskey::read(key.rdata).is_revoked()) {
        return std::nullopt;
    }
    key.state = *state;
    key.held = std::chrono::seconds(seconds);
    return key;
}

// "zone example.": what follows is about it. False: it was there before, or they are too many.
bool begin_zone(std::string_view text, std::vector<AnchorState>& states) {
    const auto zone = dns::Name::from_text(text);
    const bool fits = zone && states.size() < trust_points_max &&
                      std::ranges::find(states, *zone, &AnchorState::zone) == states.end();
    if (fits) {
        states.push_back({.zone = *zone});
    }
    return fits;
}

bool read_line(std::string_view line, std::vector<AnchorState>& states) {
    const std::string_view word = take(line, ' ');
    if (word == "zone") {
        return begin_zone(line, states);
    }
    if (states.empty()) {
        return false;
    }
    AnchorState& state = states.back();
    if (word == "last-signed") {
        state.last_signed = wall_time_from_text(line);
        return state.last_signed.has_value();
    }
    auto key = word == "key" ? key_from(line) : std::nullopt;
    if (!key || state.keys.size() == tracked_keys_max) {
        return false;
    }
    state.keys.push_back(std::move(*key));
    return true;
}

}  // namespace

std::string to_text(std::span<const AnchorState> states) {
    std::string text(heading);
    for (const AnchorState& state : states) {
        text += fmt::format("zone {}\n", to_text(state.zone.view()));
        if (state.last_signed) {
            text += fmt::format("last-signed {}\n", wend::to_text(*state.last_signed));
        }
        for (const TrackedKey& key : state.keys) {
            text += fmt::format("key {} {} {}\n", to_text(key.state), key.held.count(),
                                to_base64(key.rdata));
        }
    }
    return text + fmt::format("{}{}\n", checksum_word, checksum_of(text));
}

std::expected<std::vector<AnchorState>, std::string> anchor_states_from_text(
    std::string_view text) {
    if (text.size() > anchor_state_octets_max) {
        return mistake("it is over 1 MiB");
    }
    const std::size_t at = text.rfind(checksum_word);
    if (at == std::string_view::npos ||
        text.substr(at) != fmt::format("{}{}\n", checksum_word, checksum_of(text.substr(0, at)))) {
        return mistake("its checksum is wrong");
    }
    text = text.substr(0, at);
    if (!text.starts_with(heading)) {
        return mistake("it is of another version");
    }
    text.remove_prefix(heading.size());
    std::vector<AnchorState> states;
    while (!text.empty()) {
        if (!read_line(take(text, '\n'), states)) {
            return mistake("a line of it is malformed");
        }
    }
    if (states.empty()) {
        return mistake("it names no zone");
    }
    return states;
}

}  // namespace wend::dnssec
