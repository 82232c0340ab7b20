#include "server/answer/local_source.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/scope.h"
#include "resolver/event.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;
using dns::Rcode;
using dns::Type;

namespace {

class EventKeeper final : public EventSink {
  public:
    void on_event(const Event& event) override { events.push_back(event); }

    std::vector<Event> events;
};

// A local source over one that says NOTIMP to all that reaches it.
struct BehindLocal {
    BehindLocal() {
        beyond.at_once = true;
        beyond.answer.rcode = Rcode::notimp;
    }

    Task<void> run(dns::Question question, ResolveOptions options, Answer& to) {
        to = co_await source.resolve(question, options);
    }

    Answer resolve(const char* name, Type type, EventSink* sink = nullptr) {
        Answer answer;
        Scope scope;
        scope.spawn(
            run({dns::name_of(name), type, dns::Class::in}, ResolveOptions{.sink = sink}, answer));
        return answer;
    }

    StandInSource beyond;
    HandClock clock;
    std::vector<dns::Name> configured = {dns::name_of("corp.test.")};
    policy::LocalZones zones{configured};
    LocalSource source{beyond, zones, clock};
};

}  // namespace

TEST_CASE("a name that serving answers itself is asked of nobody",
          "[server][rfc6761][rfc7686-2][rfc6303-3][rfc8375-4]") {
    BehindLocal world;
    const Answer localhost = world.resolve("WWW.localhost.", Type::a);
    CHECK(localhost.rcode == Rcode::noerror);
    REQUIRE(localhost.answer.size() == 1);
    CHECK(to_text(localhost.answer[0]) == "WWW.localhost. 10800 IN A 127.0.0.1\n");
    CHECK(localhost.security == dns::Security::insecure);
    CHECK(localhost.reason == dns::Reason::local_data);
    for (const char* name : {"shop.onion.", "printer.home.arpa.", "7.0.168.192.in-addr.arpa."}) {
        CAPTURE(name);
        const Answer answer = world.resolve(name, Type::ptr);
        CHECK(answer.rcode == Rcode::nxdomain);
        CHECK(answer.answer.empty());
        CHECK(answer.authority.size() == 1);
        CHECK(world.source.from_cache({dns::name_of(name), Type::ptr, dns::Class::in}, {})
                  .has_value());
    }
    CHECK(world.beyond.questions.empty());
}

TEST_CASE("all else goes on: public names, configured ones, and the DS of a local zone",
          "[server][rfc4035-3.1.4.1]") {
    BehindLocal world;
    CHECK(world.resolve("www.example.", Type::a).rcode == Rcode::notimp);
    CHECK(world.resolve("www.corp.test.", Type::a).rcode == Rcode::notimp);
    CHECK(world.resolve("10.in-addr.arpa.", Type::ds).rcode == Rcode::notimp);
    CHECK(world.beyond.questions.size() == 3);
    CHECK_FALSE(
        world.source.from_cache({dns::name_of("www.example."), Type::a, dns::Class::in}, {}));
}

TEST_CASE("who listens hears the question and what it came to", "[server]") {
    BehindLocal world;
    EventKeeper listener;
    world.resolve("localhost.", Type::aaaa, &listener);
    REQUIRE(listener.events.size() == 2);
    CHECK(std::holds_alternative<event::Began>(listener.events[0].body));
    const auto& finished = std::get<event::Finished>(listener.events[1].body);
    CHECK(finished.rcode == Rcode::noerror);
    CHECK(finished.packets == 0);
    CHECK(finished.records == 1);
}
