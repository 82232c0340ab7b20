// Questions under way. Equal ones share one resolution: the table owns it, clients only subscribe.
//
// Places are shared fairly. While the table is more than half full, no zone has more than a tenth
// of it; when it is full, whoever comes takes the place of somebody whose zone and network together
// have more waiting than the newcomer's, and nobody's if there is no such one. So a flood for one
// zone, or from one network, ends in its own way and leaves the places of others alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/task.h"
#include "base/time.h"
#include "server/answer_source.h"
#include "server/query.h"

namespace wend {

struct InFlightLimits {
    std::size_t clients_max = 10'000;       // that wait at once
    std::size_t clients_per_address = 100;  // of them from one IPv4 address or IPv6 /64
};

inline constexpr std::size_t questions_looked_at_max = 1'000;

// Of a table that is more than half full, what one zone may have; at least as much as one address.
inline constexpr std::size_t zone_percent_max = 10;

// Who is compared with a newcomer when all places are taken. A crowd that has many of the places is
// met by a few draws.
inline constexpr int waiters_compared = 16;

// A client that waits.
struct Waiter {
    ReplySink* sink = nullptr;  // outlives the table
    std::uint64_t token = 0;
    Client client{};
    QueryFacts facts{};
    Instant since{};
    std::uint64_t zone = 0;  // the same for all names of one zone (cache::Cache::zone_mark)
};

// Called for each waiter when its answer is there. It must not come back into the table, and throws
// nothing.
using Deliver = std::function<void(const Waiter& waiter, const Answer& answer)>;

// One thread.
class InFlight {
  public:
    // `source` outlives the table.
    InFlight(AnswerSource& source, const InFlightLimits& limits, Random& random, Deliver deliver);
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    InFlight(InFlight&&) = delete;
    InFlight& operator=(InFlight&&) = delete;
    // Cancels all resolutions; nobody is told.
    ~InFlight() = default;

    // Whether there is a place for who comes. Somebody else may be told that it had to give up its
    // own (too_many_waiting). Not from inside deliver.
    bool admit(const Waiter& newcomer);

    enum class Joined : std::uint8_t { started, subscribed };

    // After admit() said true. The waiter's question is of class IN and no meta type. It hears
    // once, from the event loop or before join() returns. Throws std::bad_alloc before it has taken
    // anything on, or not at all; a resolution that runs out of memory later ends in SERVFAIL
    // (out_of_memory).
    Joined join(Waiter waiter);

    // Other workers share the cache and may have found what is still sought here: whoever has
    // waited since `before` or longer is told. At most questions_looked_at_max are looked up.
    void look_again(Instant before);

    // Answers every waiter with `answer` and cancels every resolution. Not from inside deliver.
    void end_all(const Answer& answer);

    std::size_t waiting() const { return waiting_; }

    // Equal questions count once.
    std::size_t questions() const { return entries_.size(); }

  private:
    // A hash of what makes questions equal, or the first number after it that another question has
    // not: name, type, CD. DO does not: RRsets carry their signatures.
    using Key = std::uint64_t;

    struct Entry {
        std::uint64_t number = 0;  // of its resolution
        std::size_t place = 0;     // in places_
        Key key = 0;
        std::vector<Waiter> waiters;
        std::optional<Task<void>> task;
    };

    // A client's address or network as a number.
    struct NumberHash {
        HashKey key;

        std::size_t operator()(std::uint64_t number) const {
            return siphash(key, {}, number, false);
        }
    };

    using Entries = std::unordered_map<Key, Entry>;
    using Counts = std::unordered_map<std::uint64_t, std::size_t, NumberHash>;

    // Of the entry for that question, or of one that there may be.
    Key key_of(const QueryFacts& facts) const;
    Task<void> resolve(Key key, std::uint64_t number, dns::Question question,
                       ResolveOptions options);
    // Nothing if the entry has been settled before.
    void settle(Key key, std::uint64_t number, const Answer& answer);
    Entries::node_type take(const Entry& entry);
    void tell(const std::vector<Waiter>& waiters, const Answer& answer);
    void count(const Waiter& waiter);
    void uncount(const Waiter& waiter);
    // Who wait for its zone or from its network.
    std::size_t crowd(const Waiter& waiter) const;
    void turn_out(Entry& entry, std::size_t at);
    void sweep();

    AnswerSource& source_;
    InFlightLimits limits_;
    Random& random_;
    Deliver deliver_;
    HashKey key_;
    Counts per_address_;
    Counts per_network_;
    std::unordered_map<std::uint64_t, std::size_t> per_zone_;  // marks are keyed hashes
    std::size_t waiting_ = 0;
    std::uint64_t last_number_ = 0;
    std::vector<Entry*> places_;  // of all entries, in no order
    Entries entries_;             // their tasks use all of the above until they are gone
    std::vector<Entries::node_type>
        settled_;  // their tasks may be running; gone once they are done
};

}  // namespace wend
