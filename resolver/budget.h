// The work that one client query may cause. One Budget for each, inherited by every sub-query,
// retry, alias, address lookup and key fetch; its counters only go down (docs/limits.md).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "dns/reason.h"

namespace wend {

inline constexpr Duration query_time_max = std::chrono::milliseconds(6000);
inline constexpr int upstream_packets_max = 100;
inline constexpr std::size_t upstream_octets_max = std::size_t{128} << 10;
inline constexpr int server_names_max = 32;
inline constexpr int server_names_per_delegation_max = 6;
inline constexpr int aliases_max = 11;  // as the field follows
inline constexpr int depth_max = 7;
inline constexpr int signatures_max = 128;
inline constexpr int signature_failures_max = 32;
inline constexpr int nsec3_blocks_max = 512;
inline constexpr int cached_records_max = 256;
inline constexpr std::size_t cached_octets_max = std::size_t{64} << 10;

class Budget {
  public:
    explicit Budget(Instant deadline) : deadline_(deadline) {}

    Budget(const Budget&) = delete;  // a copy would be a reset
    Budget& operator=(const Budget&) = delete;
    Budget(Budget&&) = delete;
    Budget& operator=(Budget&&) = delete;
    ~Budget() = default;

    Instant deadline() const { return deadline_; }

    // Each takes one unit, or says false and remembers the reason.
    [[nodiscard]] bool spend_packet() {
        return spend(packets_left_, 1, dns::Reason::budget_upstream_packets);
    }

    // False: do without. Half of the packets are left to the question itself, so that ends nothing.
    bool may_probe(int packets) const {
        return packets_left_ - packets >= upstream_packets_max / 2;
    }

    // Only where it may.
    void spend_probe(int packets) { packets_left_ -= packets; }

    [[nodiscard]] bool spend_server_name() {
        return spend(server_names_left_, 1, dns::Reason::budget_server_names);
    }

    [[nodiscard]] bool spend_alias() {
        return spend(aliases_left_, 1, dns::Reason::budget_aliases);
    }

    [[nodiscard]] bool spend_signature() {
        return spend(signatures_left_, 1, dns::Reason::budget_signatures);
    }

    // Of those, one that failed.
    [[nodiscard]] bool spend_signature_failure() {
        return spend(signature_failures_left_, 1, dns::Reason::budget_signatures);
    }

    [[nodiscard]] bool spend_nsec3_blocks(int blocks) {
        return spend(nsec3_blocks_left_, blocks, dns::Reason::budget_nsec3);
    }

    // What came in; false once the limit is passed.
    [[nodiscard]] bool spend_octets(std::size_t octets) {
        return spend(octets_left_, static_cast<std::int64_t>(octets),
                     dns::Reason::budget_upstream_octets);
    }

    // False: serve it, but do not keep it. That ends nothing, so no reason is remembered.
    [[nodiscard]] bool spend_cached(int records, std::size_t octets) {
        const auto size = static_cast<std::int64_t>(octets);
        if (cached_records_left_ < records || cached_octets_left_ < size) {
            return false;
        }
        cached_records_left_ -= records;
        cached_octets_left_ -= size;
        return true;
    }

    int packets_spent() const { return upstream_packets_max - packets_left_; }

    int signatures_spent() const { return signatures_max - signatures_left_; }

    int nsec3_blocks_spent() const { return nsec3_blocks_max - nsec3_blocks_left_; }

    // The first counter that ran out; Reason::none while all hold.
    dns::Reason exhausted() const { return exhausted_; }

  private:
    template <class Counter, class Amount>
    bool spend(Counter& left, Amount amount, dns::Reason reason) {
        if (left < amount) {
            exhausted_ = exhausted_ == dns::Reason::none ? reason : exhausted_;
            return false;
        }
        left -= amount;
        return true;
    }

    Instant deadline_;
    int packets_left_ = upstream_packets_max;
    std::int64_t octets_left_ = upstream_octets_max;
    int server_names_left_ = server_names_max;
    int aliases_left_ = aliases_max;
    int signatures_left_ = signatures_max;
    int signature_failures_left_ = signature_failures_max;
    int nsec3_blocks_left_ = nsec3_blocks_max;
    int cached_records_left_ = cached_records_max;
    std::int64_t cached_octets_left_ = cached_octets_max;
    dns::Reason exhausted_ = dns::Reason::none;
};

}  // namespace wend
