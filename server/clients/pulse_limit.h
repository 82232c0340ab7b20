// Answers that waited are let go at once when they are there: whoever forges a client's address
// could pile them up for it (DNSBomb). Small ones are no larger than what was sent for them by
// much; of large ones each client gets so much in a second whole, and what goes beyond it as a bare
// TC.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/hash.h"
#include "base/time.h"

namespace wend {

// Answers that are younger, or no larger, are not counted.
inline constexpr Duration pulse_age_min = std::chrono::milliseconds(300);
inline constexpr std::size_t pulse_answer_min = 256;  // octets

// Of those that are, what one client gets within a second.
inline constexpr std::size_t pulse_octets_max = std::size_t{64} * 1024;

// Fixed memory; one thread. Clients that meet at one entry share what it has.
class PulseLimit {
  public:
    explicit PulseLimit(const HashKey& key)
        : key_(key), entries_(std::make_unique<std::array<Entry, entries_count>>()) {}

    // `client`: an address as a number (Holder). Counts the octets if they may leave.
    bool allows(std::uint64_t client, std::size_t octets, Instant now) {
        Entry& entry = (*entries_)[siphash(key_, {}, client, false) % entries_count];
        if (now - entry.began >= std::chrono::seconds(1)) {
            entry = {.began = now};
        }
        if (entry.octets + octets > pulse_octets_max) {
            return false;
        }
        entry.octets += octets;
        return true;
    }

  private:
    static constexpr std::size_t entries_count = 4'096;  // 64 KiB

    struct Entry {
        Instant began{};
        std::size_t octets = 0;
    };

    HashKey key_;
    std::unique_ptr<std::array<Entry, entries_count>> entries_;
};

}  // namespace wend
