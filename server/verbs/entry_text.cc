#include "server/verbs/entry_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dns/zone_file.h"
#include "server/verbs/arguments.h"

namespace wend {
namespace {

constexpr std::array<std::string_view, 6> rank_words = {"hint",   "additional",   "authority",
                                                        "answer", "authority-aa", "answer-aa"};

std::vector<std::string> rrset_lines(const cache::KeptEntry& entry, std::string_view before) {
    std::vector<std::string> lines = records_of(entry.rrset());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        lines[i] = fmt::format("{}{} ; {}/{} {} {}", before, lines[i], i + 1, lines.size(),
                               to_text(entry.rank()), to_text(entry.security()));
    }
    return lines;
}

std::string denial_line(const cache::KeptEntry& entry) {
    std::string line = fmt::format("; {} {}", to_text(entry.kind()), to_text(entry.owner()));
    if (entry.kind() != cache::Kind::name_error) {
        line += " " + to_text(entry.type());
    }
    line += fmt::format(" {} {}", entry.ttl(), to_text(entry.security()));
    for (const cache::ProofName& proof : entry.proofs()) {
        line += fmt::format(" {} {}", to_text(proof.type), to_text(proof.owner.view()));
    }
    return line;
}

std::string delegation_line(const cache::KeptEntry& entry) {
    const cache::Delegation delegation = entry.delegation();
    std::string line = fmt::format("; delegation {} {}", to_text(entry.owner()), entry.ttl());
    for (const cache::NameServer& server : delegation.servers) {
        line += " " + to_text(server.name.view());
        for (const IpAddress& address : server.glue) {
            line += " " + address.to_text();
        }
    }
    return line + (delegation.ds ? " DS" : delegation.ds_denied ? " no-DS" : "");
}

}  // namespace

std::string_view to_text(cache::Rank rank) {
    return rank_words[std::min<std::size_t>(std::to_underlying(rank), rank_words.size() - 1)];
}

std::optional<cache::Rank> rank_from_text(std::string_view text) {
    const auto* const found = std::ranges::find(rank_words, text);
    return found == rank_words.end()
               ? std::nullopt
               : std::optional(cache::Rank{static_cast<std::uint8_t>(found - rank_words.begin())});
}

std::string_view to_text(cache::Kind kind) {
    constexpr std::array<std::string_view, 7> words = {
        "dead", "rrset", "proof", "nodata", "nxdomain", "delegation", "expansion"};
    return words[std::min<std::size_t>(std::to_underlying(kind), words.size() - 1)];
}

std::vector<std::string> records_of(const dns::RRset& rrset) {
    std::vector<std::string> lines;
    const auto add = [&](dns::Type type, Octets rdata) {
        lines.push_back(
            dns::record_to_text(rrset.owner(), rrset.ttl(), dns::Class::in, type, rdata));
    };
    for (const Octets rdata : rrset.rdatas()) {
        add(rrset.type(), rdata);
    }
    for (const Octets signature : rrset.signatures()) {
        add(dns::Type::rrsig, signature);
    }
    return lines;
}

std::vector<std::string> dump_lines(const cache::KeptEntry& entry) {
    switch (entry.kind()) {
        case cache::Kind::rrset:
            return rrset_lines(entry, "");
        case cache::Kind::proof:
            return rrset_lines(entry, "; proof ");
        case cache::Kind::delegation:
            return {delegation_line(entry)};
        default:
            return {denial_line(entry)};
    }
}

std::optional<RecordNote> note_from_text(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::size_t blank = text.find(' ');
    if (slash == std::string_view::npos || blank == std::string_view::npos || slash > blank) {
        return std::nullopt;
    }
    constexpr std::uint64_t most = 2 * cache::records_max;
    const auto number = number_from(text.substr(0, slash));
    const auto of = number_from(text.substr(slash + 1, blank - slash - 1));
    std::string_view rest = text.substr(blank + 1);
    const auto rank = rank_from_text(rest.substr(0, rest.find(' ')));
    if (!number || !of || !rank || *number == 0 || *number > *of || *of > most) {
        return std::nullopt;
    }
    return RecordNote{static_cast<unsigned>(*number), static_cast<unsigned>(*of), *rank};
}

}  // namespace wend
