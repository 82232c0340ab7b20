#include "transport/shared_exchanges.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

namespace wend {
namespace {

class ManualClock final : public Clock {
  public:
    Instant now() const override { return now_; }

    WallTime wall_now() const override { return WallTime(); }

    void advance(Duration by) {
        now_ += by;
        while (!sleeps_.empty() && sleeps_.begin()->first <= now_) {
            Sleep* sleep = sleeps_.begin()->second;
            sleeps_.erase(sleeps_.begin());
            sleep->fire();
        }
    }

    std::size_t sleeping() const { return sleeps_.size(); }

  protected:
    void arm(Sleep& sleep) override { sleeps_.emplace(sleep.until(), &sleep); }

    void disarm(Sleep& sleep) noexcept override {
        std::erase_if(sleeps_, [&](const auto& entry) { return entry.second == &sleep; });
    }

  private:
    Instant now_{};
    std::multimap<Instant, Sleep*> sleeps_;
};

// Answers when the test says so.
class FakeNetwork final : public Network {
  public:
    std::size_t in_flight() const override { return waiting.size(); }

    void answer(const Reply& reply) {
        Exchange* first = waiting.front();
        waiting.erase(waiting.begin());
        first->settle(reply);
    }

    std::vector<Exchange*> waiting;
    int started = 0;
    int abandoned = 0;

  protected:
    void start(Exchange& exchange) override {
        waiting.push_back(&exchange);
        ++started;
    }

    void abandon(Exchange& exchange) noexcept override {
        std::erase(waiting, &exchange);
        ++abandoned;
    }
};

struct World {
    ManualClock clock;
    FakeNetwork inner;
    SharedExchanges shared{inner, clock, HashKey{}};
};

Query query_of(std::string_view name) {
    return Query{.server = *Endpoint::from_text("192.0.2.1:53"),
                 .question = {.qname = dns::name_of(name)}};
}

Task<void> ask(Network& network, const Query& query, Instant deadline,
               std::optional<Reply>& reply) {
    auto exchange = network.exchange(query, deadline);
    reply = co_await exchange;
}

Task<void> ask_twice(Network& network, const Query& query, Instant deadline,
                     std::optional<Reply>& reply) {
    auto first = network.exchange(query, deadline);
    reply = co_await first;
    auto second = network.exchange(query, deadline);
    reply = co_await second;
}

struct Client {
    Client(World& world, const Query& asked, Duration patience)
        : query(asked), task(ask(world.shared, query, world.clock.now() + patience, reply)) {
        task->start();
    }

