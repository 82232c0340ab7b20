#include "dns/reason.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace wend::dns {
namespace {

// INFO-CODEs of RFC 8914 4 and of the IANA registry "Extended DNS Error Codes".
enum class InfoCode : std::uint8_t {
    other = 0,
    dnssec_indeterminate = 5,
    dnssec_bogus = 6,
    signature_expired = 7,
    signature_not_yet_valid = 8,
    dnskey_missing = 9,
    rrsigs_missing = 10,
    nsec_missing = 12,
    cached_error = 13,
    not_ready = 14,
    prohibited = 18,
    not_authoritative = 20,
    not_supported = 21,
    no_reachable_authority = 22,
    network_error = 23,
    invalid_query_type = 30,
    nothing = 255,  // no option is sent
};

struct Row {
    Reason reason;
    std::string_view text;
    std::string_view sentence;
    InfoCode code;
};

using enum InfoCode;

constexpr std::array<Row, reason_count> rows = {{
    {Reason::none, "none", "no particular reason", nothing},
    {Reason::from_cache, "from-cache", "answered from the cache", nothing},
    {Reason::resolved, "resolved", "resolved by asking the authoritative servers", nothing},
    {Reason::local_data, "local-data", "answered from data configured or reserved here", nothing},
    {Reason::client_not_allowed, "client-not-allowed", "this client may not ask here", prohibited},
    {Reason::not_recursive, "not-recursive", "recursion was not asked for, and it is not cached",
     not_authoritative},
    {Reason::malformed_query, "malformed-query", "the query could not be read", nothing},
    {Reason::bad_edns_version, "bad-edns-version", "only EDNS version 0 is spoken here", nothing},
    {Reason::unsupported_opcode, "unsupported-opcode", "only the opcode QUERY is served here",
     not_supported},
    {Reason::unsupported_class, "unsupported-class", "only the class IN is served here",
     not_supported},
    {Reason::unsupported_type, "unsupported-type", "questions of this type are not served here",
     not_supported},
    {Reason::invalid_type, "invalid-type", "this type is in proofs and cannot be asked for",
     invalid_query_type},
    {Reason::response_as_query, "response-as-query", "a response came where a query was due",
     nothing},
    {Reason::too_many_waiting, "too-many-waiting", "too many queries are waiting for answers",
     network_error},
    {Reason::client_share, "client-share", "this client has its share of the waiting queries",
     network_error},
    {Reason::network_share, "network-share", "this network has its share of the waiting queries",
     network_error},
    {Reason::zone_share, "zone-share", "too many queries are waiting for names of this zone",
     network_error},
    {Reason::repeated_query, "repeated-query", "this query is under way already", nothing},
    {Reason::rate_limited, "rate-limited", "this client sends too many queries", nothing},
    {Reason::network_rate_limited, "network-rate-limited",
     "this client's network sends too many queries", nothing},
    {Reason::connection_share, "connection-share", "this client has its share of the connections",
     nothing},
    {Reason::too_many_connections, "too-many-connections", "all connections are taken", nothing},
    {Reason::cpu_share, "cpu-share", "this client has its share of the processor for now", nothing},
    {Reason::shutting_down, "shutting-down", "this server is shutting down", not_ready},
    {Reason::out_of_memory, "out-of-memory", "this server has no memory left for the query", other},
    {Reason::no_server_answered, "no-server-answered", "no server of the zone answered in time",
     no_reachable_authority},
    {Reason::no_reachable_server, "no-reachable-server",
     "the zone has no server that can be asked from here", no_reachable_authority},
    {Reason::lame_delegation, "lame-delegation", "no server answers for the delegated zone",
     no_reachable_authority},
    {Reason::cyclic_delegation, "cyclic-delegation",
     "the delegation can only be found through itself", no_reachable_authority},
    {Reason::no_address_for_servers, "no-address-for-servers",
     "no server of the zone has a known address", no_reachable_authority},
    {Reason::server_failure, "server-failure", "the servers of the zone answered with errors",
     network_error},
    {Reason::bad_response, "bad-response", "the servers of the zone sent unusable responses",
     network_error},
    {Reason::alias_loop, "alias-loop", "the aliases of the name form a loop", other},
    {Reason::dname_too_long, "dname-too-long", "a DNAME makes the name longer than 255 octets",
     nothing},
    {Reason::cached_failure, "cached-failure", "this failed a moment ago and is not yet retried",
     cached_error},
    {Reason::zone_silent, "zone-silent", "no server of the zone has answered for a while",
     no_reachable_authority},
    {Reason::deadline_passed, "deadline-passed", "there was no answer in the time for a query",
     no_reachable_authority},
    {Reason::zone_overloaded, "zone-overloaded",
     "too many queries to the servers of the zone are under way", network_error},
    {Reason::budget_upstream_packets, "budget-upstream-packets",
     "it would take too many queries to servers", other},
    {Reason::budget_upstream_octets, "budget-upstream-octets",
     "the servers sent too many octets for one query", other},
    {Reason::budget_server_names, "budget-server-names",
     "it would take too many lookups of server names", other},
    {Reason::budget_aliases, "budget-aliases", "the chain of aliases is too long", other},
    {Reason::budget_depth, "budget-depth", "lookups of server names are nested too deeply", other},
    {Reason::budget_referrals, "budget-referrals", "too many referrals follow each other", other},
    {Reason::budget_signatures, "budget-signatures",
     "it would take too many signature verifications", other},
    {Reason::budget_nsec3, "budget-nsec3", "it would take too many NSEC3 hashes", other},
    {Reason::budget_cached_records, "budget-cached-records",
     "one query would fill too much of the cache", other},
    {Reason::bogus_no_key, "bogus-no-key", "no DNSKEY matches the DS record or the signature",
     dnskey_missing},
    {Reason::bogus_expired, "bogus-expired", "the signature has expired", signature_expired},
    {Reason::bogus_not_yet_valid, "bogus-not-yet-valid", "the signature is not valid yet",
     signature_not_yet_valid},
    {Reason::bogus_signature, "bogus-signature", "the signature does not verify", dnssec_bogus},
    {Reason::bogus_no_signature, "bogus-no-signature", "a signature is missing", rrsigs_missing},
    {Reason::bogus_no_proof, "bogus-no-proof", "the proof that it does not exist is missing",
     nsec_missing},
    {Reason::bogus_proof, "bogus-proof", "the NSEC or NSEC3 records do not prove the answer",
     dnssec_bogus},
    {Reason::bogus_unknown, "bogus-unknown", "the answer does not validate", dnssec_bogus},
    {Reason::dnskey_unfetched, "dnskey-unfetched", "the keys of a signed zone could not be fetched",
     dnskey_missing},
    {Reason::wrong_clock, "wrong-clock", "this server's clock seems to be wrong",
     dnssec_indeterminate},
}};

consteval bool rows_are_sound() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (std::to_underlying(rows[i].reason) != i || rows[i].text.empty() ||
            rows[i].sentence.empty() || rows[i].sentence.size() > 64) {
            return false;
        }
    }
    return true;
}

static_assert(rows_are_sound(), "a row for each Reason, in their order, sentences of 64 octets");

const Row& row_of(Reason reason) {
    return rows[std::to_underlying(reason)];
}

}  // namespace

std::string_view to_text(Reason reason) {
    return row_of(reason).text;
}

std::string_view describe(Reason reason) {
    return row_of(reason).sentence;
}

std::optional<std::uint16_t> extended_error(Reason reason) {
    const InfoCode code = row_of(reason).code;
    return code == nothing ? std::nullopt : std::optional<std::uint16_t>(std::to_underlying(code));
}

}  // namespace wend::dns
