// What clients cost a worker, and who gives way while it has more to do than time. Work is counted
// in units, of about a microsecond; what a unit is worth on this machine is measured against the
// time in which the worker did not wait. Pure but for its memory, which is fixed.
//
// Only clients whose address is proved are charged, so nobody can be made to look costly by
// datagrams with a forged one.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"

namespace wend::policy {

// docs/limits.md has the reasons. A network is an IPv4 /24 or an IPv6 /56, a client an IPv4 address
// or an IPv6 /64.
inline constexpr unsigned effort_network_percent = 80;  // of a worker's time

// A worker that was busy for so much of such a time has more to do than time, and is taken to have
// so for a while: that a client is held back is no sign that it wants less.
inline constexpr Duration effort_window = std::chrono::milliseconds(100);
inline constexpr unsigned pressure_percent = 75;
inline constexpr Duration pressure_memory = std::chrono::seconds(60);

// So it has for a moment when one turn of its loop takes so long: everybody else waits for its end.
inline constexpr Duration long_turn = std::chrono::milliseconds(5);
inline constexpr Duration long_turn_memory = std::chrono::seconds(1);

// Nobody gives way where nobody else has asked within this time.
inline constexpr Duration neighbour_memory = std::chrono::milliseconds(500);

// What a client may have cost beyond its share before it gives way, as the time in which its share
// makes up for it; and how much of that is remembered, so that nobody waits longer at one time.
inline constexpr Duration effort_ahead_max = std::chrono::milliseconds(20);
inline constexpr Duration effort_debt_max = std::chrono::milliseconds(500);

// What of one client is done in one go under pressure; without it, long_turn.
inline constexpr Duration effort_turn_max = std::chrono::milliseconds(1);

// Units: microseconds of the machine of docs/performance.md.
namespace effort {
inline constexpr std::uint64_t datagram = 5;  // answered at once
inline constexpr std::uint64_t message = 6;   // the same over a connection
inline constexpr std::uint64_t kibioctet = 2;
inline constexpr std::uint64_t connection = 30;
inline constexpr std::uint64_t resolution = 100;  // begun
inline constexpr std::uint64_t signature = 60;    // in what came of it
inline constexpr std::uint64_t failure = 1'000;   // it ended by a limit, or bogus
}  // namespace effort

// One for each worker; one thread. No allocation after it was made.
class Effort {
  public:
    static constexpr std::size_t entries = std::size_t{1} << 12;  // 64 KiB

    // `client_percent` of a worker's time is a client's share, from 1 to 100. `key` keeps others
    // from aiming at a client's entry.
    Effort(unsigned client_percent, const HashKey& key);

    // The client has something to be read: from when on it may be. Not after `now`: it may, and
    // what it is charged from here on is this turn's. At most effort_debt_max after it.
    Instant may_read_at(const IpAddress& client, Instant now);

    // Whether the client that was let in last has had its turn: what else it sent waits for its
    // next one.
    bool is_turn_over() const { return turn_.units >= turn_.units_max; }

    void charge(const IpAddress& client, std::uint64_t units, Instant now);

    // Work for clients whose address is not proved, and that they asked for it.
    void charge_unproved(std::uint64_t units, Instant now);

    void note_unproved(Instant now) { unproved_at_ = now; }

    // `busy`: for how long the worker has not waited since it began. To be called now and then;
    // does nothing within effort_window of the last time that it did something.
    void look(Duration busy, Instant now);

    bool is_pressed(Instant now) const { return now < pressed_until_; }

    // Microseconds.
    double worth_of_unit() const { return worth_; }

  private:
    static constexpr std::size_t ways = 4;  // of one cache line

    struct Entry {
        std::uint64_t tag = 0;
        Instant paid_at{};  // its share makes up for its cost by then
    };

    struct alignas(64) Set {
        std::array<Entry, ways> entries{};
    };

    struct Turn {
        IpAddress client{};
        std::uint64_t units = 0;
        std::uint64_t units_max = 0;
    };

    struct Window {
        Instant began{};
        Duration busy{};  // in all, when it began
        std::uint64_t units = 0;
    };

    // Of the loop: all that has the same instant.
    struct LoopTurn {
        Instant at{};
        std::uint64_t units = 0;
    };

    // The last one to ask, and the last one before that was somebody else.
    struct LastTwo {
        IpAddress last{};
        Instant last_at{};
        Instant other_at{};

        void note(const IpAddress& who, Instant now);
    };

    Entry& entry_of(const IpAddress& prefix, std::uint64_t kind, Instant now);
    void debit(const IpAddress& client, std::uint64_t units, Instant now);
    void end_turn(Instant now);
    void count(std::uint64_t units, Instant now);
    std::uint64_t units_in(Duration time) const;  // at least 50: worth_max
    bool has_asked_lately(const LastTwo& others, Instant now) const;

    unsigned client_percent_;
    HashKey key_;
    std::unique_ptr<Set[]> sets_;
    Turn turn_;
    Window window_;
    LoopTurn loop_turn_;
    LastTwo clients_;
    LastTwo networks_;
    Instant unproved_at_{};
    Instant pressed_until_{};
    double worth_ = 1;
    bool is_measured_ = false;
};

}  // namespace wend::policy