    Query query;
    std::optional<Reply> reply;
    std::optional<Task<void>> task;
};

Reply some_response() {
    return std::make_shared<const Response>();
}

constexpr Duration second = std::chrono::seconds(1);

}  // namespace

TEST_CASE("equal questions to a server are asked once and all get the same response",
          "[transport][rfc5452-5]") {
    {
        World world;
        Client a(world, query_of("www.example."), second);
        Client b(world, query_of("WWW.example."), second);
        Client c(world, query_of("www.example."), second);
        CHECK(world.inner.started == 1);
        CHECK(world.shared.in_flight() == 3);
        CHECK(world.shared.running() == 1);
        const Reply response = some_response();
        world.inner.answer(response);
        for (const Client* client : {&a, &b, &c}) {
            REQUIRE(client->reply);
            CHECK(client->reply->value() == response.value());
        }
        CHECK(world.shared.in_flight() == 0);
        CHECK(world.clock.sleeping() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("what differs on the wire is asked apart", "[transport]") {
    World world;
    const Query base = query_of("www.example.");
    std::vector<Query> queries(9, base);
    queries[1].server.port = 54;
    queries[2].channel = Channel::tcp;
    queries[3].question.qtype = dns::Type::aaaa;
    queries[4].question.qclass = dns::Class::ch;
    queries[5].question.qname = dns::name_of("example.");
    queries[6].recursion_desired = true;
    queries[7].checking_disabled = true;
    queries[8].dnssec_ok = false;
    std::vector<std::unique_ptr<Client>> clients;
    for (const Query& query : queries) {
        clients.push_back(std::make_unique<Client>(world, query, second));
    }
    CHECK(world.inner.started == 9);
}

TEST_CASE("each who waits keeps a deadline of its own", "[transport]") {
    {
        World world;
        Client patient(world, query_of("a."), 3 * second);
        Client hurried(world, query_of("a."), second);
        world.clock.advance(second);
        REQUIRE(hurried.reply);
        CHECK(hurried.reply->error() == NetError::timeout);
        CHECK_FALSE(patient.reply);
        CHECK(world.inner.waiting.size() == 1);
        Client late(world, query_of("a."), 9 * second);
        world.clock.advance(2 * second);
        REQUIRE(patient.reply);
        CHECK(patient.reply->error() == NetError::timeout);
        CHECK(world.inner.started == 1);
        world.inner.answer(some_response());
        REQUIRE(late.reply);
        CHECK(late.reply->has_value());
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("the running exchange waits as long as the most patient of those who ask",
          "[transport]") {
    World world;
    Client first(world, query_of("a."), second);
    CHECK(world.inner.waiting.front()->deadline() == Instant(second));
    CHECK(world.clock.sleeping() == 0);
    Client hurried(world, query_of("a."), second / 2);
    CHECK(world.inner.waiting.front()->deadline() == Instant(second));
    Client patient(world, query_of("a."), 3 * second);
    CHECK(world.inner.waiting.front()->deadline() == Instant(3 * second));
    world.clock.advance(second);
    REQUIRE(first.reply);
    CHECK(first.reply->error() == NetError::timeout);
    CHECK(hurried.reply);
    CHECK_FALSE(patient.reply);
    world.inner.answer(std::unexpected(NetError::timeout));
    CHECK(patient.reply->error() == NetError::timeout);
    CHECK(world.inner.started == 1);
}

TEST_CASE("who counts exchanges hears of what is sent, once for all who wait for it",
          "[transport]") {
    struct Counts final : ExchangeObserver {
        void on_query(const Query&) noexcept override { ++queries; }

        void on_reply(const Query&, const Reply& reply) noexcept override {
            reply ? ++replies : ++errors;
        }

        int queries = 0;
        int replies = 0;
        int errors = 0;
    };

    Counts counts;
    ManualClock clock;
    FakeNetwork inner;
    SharedExchanges shared(inner, clock, HashKey{}, &counts);
    const Query query = query_of("www.example.");
    std::optional<Reply> first;
    std::optional<Reply> second_reply;
    Task<void> one = ask(shared, query, clock.now() + second, first);
    Task<void> other = ask(shared, query, clock.now() + second, second_reply);
    one.start();
    other.start();
    CHECK(counts.queries == 1);
    inner.answer(some_response());
    CHECK(counts.replies == 1);
    Task<void> third = ask(shared, query, clock.now() + second, first);
    third.start();
    inner.answer(std::unexpected(NetError::unreachable));
    CHECK(counts.errors == 1);
    {
        Task<void> gone = ask(shared, query, clock.now() + second, first);
        gone.start();
        CHECK(counts.queries == 3);
    }
    CHECK(inner.abandoned == 1);
    CHECK(counts.replies + counts.errors == 2);
}

TEST_CASE("the running exchange is abandoned when the last who still wait give up", "[transport]") {
    World world;
    Client hurried(world, query_of("a."), second);
    Client patient(world, query_of("a."), 3 * second);
    patient.task.reset();
    world.clock.advance(second);
    REQUIRE(hurried.reply);
    CHECK(hurried.reply->error() == NetError::timeout);
    CHECK(world.inner.abandoned == 1);
    CHECK(world.shared.running() == 0);
}

TEST_CASE("when all who ask have gone the running exchange is abandoned", "[transport]") {
    {
        World world;
        {
            Client a(world, query_of("a."), second);
            Client b(world, query_of("a."), second);
            a.task.reset();
            CHECK(world.inner.waiting.size() == 1);
        }
        CHECK(world.inner.waiting.empty());
        CHECK(world.inner.abandoned == 1);
        CHECK(world.clock.sleeping() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a reply may make one asker leave and another ask again", "[transport]") {
    {
        World world;
        const Query query = query_of("a.");
        const Instant deadline = world.clock.now() + second;
        std::optional<Reply> reply;
        auto twice = ask_twice(world.shared, query, deadline, reply);
        twice.start();
        Client other(world, query, second);
        world.inner.answer(std::unexpected(NetError::refused));
        CHECK(other.reply->error() == NetError::refused);
        CHECK(world.inner.started == 2);
        CHECK(world.shared.running() == 1);
        world.inner.answer(some_response());
        CHECK(twice.done());
        CHECK(reply->has_value());
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("an exchange that many join ends with a timeout after ten seconds", "[transport]") {
    World world;
    Client a(world, query_of("a."), 60 * second);
    CHECK(world.inner.waiting.front()->deadline() == Instant(SharedExchanges::patience_max));
    world.inner.answer(std::unexpected(NetError::timeout));
    CHECK(a.reply->error() == NetError::timeout);
}

}  // namespace wend
