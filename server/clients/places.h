// The places of clients that wait for the network, counted for the whole process: whose they are,
// and who may have one more. A share is enforced only while places are scarce, so one client alone
// (a forwarder, a mail server, a network behind one address) is not hindered by it.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/hash.h"
#include "dns/reason.h"
#include "transport/query_handler.h"

namespace wend {

// A client may have twice as many places as are free, its network four times as many. One alone
// gets two thirds of all places, its network four fifths; the more there are who want many, the
// less each gets, and who comes anew finds one.
inline constexpr std::size_t client_free_factor = 2;
inline constexpr std::size_t network_free_factor = 4;

// What a zone may have while more than half of the places are taken, and a network at any time; at
// least as much as one client at any time.
inline constexpr std::size_t zone_percent_max = 10;
inline constexpr std::size_t network_percent_min = 10;

// Of what a client may have at any time, how much its waiting for one zone counts against it; the
// rest counts against the zone alone. So a dead zone does not use up its askers' share.
inline constexpr std::size_t client_zone_percent = 10;

// Whose a place is, in numbers.
struct Holder {
    std::uint64_t address = 0;  // an IPv4 address or an IPv6 /64
    std::uint64_t network = 0;  // an IPv4 /24 or an IPv6 /56
    std::uint64_t zone = 0;     // the same for all names of one zone (cache::Cache::zone_mark)
};

Holder holder_of(const Client& client, std::uint64_t zone);

// How many places are held by the holder's own kind; never less than there are.
struct Crowd {
    std::size_t client = 0;  // without what counts against zones alone
    std::size_t network = 0;
    std::size_t zone = 0;
};

struct Room {
    std::size_t taken = 0;
    std::size_t all = 0;
    std::size_t client_min = 0;  // what a client may have at any time
};

// none: one more may be had. Else client_share, network_share or zone_share. Pure.
dns::Reason judge_share(const Crowd& crowd, const Room& room);

// Shared by all workers; any thread. Fixed memory and no lock: two hashed rows of counters, so two
// holders that meet in both are taken for one, which is rare and errs by what the other has.
class Places {
  public:
    // `all`: of all workers together.
    Places(std::size_t all, std::size_t client_min, const HashKey& key);

    // A place that was given. The flag is for leave().
    struct Taken {
        Holder holder{};
        bool for_client = false;  // counts against the client too
    };

    // From here on. What is taken stays counted.
    void set_limits(std::size_t all, std::size_t client_min);

    Taken take(const Holder& holder) noexcept;
    void leave(const Taken& taken) noexcept;

    Crowd crowd(const Holder& holder) const;
    // What judge_share() says of who comes now.
    dns::Reason judge(const Crowd& crowd) const;

    std::size_t taken() const { return taken_.load(relaxed); }

    std::size_t all() const { return all_.load(relaxed); }

  private:
    using Count = std::atomic<std::uint32_t>;
    static constexpr auto relaxed = std::memory_order_relaxed;

    enum class Kind : std::uint8_t { client, network, zone, client_in_zone };

    // Where a number is counted, in each row.
    std::array<std::size_t, 2> cells(Kind kind, std::uint64_t number) const;
    static std::uint64_t number_of(Kind kind, const Holder& holder);
    std::size_t count(Kind kind, const Holder& holder) const;
    void add(Kind kind, const Holder& holder, std::uint32_t amount) noexcept;

    HashKey key_;
    std::atomic<std::size_t> all_;
    std::atomic<std::size_t> client_min_;
    std::size_t row_;
    std::unique_ptr<Count[]> counts_;  // two rows
    std::atomic<std::size_t> taken_{0};
};

}  // namespace wend
