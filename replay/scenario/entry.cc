// ENTRY_BEGIN ... ENTRY_END: match and reply tokens, sections, raw octets.
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "replay/scenario/lines.h"

namespace wend::sim {

namespace {

struct MatchWord {
    std::string_view word;
    MatchToken token;
};

constexpr std::array<MatchWord, 24> match_words = {{
    {"opcode", MatchToken::opcode},
    {"qtype", MatchToken::qtype},
    {"qname", MatchToken::qname},
    {"qcase", MatchToken::qcase},
    {"subdomain", MatchToken::subdomain},
    {"question", MatchToken::question},
    {"rcode", MatchToken::rcode},
    {"flags", MatchToken::flags},
    {"answer", MatchToken::answer},
    {"authority", MatchToken::authority},
    {"additional", MatchToken::additional},
    {"all", MatchToken::all},
    {"all_noedns", MatchToken::all_noedns},
    {"ttl", MatchToken::ttl},
    {"DO", MatchToken::dnssec_ok},
    {"CO", MatchToken::compact_ok},
    {"noedns", MatchToken::noedns},
    {"edns", MatchToken::edns},
    {"nsid", MatchToken::nsid},
    {"ednsdata", MatchToken::ednsdata},
    {"UDP", MatchToken::udp},
    {"TCP", MatchToken::tcp},
    {"client_cookie", MatchToken::client_cookie},
    {"server_cookie", MatchToken::server_cookie},
}};

struct RcodeWord {
    std::string_view word;
    dns::Rcode rcode;
};

constexpr std::array<RcodeWord, 21> rcode_words = {{
    {"NOERROR", dns::Rcode::noerror},     {"FORMERR", dns::Rcode::formerr},
    {"SERVFAIL", dns::Rcode::servfail},   {"NXDOMAIN", dns::Rcode::nxdomain},
    {"NOTIMPL", dns::Rcode::notimp},      {"NOTIMP", dns::Rcode::notimp},
    {"REFUSED", dns::Rcode::refused},     {"YXDOMAIN", dns::Rcode::yxdomain},
    {"YXRRSET", dns::Rcode::yxrrset},     {"NXRRSET", dns::Rcode::nxrrset},
    {"NOTAUTH", dns::Rcode::notauth},     {"NOTZONE", dns::Rcode::notzone},
    {"BADVERS", dns::Rcode::badvers},     {"BADSIG", dns::Rcode{16}},
    {"BADKEY", dns::Rcode{17}},           {"BADTIME", dns::Rcode{18}},
    {"BADMODE", dns::Rcode{19}},          {"BADNAME", dns::Rcode{20}},
    {"BADALG", dns::Rcode{21}},           {"BADTRUNC", dns::Rcode{22}},
    {"BADCOOKIE", dns::Rcode::badcookie},
}};

struct OpcodeWord {
    std::string_view word;
    dns::Opcode opcode;
};

constexpr std::array<OpcodeWord, 5> opcode_words = {{
    {"QUERY", dns::Opcode::query},
    {"IQUERY", dns::Opcode::iquery},
    {"STATUS", dns::Opcode::status},
    {"NOTIFY", dns::Opcode::notify},
    {"UPDATE", dns::Opcode::update},
}};

template <class Rows>
auto find_word(const Rows& rows, std::string_view word) -> decltype(&rows[0]) {
    for (const auto& row : rows) {
        if (row.word == word) {
            return &row;
        }
    }
    return nullptr;
}

// What follows "name=" or "name:" in a token.
std::optional<std::string_view> value_of(std::string_view token, std::string_view name) {
    if (token.size() > name.size() && token.starts_with(name) &&
        (token[name.size()] == '=' || token[name.size()] == ':')) {
        return token.substr(name.size() + 1);
    }
    return std::nullopt;
}

// A line that ends an entry which was not closed.
bool belongs_outside(std::string_view text) {
    const std::string_view word = take_word(text);
    return word == "STEP" || word == "RANGE_BEGIN" || word == "RANGE_END" ||
           word == "ENTRY_BEGIN" || word == "SCENARIO_END";
}

bool* header_flag(Packet& packet, std::string_view word) {
    struct Flag {
        std::string_view word;
        bool dns::Header::* field;
    };

    static constexpr std::array<Flag, 7> flags = {{
        {"QR", &dns::Header::qr},
        {"AA", &dns::Header::aa},
        {"TC", &dns::Header::tc},
        {"RD", &dns::Header::rd},
        {"RA", &dns::Header::ra},
        {"AD", &dns::Header::ad},
        {"CD", &dns::Header::cd},
    }};
    const auto* flag = find_word(flags, word);
    return flag == nullptr ? nullptr : &(packet.header.*(flag->field));
}

class EntryReader {
  public:
    EntryReader(ScenarioReader& reader, Entry& entry) : reader_(reader), entry_(entry) {
        entry_.line = reader.lines.number();
        entry_.packets.emplace_back();
        in_section_ = !reader.is_deckard();
    }

