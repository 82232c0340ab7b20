// From a client's message to its reply: parse, judge, look up, compose. What the cache cannot
// answer joins the questions in flight.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cache/cache.h"
#include "dns/message.h"
#include "dns/source.h"
#include "observe/histogram.h"
#include "observe/stats.h"
#include "policy/access.h"
#include "policy/local_zones.h"
#include "server/answer/answer_source.h"
#include "server/answer/cached_answer.h"
#include "server/clients/client_gate.h"
#include "server/clients/cpu_share.h"
#include "server/clients/error_limit.h"
#include "server/clients/limit_notes.h"
#include "server/clients/overload_memory.h"
#include "server/clients/places.h"
#include "server/clients/pulse_limit.h"
#include "server/in_flight.h"
#include "server/keepers/root_watch.h"
#include "server/query.h"
#include "transport/query_handler.h"

namespace wend {

// An answer that took longer goes out over UDP as a bare TC: whoever forged a client's address
// cannot pile up large answers to be let go at once, and an honest client asks again over TCP.
inline constexpr Duration udp_patience = std::chrono::seconds(2);

// How often a worker looks whether another one has found what it still seeks.
inline constexpr Duration look_again_time = std::chrono::milliseconds(500);

struct ServeOptions {
    std::string identity{};  // CHAOS; empty: refused
    std::string version{};
    InFlightLimits in_flight{};
    policy::RateMode rate_mode = policy::RateMode::enforce;
    bool validates = false;  // whether the source's answers have passed a validator
    std::size_t udp_reply_max = dns::edns_payload_size;  // octets
};

// What serving stands on; all outlive it.
struct ServeWorld {
    AnswerSource& source;
    const cache::Cache& cache;
    Clock& clock;
    Random& random;
    const policy::AccessList& access;
    const policy::LocalZones& local_zones;
    Stats& stats;
    policy::RateLimiter* rate_limiter = nullptr;  // null: nobody is limited
    const policy::Cookies* cookies = nullptr;     // null: none are answered
    // The networks of our own interfaces, which change between calls: who may ask beside `access`,
    // and who is not limited. Null: nobody.
    const policy::AccessList* local_networks = nullptr;
    const policy::AccessList* exempt_networks = nullptr;
    Places* places = nullptr;     // null: no other worker has any
    LimitNotes* notes = nullptr;  // null: nobody reads them
    RootWatch* roots = nullptr;   // the same
    CpuShare* cpu = nullptr;      // null: nobody is charged
    // How long answers took, by their source; null: nobody asks.
    std::array<Histogram, dns::source_count>* response = nullptr;
    // The time as it is, which `clock` tells once in a turn; null: answers at once take no time.
    Instant (*precise_now)() = nullptr;
};

// One for each worker; one thread. A plain cached answer costs no allocation and no coroutine.
class Serve final : public QueryHandler {
  public:
    Serve(const ServeWorld& world, const ServeOptions& options);

    QueryResult on_query(Octets message, const Client& client, ReplySink& sink, std::uint64_t token,
                         MutableOctets out) override;

    void batch_ended() override;

    // Answers who has waited for look_again_time or longer if the cache can by now.
    void look_again();

    // From here on only what is known is answered: the process ends. Silence makes a client ask
    // again, or another server; SERVFAIL is an answer, which it takes for the name's.
    void refuse_new() { refusing_ = true; }

    // For a change of the configuration: from here on what the cache does not know waits, until
    // resume().
    void pause() { in_flight_.pause(); }

    // At most so many of the questions that wait begin; true if there are more.
    bool resume(std::size_t at_most) { return in_flight_.resume(at_most); }

    // Gives up who waits; nobody is told. Throws std::bad_alloc before anything is given up.
    std::vector<Waiter> release() { return in_flight_.release(); }

    // Those whom another Serve gave up: each is answered as if it had asked here.
    void take_over(std::vector<Waiter> waiters);

    // Nobody hears anything through `sink` any more.
    void forget(const ReplySink& sink) { in_flight_.forget(sink); }

    // Cancels what is under way; nobody is told.
    void end_all();

    const InFlight& in_flight() const { return in_flight_; }

    // Clients that wait.
    std::size_t waiting() const { return in_flight_.waiting(); }

    // What they wait for; equal questions count once.
    std::size_t questions() const { return in_flight_.questions(); }

    // Those of them that hold a place.
    std::size_t placed() const { return in_flight_.placed(); }

  private:
    struct Asker {
        const Client& client;
        ReplySink& sink;
        std::uint64_t token;
    };

    bool may_ask(const IpAddress& client) const;
    QueryResult judge(Octets message, const Asker& asker, MutableOctets out);
    QueryResult fail(const QueryFacts& facts, dns::Rcode rcode, dns::Reason reason,
                     MutableOctets out);
    QueryResult drop(dns::Reason reason, const Asker& asker);
    QueryResult refuse(const QueryFacts& facts, dns::Reason reason, const Asker& asker,
                       MutableOctets out, std::string_view detail = {});
    QueryResult limited(ClientGate::Verdict verdict, const Asker& asker, MutableOctets out);
    bool is_zone_of(const dns::Question& question, Instant now) const;
    QueryResult tell_at_once(const QueryFacts& facts, const Asker& asker, MutableOctets out);
    QueryResult reply(std::size_t size, dns::Rcode rcode, dns::Reason reason, dns::Source source);
    QueryResult on_chaos(const QueryFacts& facts, MutableOctets out);
    QueryResult on_any(const QueryFacts& facts, MutableOctets out);
    QueryResult on_question(const QueryFacts& facts, const Asker& asker, MutableOctets out);
    QueryResult answer(const QueryFacts& facts, const Asker& asker, MutableOctets out);
    QueryResult on_miss(const QueryFacts& facts, const Asker& asker, MutableOctets out);
    QueryResult join(const QueryFacts& facts, const Asker& asker, MutableOctets out);
    QueryResult local(const QueryFacts& facts, const policy::LocalAnswer& answer,
                      MutableOctets out);
    QueryResult cached(const QueryFacts& facts, MutableOctets out);
    QueryResult composed(const QueryFacts& facts, const Answer& answer, MutableOctets out);
    void deliver(const Waiter& waiter, const Answer& answer);
    std::size_t compose_late(const Waiter& waiter, const Answer& answer);
    void note(dns::Reason reason, const Client& client);

    ServeWorld world_;
    ServeOptions options_;
    dns::Message message_;  // of the query that is looked at
    QueryFacts facts_;
    CachedAnswer cached_;
    ErrorLimit error_limit_{error_replies_per_second};
    ErrorLimit refusal_limit_{refusals_per_second};
    OverloadMemory overloaded_;
    PulseLimit pulse_limit_;
    ClientGate gate_;
    dns::RRset any_hinfo_;
    std::vector<std::uint8_t> reply_;  // to who waited
    bool refusing_ = false;
    bool joining_ = false;
    std::array<std::uint32_t, dns::source_count> batch_{};  // answered at once, in this batch
    std::optional<std::size_t> at_once_;  // octets of reply_ for who joins at this moment
    dns::Reason at_once_reason_ = dns::Reason::none;
    std::optional<dns::Name> at_once_zone_;
    std::unique_ptr<Places> own_places_;  // where no worker shares them
    InFlight in_flight_;
};

}  // namespace wend
