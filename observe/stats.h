// What a worker has done, in numbers that only grow. Written by one thread, read by any.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dns/reason.h"
#include "dns/types.h"
#include "observe/number.h"

namespace wend {

enum class Counter : std::uint8_t {
    queries_udp,
    queries_tcp,
    dropped,
    cache_hits,         // answered without the network
    cache_misses,       // joined a resolution
    resolutions,        // started: equal questions in flight share one
    repeated,           // retransmissions of what is under way: nothing is sent for them
    refused,            // misses that found no place, or whose zone is overloaded
    refused_silently,   // of them: beyond refusals_per_second, nothing was sent
    unanswered_at_end,  // misses while the process ended
    truncated_late,
    truncated_pulse,  // server/clients/pulse_limit.h
    rate_limited,     // datagrams over their client's rate
    rate_shadowed,    // the same in shadow mode: they were answered
    cookies_valid,
    reads_deferred,  // of a client over TCP that had its share of the worker's time
    reads_shadowed,  // the same in shadow mode: it was read
    count,
};

std::string_view to_text(Counter counter);

// What queries to servers came to. The first is a reply that may be believed; the others are
// transport's NetError, in its order.
enum class UpstreamOutcome : std::uint8_t {
    reply,
    timeout,
    unreachable,
    refused,
    reset,
    forgery_suspected,
    case_lost,
    oversized,
    unreadable,
    no_resources,
    count,
};

std::string_view to_text(UpstreamOutcome outcome);

// How a message travels, by transport and address family.
enum class Path : std::uint8_t {
    udp_ipv4,
    udp_ipv6,
    tcp_ipv4,
    tcp_ipv6,
    tls_ipv4,
    tls_ipv6,
    count
};

constexpr bool is_ipv6(Path path) {
    return static_cast<std::uint8_t>(path) % 2 == 1;
}

// "udp", "tcp", "tls".
std::string_view channel_of(Path path);

// The types that are counted by name; what else is asked for is counted together, behind them.
inline constexpr std::array counted_types = {
    dns::Type::a,     dns::Type::ns,    dns::Type::cname,  dns::Type::soa,        dns::Type::ptr,
    dns::Type::mx,    dns::Type::txt,   dns::Type::aaaa,   dns::Type::srv,        dns::Type::naptr,
    dns::Type::ds,    dns::Type::sshfp, dns::Type::rrsig,  dns::Type::nsec,       dns::Type::dnskey,
    dns::Type::nsec3, dns::Type::tlsa,  dns::Type::smimea, dns::Type::nsec3param, dns::Type::svcb,
    dns::Type::https, dns::Type::any,   dns::Type::uri,    dns::Type::caa,
};

class Stats {
  public:
    static constexpr std::size_t rcode_count = 25;  // to BADCOOKIE, and one for the rest
    static constexpr std::size_t type_count = counted_types.size() + 1;
    static constexpr std::size_t security_count = place_of(dns::Security::secure) + 1;

    void add(Counter counter, std::uint64_t amount = 1) { bump(counters_[index(counter)], amount); }

    // A query of a client.
    void add_query(Path path) {
        add(path <= Path::udp_ipv6 ? Counter::queries_udp : Counter::queries_tcp);
        bump(queries_[index(path)]);
    }

    void add(dns::Type asked) { bump(types_[place_of_type(asked)]); }

    void add(dns::Security security) { bump(securities_[index(security)]); }

    // A query to a server, and what it came to. Those that nobody waits for any more come to
    // nothing.
    void add_upstream(Path path) { bump(upstream_[index(path)]); }

    void add(UpstreamOutcome outcome) { bump(outcomes_[index(outcome)]); }

    void add_reply(dns::Rcode rcode, dns::Reason reason) {
        bump(rcodes_[std::min<std::size_t>(index(rcode), rcode_count - 1)], 1);
        add_reason(reason);
    }

    // A query that gets no reply: add_reason() too.
    void add_drop(dns::Reason reason) {
        add(Counter::dropped);
        bump(drops_[index(reason)]);
        add_reason(reason);
    }

    void add_reason(dns::Reason reason, std::uint64_t amount = 1) {
        bump(reasons_[index(reason)], amount);
    }

    std::uint64_t get(Counter counter) const { return counters_[index(counter)].load(relaxed); }

    std::uint64_t get(dns::Reason reason) const { return reasons_[index(reason)].load(relaxed); }

    std::uint64_t get(dns::Rcode rcode) const {
        return rcodes_[std::min<std::size_t>(index(rcode), rcode_count - 1)].load(relaxed);
    }

    // At counted_types' place, or behind the last.
    std::uint64_t type(std::size_t place) const { return types_[place].load(relaxed); }

    std::uint64_t get(dns::Security security) const {
        return securities_[index(security)].load(relaxed);
    }

    std::uint64_t drops(dns::Reason reason) const { return drops_[index(reason)].load(relaxed); }

    std::uint64_t queries(Path path) const { return queries_[index(path)].load(relaxed); }

    std::uint64_t upstream(Path path) const { return upstream_[index(path)].load(relaxed); }

    std::uint64_t get(UpstreamOutcome outcome) const {
        return outcomes_[index(outcome)].load(relaxed);
    }

    // Where a type is counted.
    static std::size_t place_of_type(dns::Type type) {
        const auto number = index(type);
        return number < type_places.size() ? type_places[number] : counted_types.size();
    }

  private:
    static constexpr auto relaxed = std::memory_order_relaxed;
    static constexpr auto type_places = [] {
        std::array<std::uint8_t, place_of(dns::Type::caa) + 1> places{};
        places.fill(counted_types.size());
        for (std::size_t i = 0; i < counted_types.size(); ++i) {
            places[place_of(counted_types[i])] = static_cast<std::uint8_t>(i);
        }
        return places;
    }();

    template <class Enum>
    static constexpr std::size_t index(Enum value) {
        return place_of(value);
    }

    std::array<Number, place_of(Counter::count)> counters_{};
    std::array<Number, dns::reason_count> reasons_{};
    std::array<Number, rcode_count> rcodes_{};
    std::array<Number, type_count> types_{};
    std::array<Number, security_count> securities_{};
    std::array<Number, dns::reason_count> drops_{};
    std::array<Number, place_of(Path::count)> queries_{};
    std::array<Number, place_of(Path::count)> upstream_{};
    std::array<Number, place_of(UpstreamOutcome::count)> outcomes_{};
};

// "queries-udp=2 cache-hits=1 ... rcode-noerror=2 reason-from-cache=1": the sums over all workers;
// zeros are left out.
std::string to_text(std::span<const Stats* const> workers);

}  // namespace wend