    bool read() {
        while (const auto line = reader_.lines.next()) {
            const std::string_view text = trimmed(*line);
            if (is_blank_or_comment(text, ";#")) {
                continue;
            }
            if (text.starts_with("ENTRY_END")) {
                return true;
            }
            if (belongs_outside(text)) {
                break;
            }
            if (!read_line(text)) {
                return false;
            }
        }
        return reader_.fail_at(entry_.line, "an entry has no ENTRY_END");
    }

  private:
    Packet& packet() { return entry_.packets.back(); }

    bool read_line(std::string_view text) {
        std::string_view rest = text;
        const std::string_view word = take_word(rest);
        if (word == "MATCH") {
            return read_tokens(rest, &EntryReader::read_match);
        }
        if (word == "REPLY" || (word == "FLAGS" && reader_.is_deckard())) {
            return read_tokens(rest, &EntryReader::read_reply);
        }
        if (word == "ADJUST") {
            return read_tokens(rest, &EntryReader::read_adjust);
        }
        if (word == "SECTION") {
            return read_section(rest);
        }
        return read_rare_line(text, word, rest);
    }

    bool read_rare_line(std::string_view text, std::string_view word, std::string_view rest) {
        if (text.starts_with("EXTRA_PACKET")) {
            entry_.packets.emplace_back();
            return true;
        }
        if (text.starts_with("HEX_ANSWER_BEGIN")) {
            return read_hex("HEX_ANSWER_END", packet().octets.emplace());
        }
        if (text.starts_with("HEX_EDNSDATA_BEGIN")) {
            packet().edns = true;
            return read_hex("HEX_EDNSDATA_END", packet().edns_options);
        }
        if (word == "$ORIGIN" || word == "$TTL") {
            return read_control(word, rest);
        }
        if (word == "MANDATORY") {
            entry_.mandatory = true;
            return true;
        }
        if (word == "TSIG") {
            entry_.tsig_key = rest;
            return true;
        }
        return word == "RAW" ? read_raw() : read_section_line(text);
    }

    bool read_tokens(std::string_view rest, bool (EntryReader::*read_one)(std::string_view)) {
        for (const std::string_view word : words_of(without_comment(rest, ";#"))) {
            if (!(this->*read_one)(word)) {
                return false;
            }
        }
        return true;
    }

    bool read_match(std::string_view word) {
        if (const auto* row = find_word(match_words, word)) {
            entry_.match.set(row->token);
            return true;
        }
        if (const auto code = value_of(word, "ede")) {
            const auto number = number_of(*code);
            if (*code != "any" && (!number || *number > 0xffff)) {
                return reader_.fail(fmt::format("\"{}\" is not an extended error", *code));
            }
            entry_.match.set(MatchToken::ede);
            entry_.match.ede = number;
            return true;
        }
        if (const auto serial = value_of(word, "serial")) {
            const auto number = number_of(*serial);
            if (!number) {
                return reader_.fail(fmt::format("\"{}\" is not a serial number", *serial));
            }
            entry_.match.set(MatchToken::serial);
            entry_.match.serial = *number;
            return true;
        }
        return reader_.fail(fmt::format("\"{}\" is not a MATCH token", word));
    }

