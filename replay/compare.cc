#include "replay/compare.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/octets.h"

namespace wend::sim {

namespace {

using Difference = std::optional<std::string>;

std::string question_text(const dns::Question* question) {
    if (question == nullptr) {
        return "no question";
    }
    return fmt::format("{} {} {}", dns::to_text(question->qname), dns::to_text(question->qclass),
                       dns::to_text(question->qtype));
}

Difference differ(std::string_view expected, std::string_view got) {
    return fmt::format("expected {}, got {}", expected, got);
}

// The two questions, null where there is none.
struct Questions {
    const dns::Question* expected = nullptr;
    const dns::Question* got = nullptr;

    Difference when(bool equal) const {
        return equal ? Difference{} : differ(question_text(expected), question_text(got));
    }

    template <class Equal>
    Difference unless(Equal equal) const {
        if (expected == nullptr || got == nullptr) {
            return when(expected == got);
        }
        return when(equal(*expected, *got));
    }
};

Difference question_difference(const Match& match, const Questions& both, Dialect dialect) {
    const bool whole = match.has(MatchToken::question) || match.has(MatchToken::all) ||
                       match.has(MatchToken::all_noedns);
    using Question = dns::Question;
    Difference found;
    const auto look = [&](bool asked, auto equal) {
        if (asked && !found) {
            found = both.unless(equal);
        }
    };
    look(match.has(MatchToken::qtype) || whole,
         [](const Question& a, const Question& b) { return a.qtype == b.qtype; });
    look(match.has(MatchToken::qname) || whole,
         [](const Question& a, const Question& b) { return a.qname == b.qname; });
    look(match.has(MatchToken::qcase), [](const Question& a, const Question& b) {
        return dns::equal_with_case(a.qname, b.qname);
    });
    look(whole && dialect == Dialect::unbound,
         [](const Question& a, const Question& b) { return a.qclass == b.qclass; });
    if (!found && match.has(MatchToken::subdomain) && both.expected != nullptr &&
        (both.got == nullptr || !both.got->qname.view().is_subdomain_of(both.expected->qname))) {
        found = differ(fmt::format("a name at or below {}", dns::to_text(both.expected->qname)),
                       question_text(both.got));
    }
    return found;
}

struct FlagName {
    std::string_view name;
    bool dns::Header::* field;
};

constexpr std::array<FlagName, 6> flag_names = {{
    {"QR", &dns::Header::qr},
    {"TC", &dns::Header::tc},
    {"RD", &dns::Header::rd},
    {"RA", &dns::Header::ra},
    {"AD", &dns::Header::ad},
    {"CD", &dns::Header::cd},
}};

Difference flags_difference(const dns::Header& expected, const dns::Header& got) {
    for (const FlagName& flag : flag_names) {
        if (expected.*flag.field != got.*flag.field) {
            const bool wanted = expected.*flag.field;
            return differ(fmt::format("{} {}", flag.name, wanted ? "set" : "clear"),
                          wanted ? "it clear" : "it set");
        }
    }
    // AA says that the answer is local data; where the scenario does not, it must be clear.
    if (got.aa && !expected.aa) {
        return differ("AA clear", "it set");
    }
    return std::nullopt;
}

const dns::EdnsOption* find_option(const dns::Message& message, dns::OptionCode code) {
    return message.edns() == nullptr ? nullptr : message.edns()->find(code);
}

// The info code and the text of an extended error (RFC 8914 2).
std::string extended_error_text(const dns::Message& message) {
    const dns::EdnsOption* option = find_option(message, dns::OptionCode::extended_error);
    if (option == nullptr || option->data.size() < 2) {
        return {};
    }
    std::string text = fmt::format(" (extended error {}", load_u16(option->data, 0));
    if (option->data.size() > 2) {
        text.append(": ").append(option->data.begin() + 2, option->data.end());
    }
    return text.append(")");
}

Difference rcode_difference(dns::Rcode expected, const dns::Message& got, Dialect dialect) {
    const unsigned mask = dialect == Dialect::unbound ? 0xfU : 0xfffU;
    if ((static_cast<unsigned>(expected) & mask) == (static_cast<unsigned>(got.rcode()) & mask)) {
        return std::nullopt;
    }
    return differ(fmt::format("rcode {}", dns::to_text(expected)),
                  dns::to_text(got.rcode()) + extended_error_text(got));
}

Difference header_difference(const Entry& entry, const Observed& got, Dialect dialect) {
    const Match& match = entry.match;
    const Packet& expected = entry.first();
    const dns::Header& header = got.message.header();
    const bool all = match.has(MatchToken::all) || match.has(MatchToken::all_noedns);
    if ((match.has(MatchToken::opcode) || all) && expected.header.opcode != header.opcode) {
        return differ(fmt::format("opcode {}", dns::to_text(expected.header.opcode)),
                      dns::to_text(header.opcode));
    }
    if (match.has(MatchToken::rcode) || all) {
        if (auto found = rcode_difference(expected.rcode, got.message, dialect)) {
            return found;
        }
    }
    if (match.has(MatchToken::flags) || all) {
        return flags_difference(expected.header, header);
    }
    return std::nullopt;
}

// The rdata of the OPT record; an extended error that was compared by itself is left out.
std::vector<std::uint8_t> option_octets(const dns::Message& message, bool without_error) {
    std::vector<std::uint8_t> octets;
    if (message.edns() == nullptr) {
        return octets;
    }
    for (const dns::EdnsOption& option : message.edns()->options) {
        if (without_error && option.code == dns::OptionCode::extended_error) {
            continue;
        }
        const std::size_t at = octets.size();
        octets.resize(at + 4);
        store_u16(octets, at, static_cast<std::uint16_t>(option.code));
        store_u16(octets, at + 2, static_cast<std::uint16_t>(option.data.size()));
        octets.insert(octets.end(), option.data.begin(), option.data.end());
    }
    return octets;
}

Difference option_difference(const Match& match, const dns::Message& got) {
    if (match.has(MatchToken::ede)) {
        const dns::EdnsOption* option = find_option(got, dns::OptionCode::extended_error);
        const bool found = option != nullptr && option->data.size() >= 2;
        if (!found || (match.ede && load_u16(option->data, 0) != *match.ede)) {
            const std::string text = extended_error_text(got);
            return differ(match.ede ? fmt::format("extended error {}", *match.ede)
                                    : std::string("an extended error"),
                          text.empty() ? "none" : std::string_view(text).substr(1));
        }
    }
    const auto cookie_is = [&](std::size_t octets) {
        const dns::EdnsOption* option = find_option(got, dns::OptionCode::cookie);
        return option != nullptr && option->data.size() == octets;
    };
    if (match.has(MatchToken::client_cookie) && !cookie_is(8)) {
        return differ("a client cookie", "none");
    }
    if (match.has(MatchToken::server_cookie) && !cookie_is(24)) {
        return differ("a server cookie", "none");
    }
    return std::nullopt;
}

Difference edns_difference(const Entry& entry, const Observed& got) {
    const Match& match = entry.match;
    const dns::Edns* edns = got.message.edns();
    if (match.has(MatchToken::dnssec_ok) && (edns == nullptr || !edns->dnssec_ok)) {
        return differ("DO set", "it clear");
    }
    if (match.has(MatchToken::noedns) && edns != nullptr) {
        return differ("no OPT record", "one");
    }
    if (match.has(MatchToken::ednsdata) &&
        option_octets(got.message, match.has(MatchToken::ede)) != entry.first().edns_options) {
        return differ(fmt::format("EDNS options of {} octets", entry.first().edns_options.size()),
                      fmt::format("{} octets or others", option_octets(got.message, false).size()));
    }
    const bool all = match.has(MatchToken::all) && got.is_answer;
    if (all && (edns != nullptr) != got.query_has_edns) {
        return got.query_has_edns ? differ("an OPT record", "none")
                                  : differ("no OPT record", "one");
    }
    return std::nullopt;
}

Difference channel_difference(const Match& match, Channel channel) {
    if (match.has(MatchToken::udp) && channel != Channel::udp) {
        return differ("UDP", to_text(channel));
    }
    if (match.has(MatchToken::tcp) && channel == Channel::udp) {
        return differ("TCP", to_text(channel));
    }
    return std::nullopt;
}

}  // namespace

Difference difference(const Entry& expected, const Observed& got, Dialect dialect) {
    const Match& match = expected.match;
    const Packet& packet = expected.first();
    const bool all = match.has(MatchToken::all) || match.has(MatchToken::all_noedns);
    const auto& question = got.message.question();
    const Questions both{.expected = packet.questions.empty() ? nullptr : &packet.questions.front(),
                         .got = question ? &*question : nullptr};
    if (auto found = question_difference(match, both, dialect)) {
        return found;
    }
    if (auto found = header_difference(expected, got, dialect)) {
        return found;
    }
    const SectionsToCompare sections{.answer = all || match.has(MatchToken::answer),
                                     .authority = all || match.has(MatchToken::authority),
                                     .ttl = match.has(MatchToken::ttl)};
    if (!packet.header.tc) {
        if (auto found = sections_difference(packet, got, sections)) {
            return found;
        }
    }
    if (auto found = option_difference(match, got.message)) {
        return found;
    }
    if (auto found = edns_difference(expected, got)) {
        return found;
    }
    return channel_difference(match, got.channel);
}

}  // namespace wend::sim
