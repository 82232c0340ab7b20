// Loopback sockets, scripted servers and bounded waiting for the tests of transport/.
#pragma once
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/frame.h"
#include "base/random.h"
#include "base/task.h"
#include "dns/message.h"
#include "transport/listener_udp.h"
#include "transport/query_handler.h"
#include "transport/stream_frames.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"
#include "transport/uv_network.h"

namespace wend::live {

using Bytes = std::vector<std::uint8_t>;

inline constexpr Duration ms = std::chrono::milliseconds(1);
inline constexpr Duration patience = std::chrono::seconds(20);  // for what must happen

inline const Endpoint loopback_v4 = *Endpoint::from_text("127.0.0.1:0");
inline const Endpoint loopback_v6 = *Endpoint::from_text("[::1]:0");

inline Bytes bytes_of(Octets octets) {
    return {octets.begin(), octets.end()};
}

// The loop and what stands on it. Its turns end at the latest after a few milliseconds.
class World {
  public:
    UvLoop loop;
    UvClock clock{loop};
    KernelRandom random;

    // False if it has not come true within `patience`.
    bool run_until(const std::function<bool()>& is_done) {
        const Instant end = UvClock::precise_now() + patience;
        Heartbeat heartbeat(clock);
        while (!is_done()) {
            if (UvClock::precise_now() > end) {
                return false;
            }
            loop.run_once();
        }
        return true;
    }

    void run_for(Duration time) {
        const Instant end = UvClock::precise_now() + time;
        run_until([&] { return UvClock::precise_now() >= end; });
    }

  private:
    struct Heartbeat final : Timer {
        explicit Heartbeat(UvClock& its_clock) : clock(its_clock) { expire(); }

        ~Heartbeat() override { clock.cancel(*this); }

        void expire() override { clock.schedule(*this, clock.now() + 2 * ms); }

        UvClock& clock;
    };
};

// One exchange and its reply.
class Ask {
  public:
    Ask(World& world, Network& network, const Query& asked, Duration time = patience)
        : query_(asked), task_(run(network, query_, world.clock.now() + time, reply_)) {
        task_->start();
    }

    bool is_done() const { return reply_.has_value(); }

    bool is_accepted() const { return reply_ && reply_->has_value(); }

    const Response& response() const { return ***reply_; }

    std::optional<NetError> error() const {
        return reply_ && !reply_->has_value() ? std::optional(reply_->error()) : std::nullopt;
    }

    void drop() { task_.reset(); }

  private:
    static Task<void> run(Network& network, const Query& query, Instant deadline,
                          std::optional<Reply>& reply) {
        auto exchange = network.exchange(query, deadline);
        reply = co_await exchange;
    }

    Query query_;
    std::optional<Reply> reply_;
    std::optional<Task<void>> task_;
};

inline Query query_to(const Endpoint& server, Channel channel = Channel::udp) {
    return Query{.server = server,
                 .channel = channel,
                 .question = {.qname = dns::name_of("www.example.org."), .qtype = dns::Type::a}};
}

// The query turned round: QR set, cut after the question.
Bytes reply_to(Octets query);

// With the two octets of its length before it.
Bytes framed(const Bytes& message);

// What a server does with a query, as a function.
class Script final : public QueryHandler {
  public:
    using Function = std::function<QueryResult(Octets query, const Client& client, ReplySink& sink,
                                               std::uint64_t token, MutableOctets out)>;

    explicit Script(Function function) : function_(std::move(function)) {}

    QueryResult on_query(Octets message, const Client& client, ReplySink& sink, std::uint64_t token,
                         MutableOctets out) override {
        ++queries;
        return function_(message, client, sink, token, out);
    }

    void batch_ended() override {
        ++batches;
        ended = queries;
    }

    std::size_t queries = 0;
    std::size_t batches = 0;
    std::size_t ended = 0;  // queries when the last batch ended

  private:
    Function function_;
};

inline QueryResult answered(const Bytes& reply, MutableOctets out) {
    std::ranges::copy(reply, out.begin());
    return {Outcome::answered, reply.size()};
}

// Answers each query with the datagrams that the script gives.
class UdpServer {
  public:
    using Replies = std::function<std::vector<Bytes>(const Bytes& query)>;

    UdpServer(World& world, Replies replies, const Endpoint& where = loopback_v4)
        : script_([this, replies = std::move(replies)](Octets query, const Client& client,
                                                       ReplySink& sink, std::uint64_t token,
                                                       MutableOctets) {
              clients.push_back(client.address);
              queries.push_back(bytes_of(query));
              for (const Bytes& reply : replies(queries.back())) {
                  sink.send(token, client, reply);
              }
              return QueryResult{};
          }),
          listener_(*UdpListener::open(world.loop, where, script_)) {}

    Endpoint address() const { return listener_->local(); }

    void send(const Endpoint& to, const Bytes& datagram) {
        listener_->send(0, Client{.address = to}, datagram);
    }

    std::vector<Endpoint> clients;
    std::vector<Bytes> queries;

  private:
    Script script_;
    std::unique_ptr<UdpListener> listener_;
};

}  // namespace wend::live