    bool read_reply(std::string_view word) {
        if (bool* flag = header_flag(packet(), word)) {
            *flag = true;
            return true;
        }
        if (const auto* row = find_word(rcode_words, word)) {
            packet().rcode = row->rcode;
            return true;
        }
        if (word == "DO" || word == "CO") {
            packet().edns = true;
            (word == "DO" ? packet().dnssec_ok : packet().compact_ok) = true;
            return true;
        }
        if (const auto* row = find_word(opcode_words, word)) {
            packet().header.opcode = row->opcode;
            return true;
        }
        return reader_.fail(fmt::format("\"{}\" is not a REPLY token", word));
    }

    bool read_adjust(std::string_view word) {
        struct AdjustWord {
            std::string_view word;
            bool Adjust::* field;
        };

        static constexpr std::array<AdjustWord, 6> adjust_words = {{
            {"copy_id", &Adjust::copy_id},
            {"copy_query", &Adjust::copy_query},
            {"copy_ednsdata_assume_clientsubnet", &Adjust::copy_client_subnet},
            {"increment_ecs_scope", &Adjust::increment_client_subnet},
            {"raw_id", &Adjust::raw_id},
            {"do_not_answer", &Adjust::do_not_answer},
        }};
        if (const auto* row = find_word(adjust_words, word)) {
            entry_.adjust.*(row->field) = true;
            return true;
        }
        const auto sleep = value_of(word, "sleep");
        const auto text = sleep ? sleep : value_of(word, "packet_sleep");
        const auto seconds = text ? seconds_of(*text) : std::nullopt;
        if (!seconds) {
            return reader_.fail(fmt::format("\"{}\" is not an ADJUST token", word));
        }
        entry_.adjust.sleep += *seconds;
        return true;
    }

    bool read_section(std::string_view rest) {
        static constexpr std::array<std::string_view, 3> names = {"ANSWER", "AUTHORITY",
                                                                  "ADDITIONAL"};
        const std::string_view name = without_comment(rest, ";#");
        in_section_ = true;
        in_question_ = name == "QUESTION";
        if (in_question_) {
            return true;
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (name == names[i]) {
                section_ = static_cast<dns::Section>(i);
                return true;
            }
        }
        return reader_.fail(fmt::format("\"{}\" is not a section", name));
    }

    bool read_section_line(std::string_view text) {
        if (!in_section_) {
            return reader_.fail(fmt::format("\"{}\" stands before any SECTION", text));
        }
        if (in_question_) {
            if (reader_.is_deckard() && !packet().questions.empty()) {
                return reader_.fail("a QUESTION holds more than one record");
            }
            return read_question(reader_, text, packet().questions.emplace_back());
        }
        return read_record(reader_, text, packet().records(section_).emplace_back());
    }

    bool read_control(std::string_view word, std::string_view rest) {
        const std::string_view value = without_comment(rest, ";");
        if (word == "$TTL") {
            const auto ttl = dns::time_span_from_text(value);
            if (!ttl) {
                return reader_.fail(fmt::format("\"{}\" is not a TTL", value));
            }
            reader_.default_ttl = *ttl;
            return true;
        }
        const auto origin = dns::Name::from_text(value, reader_.origin);
        if (!origin) {
            return reader_.fail(fmt::format("\"{}\" is not a name", value));
        }
        reader_.origin = *origin;
        return true;
    }

    bool read_hex(std::string_view end, std::vector<std::uint8_t>& octets) {
        const std::size_t begin = reader_.lines.number();
        std::string digits;
        while (const auto line = reader_.lines.next()) {
            if (trimmed(*line).starts_with(end)) {
                octets = *octets_of_hex(digits, Decoding::lenient);
                return true;
            }
            digits.append(without_comment(*line, ";#"));
        }
        return reader_.fail_at(begin, fmt::format("a hex block has no {}", end));
    }

    bool read_raw() {
        const auto line = reader_.lines.next();
        const auto octets =
            line ? octets_of_hex(without_comment(*line, ";"), Decoding::strict) : std::nullopt;
        if (!octets) {
            return reader_.fail("RAW is not followed by a line of hex digits");
        }
        packet().octets = *octets;
        return true;
    }

    ScenarioReader& reader_;
    Entry& entry_;
    bool in_section_;
    bool in_question_ = true;
    dns::Section section_ = dns::Section::answer;
};

}  // namespace

bool read_entry(ScenarioReader& reader, Entry& entry) {
    EntryReader one(reader, entry);
    return one.read();
}

}  // namespace wend::sim
