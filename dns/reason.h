// One Reason for every answer, refusal, drop and limit: it becomes the RFC 8914 code, the log
// field, the metric label and the line in a trace.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wend::dns {

enum class Reason : std::uint8_t {
    none,
    // Answers.
    from_cache,
    resolved,
    local_data,  // RFC 6303, 6761, 7686, 8375, 8482
    // The client.
    client_not_allowed,
    not_recursive,  // RD=0 and not in the cache
    malformed_query,
    bad_edns_version,
    unsupported_opcode,
    unsupported_class,
    unsupported_type,      // AXFR and the like
    invalid_type,          // NXNAME (RFC 9824 3.5)
    response_as_query,     // QR=1 from a client: dropped
    too_many_waiting,      // all places are taken
    client_share,          // of the places: this client has its own
    network_share,         // of the places: the client's network has its own
    zone_share,            // of the places: those who wait for the zone have theirs
    repeated_query,        // what its client waits for already: dropped
    rate_limited,          // over UDP; dropped, or sent to TCP or to its cookie
    network_rate_limited,  // the same, for what the client's network sends
    connection_share,      // over TCP: this client has its share of the connections
    too_many_connections,  // over TCP: all are taken, and none is idle
    cpu_share,             // over TCP: read later, this client has its share of a worker's time
    shutting_down,
    out_of_memory,
    // The walk.
    no_server_answered,
    no_reachable_server,  // every address is of a family that is down, or never to be asked
    lame_delegation,
    cyclic_delegation,
    no_address_for_servers,
    server_failure,  // servers answered SERVFAIL, REFUSED, FORMERR and the like
    bad_response,
    alias_loop,
    dname_too_long,  // YXDOMAIN, RFC 6672 2.2
    cached_failure,  // RFC 9520
    zone_silent,     // its servers were silent to a whole question and are being probed
    // Budgets (docs/limits.md).
    deadline_passed,
    zone_overloaded,  // too many queries to its servers are under way
    budget_upstream_packets,
    budget_upstream_octets,
    budget_server_names,
    budget_aliases,
    budget_depth,
    budget_referrals,
    budget_signatures,
    budget_nsec3,
    budget_cached_records,
    // Validation.
    bogus_no_key,
    bogus_expired,
    bogus_not_yet_valid,
    bogus_signature,
    bogus_no_signature,
    bogus_no_proof,
    bogus_proof,  // there are NSEC or NSEC3 records, and they prove something else
    bogus_unknown,
    dnskey_unfetched,  // the servers of a signed zone did not give its keys
    wrong_clock,       // stays the last; each Reason has its row in reason.cc
};

inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::wrong_clock) + 1;

// True for what a client query ran out of: it says nothing about the names that were asked for.
constexpr bool is_limit(Reason reason) {
    return reason >= Reason::deadline_passed && reason <= Reason::budget_cached_records;
}

// True for what a validator found to be wrong with the data itself.
constexpr bool is_bogus(Reason reason) {
    return reason >= Reason::bogus_no_key && reason <= Reason::bogus_unknown;
}

// "no-server-answered": the log field, the metric label and the word in a trace.
std::string_view to_text(Reason reason);
// One short sentence for a person and for the EDE's text; at most 64 octets.
std::string_view describe(Reason reason);
// RFC 8914 INFO-CODE; nothing where there is nothing to explain.
std::optional<std::uint16_t> extended_error(Reason reason);

}  // namespace wend::dns
