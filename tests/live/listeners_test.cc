// The addresses of a worker, as a reload changes them, on loopback sockets.
#include "server/listeners.h"

#include <vector>

#include <catch2/catch.hpp>

#include "tests/live/test_stream.h"

namespace wend::live {
namespace {

BoundSockets bound() {
    auto sockets = bind_sockets(loopback_v4);
    REQUIRE(sockets);
    sockets->wanted = sockets->where;  // as if its port stood in the configuration
    return std::move(*sockets);
}

// Echoes.
struct Served : World {
    Script script{[](Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
        return answered(bytes_of(query), out);
    }};
    Listeners listeners{loop, clock, script};
    std::vector<const ReplySink*> forgotten;

    Endpoint add() {
        REQUIRE(listeners.add(bound(), {}));
        return listeners.listening().back();
    }

    auto forget() {
        return [this](const ReplySink& sink) { forgotten.push_back(&sink); };
    }

    // Over UDP.
    bool answers(const Endpoint& where) {
        Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_storage address;
        const unsigned size = where.to_sockaddr(address);
        connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size);
        const Bytes query(20, 7);
        send(socket.get(), query.data(), query.size(), 0);
        Bytes reply(64);
        for (int turn = 0; turn < 20; ++turn) {
            run_for(ms);
            const ssize_t got = recv(socket.get(), reply.data(), reply.size(), MSG_DONTWAIT);
            if (got >= 0 || errno != EAGAIN) {
                return got == 20;
            }
        }
        return false;
    }
};

}  // namespace

TEST_CASE("an address that is taken off the list is served until its time has come",
          "[server][listeners]") {
    Served served;
    const Endpoint stays = served.add();
    const Endpoint goes = served.add();
    TestStream stream(goes);
    REQUIRE(served.run_until([&] { return served.listeners.connections() == 1; }));
    const Instant now = served.clock.now();
    served.listeners.keep_only({stays}, now);
    CHECK(served.listeners.listening() == std::vector{stays});
    CHECK_FALSE(TestStream(goes).is_connected());
    CHECK(served.answers(goes));
    stream.send(framed(Bytes(20, 1)));
    CHECK(stream.wait(served, 1));

    served.listeners.end_leaving(now + leaving_time - ms, served.forget());
    CHECK(served.forgotten.empty());
    CHECK(served.answers(goes));
    served.listeners.end_leaving(now + leaving_time, served.forget());
    CHECK(served.forgotten.size() == 2);
    CHECK_FALSE(served.answers(goes));
    CHECK(served.answers(stays));
    CHECK(served.run_until([&] { return stream.is_closed(); }));
}

TEST_CASE("an address that comes back while its old sockets leave keeps the time of those",
          "[server][listeners]") {
    Served served;
    const Endpoint where = served.add();
    const Instant now = served.clock.now();
    served.listeners.keep_only({}, now);
    served.listeners.keep_only({}, now + leaving_time / 2);
    CHECK(served.listeners.listening().empty());
    auto again = bind_sockets(where);
    REQUIRE(again);
    REQUIRE(served.listeners.add(std::move(*again), {}));
    served.listeners.end_leaving(now + leaving_time, served.forget());
    CHECK(served.forgotten.size() == 2);
    CHECK(served.listeners.listening() == std::vector{where});
    CHECK(served.answers(where));
}

TEST_CASE("what a change added and cannot keep is taken back, the last first",
          "[server][listeners]") {
    Served served;
    const Endpoint before = served.add();
    const Endpoint first = served.add();
    const Endpoint second = served.add();
    served.listeners.take_back(2, served.forget());
    CHECK(served.forgotten.size() == 4);
    CHECK(served.listeners.listening() == std::vector{before});
    CHECK_FALSE(served.answers(first));
    CHECK_FALSE(served.answers(second));
    CHECK(served.answers(before));
}

}  // namespace wend::live
