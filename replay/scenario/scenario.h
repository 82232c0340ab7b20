// A scenario in the field's .rpl language, read into one model from both dialects: Unbound's
// testbound and CZ.NIC's Deckard. Values only; nothing here plays a scenario (replay/replay.h
// does).
//
//   config part          options and files for the subject, up to CONFIG_END
//   RANGE ... RANGE_END  what servers answer while the current step lies in the range
//   STEP n TYPE          what happens, in order
#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/zone_file.h"

namespace wend::sim {

// The two differ in how ranges are chosen, in what a step waits for and in some tokens.
enum class Dialect : std::uint8_t { unbound, deckard };

// "key: value" of the config part.
struct ConfigOption {
    std::string clause;        // "server", "stub-zone"; empty in the Deckard dialect
    std::size_t instance = 0;  // clauses counted from 1: two forward-zones are two instances
    std::string key;
    std::vector<std::string> values;  // a temp file's name is temp_file_prefix and its id
    std::size_t line = 0;
};

inline constexpr std::string_view temp_file_prefix = "temp-file:";

struct TempFile {
    std::string id;
    std::string body;
    bool autotrust = false;
    std::size_t line = 0;
};

enum class MatchToken : std::uint8_t {
    opcode,
    qtype,
    qname,
    qcase,  // qname, and the letter case too
    subdomain,
    question,
    rcode,
    flags,
    answer,
    authority,
    additional,
    all,
    all_noedns,
    ttl,  // `all` and `answer` compare TTLs too
    dnssec_ok,
    compact_ok,
    noedns,
    edns,
    nsid,
    ednsdata,
    udp,
    tcp,
    serial,
    ede,
    client_cookie,
    server_cookie,
    count_,
};

struct Match {
    std::bitset<static_cast<std::size_t>(MatchToken::count_)> tokens;
    std::uint32_t serial = 0;          // where MatchToken::serial is set
    std::optional<std::uint16_t> ede;  // where MatchToken::ede is set; none: any code

    bool has(MatchToken token) const { return tokens.test(static_cast<std::size_t>(token)); }

    void set(MatchToken token) { tokens.set(static_cast<std::size_t>(token)); }
};

struct Adjust {
    bool copy_id = false;
    bool copy_query = false;
    bool copy_client_subnet = false;       // the scope prefix becomes the source prefix
    bool increment_client_subnet = false;  // and one more
    bool raw_id = false;
    bool do_not_answer = false;
    Duration sleep{};  // before the answer
};

// One message as it is written down. Nothing is checked for sense: what is written is sent.
struct Packet {
    dns::Header header;  // its rcode is not used
    dns::Rcode rcode = dns::Rcode::noerror;
    std::vector<dns::Question> questions;
    std::array<std::vector<dns::ZoneRecord>, 3> sections;  // by dns::Section
    bool edns = false;
    bool dnssec_ok = false;
    bool compact_ok = false;  // RFC 9824 5.1
    std::uint16_t udp_payload_size = dns::edns_payload_size;
    std::vector<std::uint8_t> edns_options;           // rdata of the OPT record
    std::optional<std::vector<std::uint8_t>> octets;  // sent in place of all the above

    const std::vector<dns::ZoneRecord>& records(dns::Section section) const {
        return sections[static_cast<std::size_t>(section)];
    }

    std::vector<dns::ZoneRecord>& records(dns::Section section) {
        return sections[static_cast<std::size_t>(section)];
    }
};

// A canned answer, a client's query, an expected answer or an expected upstream query.
struct Entry {
    std::size_t line = 0;  // of ENTRY_BEGIN
    Match match;
    Adjust adjust;
    bool mandatory = false;
    std::vector<Packet> packets;  // at least one; more are sent one after the other over TCP
    std::string tsig_key;         // "name secret", or empty

    const Packet& first() const { return packets.front(); }
};

struct Range {
    std::size_t line = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::vector<Endpoint> addresses;  // none: any address
    std::vector<Entry> entries;

    bool covers(std::uint32_t step) const { return first <= step && step <= last; }

    bool serves(const Endpoint& server) const;
};

enum class StepType : std::uint8_t {
    nothing,
    query,
    check_answer,
    check_out_query,
    reply,
    timeout,
    time_passes,
    check_autotrust,
    check_temp_file,
    error,
    traffic,
    assign,
    infra_rtt,
    flush_message,
    expire_message,
};

std::string_view to_text(StepType type);

struct Step {
    std::size_t line = 0;
    std::uint32_t number = 0;
    StepType type{};
    std::optional<Endpoint> address{};  // QUERY: the client's, CHECK_*: whose; port 0 is any
    std::optional<Entry> entry{};
    Duration elapse{};                 // TIME_PASSES ELAPSE
    std::string variable{};            // ASSIGN
    std::string text{};                // ASSIGN, TIME_PASSES EVAL: with macros
    std::string id{};                  // CHECK_TEMPFILE, CHECK_AUTOTRUST
    std::vector<std::string> lines{};  // of their FILE block, with macros
    dns::Question question{};  // FLUSH_MESSAGE, EXPIRE_MESSAGE; INFRA_RTT: qname is the zone
    Duration round_trip{};     // INFRA_RTT
};

struct Scenario {
    Dialect dialect = Dialect::unbound;
    std::string title;
    std::vector<ConfigOption> options;
    std::vector<TempFile> temp_files;
    std::vector<Range> ranges;
    std::vector<Step> steps;
};

struct ScenarioError {
    std::size_t line = 0;  // from 1
    std::string message;   // one sentence
};

// The dialect follows from the config part: clauses (`server:`) are Unbound's.
std::expected<Scenario, ScenarioError> read_scenario(std::string_view text);

}  // namespace wend::sim
