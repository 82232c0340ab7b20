// Questions under way. Equal ones share one resolution: the table owns it, clients only subscribe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/scope.h"
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

// A client that waits.
struct Waiter {
    ReplySink* sink = nullptr;  // outlives the table
    std::uint64_t token = 0;
    Client client{};
    QueryFacts facts{};
    Instant since{};
};

// Called for each waiter when its answer is there. It must not come back into the table.
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

    enum class Joined : std::uint8_t { started, subscribed, too_many };

    // The waiter's question is of class IN and no meta type. It hears once, from the event loop or
    // before join() returns.
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
    struct Entry {
        std::uint64_t number = 0;  // of its resolution
        std::vector<Waiter> waiters;
    };

    // Name in lower case, type, CD: what makes questions equal. DO does not: RRsets carry their
    // signatures.
    using Key = std::string;

    struct KeyHash {
        HashKey key;
        std::size_t operator()(const Key& text) const;
    };

    struct AddressHash {
        HashKey key;
        std::size_t operator()(const IpAddress& address) const;
    };

    static Key key_of(const QueryFacts& facts);
    Task<void> resolve(Key key, std::uint64_t number, dns::Question question,
                       ResolveOptions options);
    // Nothing if the entry has been settled before.
    void settle(const Key& key, std::uint64_t number, const Answer& answer);
    void tell(std::vector<Waiter> waiters, const Answer& answer);

    AnswerSource& source_;
    InFlightLimits limits_;
    Deliver deliver_;
    std::unordered_map<Key, Entry, KeyHash> entries_;
    std::unordered_map<IpAddress, std::size_t, AddressHash> per_address_;
    std::size_t waiting_ = 0;
    std::uint64_t last_number_ = 0;
    std::optional<Scope> scope_;  // last: its tasks use all of the above until they are gone
};

}  // namespace wend
