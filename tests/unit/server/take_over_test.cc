// Who waited at one query path is answered by the next.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dns/message_builder.h"
#include "server/front.h"
#include "server/serve.h"
#include "tests/unit/server/records.h"
#include "tests/unit/server/stand_ins.h"

namespace wend {
namespace {

std::vector<std::uint8_t> plain_query(std::string_view name, std::uint16_t id) {
    dns::Header header;
    header.id = id;
    header.rd = true;
    const dns::Question question{dns::name_of(name), dns::Type::a, dns::Class::in};
    std::vector<std::uint8_t> octets(512);
    dns::MessageBuilder builder(octets, octets.size());
    builder.start(header, dns::Rcode::noerror, &question, nullptr);
    octets.resize(builder.finish().size());
    return octets;
}

// Two query paths over one set of stores, as two engines of a worker have.
struct TwoServed {
    QueryResult ask(QueryHandler& handler, std::string_view name, std::uint16_t id) {
        return handler.on_query(plain_query(name, id), client, sink, id, out);
    }

    ServeWorld world(StandInSource& source) {
        return {.source = source,
                .cache = cache,
                .clock = clock,
                .random = random,
                .access = access,
                .local_zones = local_zones,
                .stats = stats,
                .places = &places};
    }

    cache::Cache cache{cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1}};
    HandClock clock;
    SeededRandom random{1};
    policy::AccessList access{policy::default_allowed()};
    policy::LocalZones local_zones{{}};
    Stats stats;
    Places places{100, 10, HashKey{3, 4}};
    KeepingSink sink;
    Client client{*Endpoint::from_text("192.168.1.7:5353"), Channel::udp};
    std::vector<std::uint8_t> out = std::vector<std::uint8_t>(65'535);
    StandInSource old_source;
    StandInSource new_source;
    Serve before{world(old_source), ServeOptions{}};
    Serve after{world(new_source), ServeOptions{}};
};

}  // namespace

TEST_CASE("who waited at one query path is answered by another, as if it had asked there",
          "[server][reload]") {
    TwoServed served;
    CHECK(served.ask(served.before, "www.example.", 1).outcome == Outcome::pending);
    CHECK(served.ask(served.before, "www.example.", 2).outcome == Outcome::pending);
    CHECK(served.ask(served.before, "ftp.example.", 3).outcome == Outcome::pending);
    served.after.pause();
    served.after.take_over(served.before.release());
    CHECK(served.before.waiting() == 0);
    CHECK(served.after.waiting() == 3);
    CHECK(served.after.questions() == 2);
    CHECK(served.after.placed() == 2);
    CHECK(served.places.taken() == 2);
    CHECK(served.old_source.parking.waiting() == 0);
    CHECK(served.new_source.questions.empty());
    // A retransmission joins nothing at the new one either.
    CHECK(served.ask(served.after, "www.example.", 2).outcome == Outcome::dropped);
    CHECK(!served.after.resume(10));
    CHECK(served.new_source.questions.size() == 2);
    served.new_source.answer.answer = {addresses_of("www.example.", 1)};
    served.new_source.answer.reason = dns::Reason::resolved;
    while (served.new_source.parking.waiting() > 0) {
        served.new_source.parking.wake(0);
    }
    std::vector<std::uint64_t> tokens = served.sink.tokens;
    std::ranges::sort(tokens);
    CHECK(tokens == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(served.places.taken() == 0);
}

TEST_CASE("more who wait than the new limits have places for are taken over, and nobody more",
          "[server][reload][limits]") {
    TwoServed served;
    ServeOptions few;
    few.in_flight.clients_max = 2;
    Serve narrow(served.world(served.new_source), few);
    for (std::uint16_t id = 1; id <= 5; ++id) {
        served.ask(served.before, "n" + std::to_string(id) + ".example.", id);
    }
    narrow.take_over(served.before.release());
    CHECK(narrow.placed() == 5);
    CHECK(served.places.taken() == 5);
    CHECK(served.ask(narrow, "new.example.", 6).outcome == Outcome::answered);  // SERVFAIL
    CHECK(narrow.placed() == 5);
    while (served.new_source.parking.waiting() > 0) {
        served.new_source.parking.wake(0);
    }
    CHECK(served.sink.tokens.size() == 5);
    CHECK(served.ask(narrow, "new.example.", 7).outcome == Outcome::pending);
}

TEST_CASE("who asked at an address that is served no more is answered to nobody",
          "[server][reload]") {
    TwoServed served;
    served.ask(served.before, "www.example.", 1);
    served.before.forget(served.sink);
    served.after.take_over(served.before.release());
    served.new_source.parking.wake(0);
    CHECK(served.sink.tokens.empty());
    CHECK(served.after.waiting() == 0);
}

TEST_CASE("the front leads each query to whom it was told last, and the batch's end too",
          "[server][reload]") {
    struct Counting final : QueryHandler {
        QueryResult on_query(Octets, const Client&, ReplySink&, std::uint64_t token,
                             MutableOctets) override {
            tokens.push_back(token);
            return {Outcome::dropped, 0};
        }

        void batch_ended() override { ++batches; }

        std::vector<std::uint64_t> tokens;
        int batches = 0;
    };

    TwoServed served;
    Counting first;
    Counting second;
    Front front;
    front.lead_to(first);
    served.ask(front, "a.", 1);
    front.batch_ended();
    front.lead_to(second);
    served.ask(front, "a.", 2);
    front.batch_ended();
    CHECK(first.tokens == std::vector<std::uint64_t>{1});
    CHECK(second.tokens == std::vector<std::uint64_t>{2});
    CHECK(first.batches == 1);
    CHECK(second.batches == 1);
}

}  // namespace wend
