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

class Stats {
  public:
    static constexpr std::size_t rcode_count = 25;  // to BADCOOKIE, and one for the rest

    void add(Counter counter, std::uint64_t amount = 1) { bump(counters_[index(counter)], amount); }

    void add_reply(dns::Rcode rcode, dns::Reason reason) {
        bump(rcodes_[std::min<std::size_t>(index(rcode), rcode_count - 1)], 1);
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

  private:
    using Number = std::atomic<std::uint64_t>;
    static constexpr auto relaxed = std::memory_order_relaxed;

    // One writer: a load and a store, no locked instruction.
    static void bump(Number& number, std::uint64_t amount) {
        number.store(number.load(relaxed) + amount, relaxed);
    }

    template <class Enum>
    static std::size_t index(Enum value) {
        return static_cast<std::size_t>(value);
    }

    std::array<Number, static_cast<std::size_t>(Counter::count)> counters_{};
    std::array<Number, dns::reason_count> reasons_{};
    std::array<Number, rcode_count> rcodes_{};
};

// "queries-udp=2 cache-hits=1 ... rcode-noerror=2 reason-from-cache=1": the sums over all workers;
// zeros are left out.
std::string to_text(std::span<const Stats* const> workers);

}  // namespace wend
