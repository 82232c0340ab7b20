// The text of a trust point's state: what is written is read back exactly, and nothing else is.
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
constexpr std::array states = {KeyState::add_pending, KeyState::valid, KeyState::missing,
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
        std::ranges::find_if(states, [word](KeyState state) { return to_text(state) == word; });
    return found == states.end() ? std::nullopt : std::optional(*found);
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

bool read_line(std::string_view line, AnchorState& state) {
    const std::string_view word = take(line, ' ');
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

std::string to_text(const AnchorState& state) {
    std::string text = fmt::format("{}zone {}\n", heading, to_text(state.zone.view()));
    if (state.last_signed) {
        text += fmt::format("last-signed {}\n", wend::to_text(*state.last_signed));
    }
    for (const TrackedKey& key : state.keys) {
        text += fmt::format("key {} {} {}\n", to_text(key.state), key.held.count(),
                            to_base64(key.rdata));
    }
    return text + fmt::format("{}{}\n", checksum_word, checksum_of(text));
}

std::expected<AnchorState, std::string> anchor_state_from_text(std::string_view text) {
    if (text.size() > anchor_state_octets_max) {
        return mistake("it is over 64 KiB");
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
    std::string_view line = take(text, '\n');
    const auto zone = dns::Name::from_text(
        line.starts_with("zone ") ? line.substr(std::string_view("zone ").size()) : "..");
    if (!zone) {
        return mistake("it names no zone");
    }
    AnchorState state{.zone = *zone};
    while (!text.empty()) {
        line = take(text, '\n');
        if (!read_line(line, state)) {
            return mistake("a line of it is malformed");
        }
    }
    return state;
}

}  // namespace wend::dnssec
