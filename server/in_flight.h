// Questions under way. Equal ones share one resolution: the table owns it, clients only subscribe.
//
// Places are shared fairly (server/clients/places.h). Who asks what is under way already takes
// none, as long as no more do so than there are places; who sends again what it waits for is told
// nothing, and hears once. When all places of the table are taken, whoever comes takes the place of
// somebody whose zone and network together have more waiting than the newcomer's, and nobody's if
// there is no such one. So a flood for one zone, or from one network, ends in its own way and
// leaves the places of others alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "base/task.h"
#include "base/time.h"
#include "server/answer/answer_source.h"
#include "server/clients/places.h"
#include "server/query.h"

namespace wend {

struct InFlightLimits {
    std::size_t clients_max = 10'000;       // that hold a place here; as many again may subscribe
    std::size_t clients_per_address = 100;  // of the process's, what one may have at any time
};

inline constexpr std::size_t questions_looked_at_max = 1'000;

// Of the settled questions, how many a new one looks at to let go of those that are done.
inline constexpr std::size_t swept_at_join = 4;

// Who is compared with a newcomer when all places are taken. A crowd that has many of the places is
// met by a few draws.
inline constexpr int waiters_compared = 16;

// A client that waits.
struct Waiter {
    ReplySink* sink = nullptr;  // outlives the table, or is forgotten by it: null, nobody hears
    std::uint64_t token = 0;
    Client client{};
    QueryFacts facts{};
    Instant since{};
    std::uint64_t zone = 0;  // the same for all names of one zone (cache::Cache::zone_mark)
    bool is_first = false;   // its question began a resolution: join() says so
};

// Called for each waiter when its answer is there. It must not come back into the table, and throws
// nothing.
using Deliver = std::function<void(const Waiter& waiter, const Answer& answer)>;

// One thread.
class InFlight {
  public:
    // `source` and `places` outlive the table.
    InFlight(AnswerSource& source, Places& places, const InFlightLimits& limits, Random& random,
             Deliver deliver);
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    InFlight(InFlight&&) = delete;
    InFlight& operator=(InFlight&&) = delete;
    // Cancels all resolutions; nobody is told.
    ~InFlight();

    // none: who comes may join. repeated_query: it has joined before. Else why there is no place
    // for it: its share, or all are taken (too_many_waiting). Somebody else may be told that it had
    // to give up its own. Not from inside deliver.
    dns::Reason admit(const Waiter& newcomer);

    enum class Joined : std::uint8_t { started, subscribed };

    // After admit() said none. The waiter's question is of class IN and no meta type. It hears
    // once, from the event loop or before join() returns. Throws std::bad_alloc before it has taken
    // anything on, or not at all; a resolution that runs out of memory later ends in SERVFAIL
    // (out_of_memory).
    Joined join(Waiter waiter);

    // Other workers share the cache and may have found what is still sought here: whoever has
    // waited since `before` or longer is told. At most questions_looked_at_max are looked up.
    void look_again(Instant before);

    // From here on who joins waits, and nothing is resolved, until resume(). Resolutions that have
    // begun go on.
    void pause() { paused_ = true; }

    // What waits begins, at most so many questions of it; who joins from here on does not wait.
    // Each may be answered before this returns. True if there are more: call it again.
    bool resume(std::size_t at_most);

    // Gives up everybody who waits, and cancels every resolution: nobody is told. Throws
    // std::bad_alloc before it has done anything, or not at all. Not from inside deliver.
    std::vector<Waiter> release();

    // Who waits for an answer through `sink` has gone with it: nobody hears.
    void forget(const ReplySink& sink);

    // Answers every waiter with `answer` and cancels every resolution. Not from inside deliver.
    void end_all(const Answer& answer);

    std::size_t waiting() const { return placed_ + subscribed_; }

    // Those of them that hold a place.
    std::size_t placed() const { return placed_; }

    // A question under way.
    struct UnderWay {
        std::uint64_t number = 0;  // of its resolution: this table's alone
        dns::Question question;    // in the letter case of who asked first
        bool checking_disabled = false;
        Instant since{};  // of who has waited longest
        std::size_t waiters = 0;
        std::uint64_t zone = 0;  // a Waiter's
    };

    struct Page {
        std::vector<UnderWay> questions{};
        std::optional<std::size_t> next{};  // nothing: that was all
    };

    // A page of at most `most` questions, in no order; `before`: what the page before said, nothing
    // at first. What is under way from the first page to the last is in one of them, and may be
    // in two: with the same number.
    Page list(std::optional<std::size_t> before, std::size_t most) const;

    // Equal questions count once.
    std::size_t questions() const { return entries_.size(); }

    // Those that have their answer and hold memory still.
    std::size_t settled() const { return settled_.size(); }

  private:
    // A hash of what makes questions equal, or the first number after it that another question has
    // not: name, type, CD. DO does not: RRsets carry their signatures.
    using Key = std::uint64_t;

    struct Seat {
        Waiter waiter;
        std::optional<Places::Taken> place;  // nothing: it only subscribes
        std::uint64_t asked = 0;             // in asked_; 0 over TCP
    };

    struct Entry {
        std::uint64_t number = 0;  // of its resolution
        std::size_t at = 0;        // in all_
        Key key = 0;
        std::vector<Seat> seats;  // the first holds a place
        std::optional<Task<void>> task;
        bool is_begun = false;
    };

    using Entries = std::unordered_map<Key, Entry>;

    // Of the entry for that question, or of one that there may be.
    Key key_of(const QueryFacts& facts) const;
    Task<void> resolve(Key key, std::uint64_t number, dns::Question question,
                       ResolveOptions options);
    // Nothing if the entry has been settled before.
    void settle(Key key, std::uint64_t number, const Answer& answer);
    Entries::node_type take(const Entry& entry);
    void tell(const std::vector<Seat>& seats, const Answer& answer);
    bool may_subscribe(bool is_under_way) const;
    // Of a datagram: what it has in common with a retransmission of it alone. 0 over TCP.
    std::uint64_t mark_of(const Waiter& waiter, Key key) const;
    void hold_place(Seat& seat) noexcept;
    void leave(const Seat& seat) noexcept;
    // Whether somebody with a larger crowd than that gave up its place.
    bool make_place(std::size_t crowd);
    // Whether a place is free by it.
    bool turn_out(Entry& entry, std::size_t at, std::size_t crowd);
    std::size_t size_of_crowd(const Waiter& waiter) const;
    // Lets go of tasks that are done, among so many.
    void sweep(std::size_t looked_at_max);
    void begin(Entry& entry);
    // Gives what there was, without its tasks.
    Entries cancel_all();

    AnswerSource& source_;
    Places& places_;
    InFlightLimits limits_;
    Random& random_;
    Deliver deliver_;
    HashKey key_;
    bool paused_ = false;
    std::size_t put_off_ = 0;                  // entries that have not begun
    std::unordered_set<std::uint64_t> asked_;  // datagrams whose answer is awaited
    std::size_t placed_ = 0;
    std::size_t subscribed_ = 0;
    std::uint64_t last_number_ = 0;
    std::vector<Entry*> all_;  // entries, in no order
    Entries entries_;          // their tasks use all of the above until they are gone
    std::vector<Entries::node_type>
        settled_;  // their tasks may be running; gone once they are done
    std::size_t next_swept_ = 0;
};

}  // namespace wend
