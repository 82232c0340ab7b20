// The configuration: one plain struct. Its defaults here are the program's; etc/wend.json repeats
// them with a word on each, and a test holds the two together.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"
#include "policy/access.h"
#include "policy/rate_limit.h"

namespace wend {

std::vector<Endpoint> default_listen();       // port 53 on 127.0.0.1 and ::1
std::vector<Prefix> default_never_queried();  // "this host", loopback
// RSASHA1 and RSASHA1-NSEC3-SHA1: operators MUST treat both as unsupported (RFC 9905 2).
std::vector<std::uint8_t> default_disabled_algorithms();
// Where the time daemons of common systems ask for the time.
std::vector<dns::Name> default_time_servers();

std::vector<Prefix> default_metrics_allowed();  // loopback
std::vector<std::string> default_locked();      // where we are reached, by whom, and the workers

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };

// What somebody may do through a control door; each contains those before it.
enum class DoorScope : std::uint8_t {
    metrics,
    read,
    read_names,  // see names and clients too
    operate,     // flush, reload, forward
    admin,       // change the configuration, give tokens
};

struct Config {
    std::vector<Endpoint> listen = default_listen();  // UDP and TCP on each; port 0: any free one
    unsigned workers = 0;                             // 0: one per core

    struct Access {
        std::vector<Prefix> allow = policy::default_allowed();  // others are refused, but loopback
        bool local_networks = true;  // and the networks of our interfaces, as they change

        bool operator==(const Access&) const = default;
    } access{};

    struct Cache {
        std::size_t size = std::size_t{256} << 20;  // octets, all that the cache takes
        std::uint32_t ttl_min = 0;                  // seconds
        std::uint32_t ttl_max = 86'400;
        std::uint32_t negative_ttl_max = 3'600;  // RFC 2308 5

        bool operator==(const Cache&) const = default;
    } cache{};

    struct Root {
        std::string hints;    // a file; empty: built in
        std::string anchors;  // a file of DS or DNSKEY records; empty: built in

        bool operator==(const Root&) const = default;
    } root{};

    struct Upstream {
        bool ipv4 = true;
        bool ipv6 = true;
        std::uint16_t port = 53;  // of authoritative servers
        std::vector<Prefix> never_query = default_never_queried();
        bool minimise_qname = true;              // RFC 9156
        dns::Type minimise_type = dns::Type::a;  // RFC 9156 2.1: A or NS
        bool mixed_case = true;                  // draft-vixie-dnsext-dns0x20
        bool cookies = true;                     // RFC 7873

        bool operator==(const Upstream&) const = default;
    } upstream{};

    // A zone that is not validated (RFC 7646).
    struct NegativeAnchor {
        dns::Name zone;
        std::optional<WallTime> until{};  // has no effect from then on

        bool operator==(const NegativeAnchor&) const = default;
    };

    struct Dnssec {
        bool validate = true;
        std::vector<NegativeAnchor> negative_anchors{};
        std::string
            anchors_state{};  // where RFC 5011 keeps its state; empty: anchors stay as given
        // IANA numbers: what only these sign, or only these digests name, is insecure.
        std::vector<std::uint8_t> disabled_algorithms = default_disabled_algorithms();
        std::vector<std::uint8_t> disabled_digests{};
        bool check_clock = true;  // trust no clock that is clearly wrong
        std::vector<dns::Name> time_servers = default_time_servers();  // resolved by any clock

        bool operator==(const Dnssec&) const = default;
    } dnssec{};

    // A zone whose servers are named here.
    struct Zone {
        dns::Name zone;
        std::vector<Endpoint> addresses;
        bool first = false;  // walk from the root where these fail

        bool operator==(const Zone&) const = default;
    };

    std::vector<Zone> forward;  // to recursive servers
    std::vector<Zone> stub;     // to authoritative servers

    // What CHAOS TXT queries may learn; empty: they are refused.
    struct Chaos {
        std::string identity;  // id.server, hostname.bind
        std::string version;   // version.server, version.bind

        bool operator==(const Chaos&) const = default;
    } chaos{};

    struct Log {
        LogLevel level = LogLevel::info;

        bool operator==(const Log&) const = default;
    } log{};

    struct Tcp {
        std::size_t clients = 1'024;    // connections at once, in each worker and on each address
        unsigned client_percent = 5;    // of them from one client: an IPv4 address or an IPv6 /64
        std::chrono::seconds idle{10};  // without a query a connection is closed
        std::size_t pipeline = 32;      // queries under way on one connection

        bool operator==(const Tcp&) const = default;
    } tcp{};

    // Queries that wait for the network, in each worker; more get SERVFAIL at once.
    struct Waiting {
        std::size_t clients = 10'000;
        std::size_t per_address = 100;  // at any time; more while there is room

        bool operator==(const Waiting&) const = default;
    } waiting{};

    // Of clients over UDP whose address no cookie proves.
    struct RateLimit {
        policy::RateMode mode = policy::RateMode::enforce;
        policy::RateLimits limits{};
        std::vector<Prefix> exempt = policy::default_allowed();
        bool exempt_local_networks = true;

        bool operator==(const RateLimit&) const = default;
    } rate_limit{};

    // Of a worker's time, for clients over TCP.
    struct CpuShare {
        policy::RateMode mode = policy::RateMode::enforce;
        unsigned percent = 60;  // for one client

        bool operator==(const CpuShare&) const = default;
    } cpu_share{};

    struct Cookies {
        bool answer = true;  // RFC 7873, RFC 9018

        bool operator==(const Cookies&) const = default;
    } cookies{};

    // The unix socket by which `wend ctl` reaches this process.
    struct Control {
        std::string socket = "/run/wend/control.sock";  // empty: none
        DoorScope group_scope = DoorScope::operate;     // of members of the socket's group

        bool operator==(const Control&) const = default;
    } control{};

    // The same door over HTTP, with tokens.
    struct Http {
        std::vector<Endpoint> listen{};    // empty: none
        std::vector<std::string> names{};  // hosts in "Host" beside our addresses; lower case
        bool plain = false;                // beyond loopback without TLS on purpose
        std::vector<Prefix> metrics_allow = default_metrics_allowed();  // without a token

        bool operator==(const Http&) const = default;
    } http{};

    std::vector<std::string> lock = default_locked();  // keys and sections that no door changes

    struct State {
        std::string folder;  // empty: $STATE_DIRECTORY where that is set, else none

        bool operator==(const State&) const = default;
    } state{};

    struct Reload {
        std::size_t generations = 10;  // configurations kept, to go back to

        bool operator==(const Reload&) const = default;
    } reload{};

    struct Lint {
        std::vector<std::string> ignore{};  // ids of findings that are meant to be so

        bool operator==(const Lint&) const = default;
    } lint{};

    std::string include = "wend.d/*.json";  // relative to the configuration's folder; empty: none

    bool operator==(const Config&) const = default;
};

}  // namespace wend
