#include "server/clients/places.h"

#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using dns::Reason;

namespace {

constexpr Room room_with(std::size_t taken) {
    return {.taken = taken, .all = 10'000, .client_min = 100};
}

Client client(std::string_view address) {
    return {*Endpoint::from_text(address), Channel::udp};
}

// How many places one who asks for as many as it can gets beside what others have.
std::size_t most(std::size_t of_others, std::size_t zones, const Holder& who) {
    Places places(10'000, 100, HashKey{1, 2});
    for (std::size_t i = 0; i < of_others; ++i) {
        places.take({.address = 1'000'000 + i, .network = 2'000'000 + i, .zone = 3'000'000 + i});
    }
    std::size_t taken = 0;
    Holder holder = who;
    for (; taken < 20'000; ++taken) {
        holder.zone = who.zone + taken % zones;
        if (places.judge(places.crowd(holder)) != Reason::none) {
            break;
        }
        places.take(holder);
    }
    return taken;
}

}  // namespace

TEST_CASE("a share is what is left in proportion, and never less than the least", "[server]") {
    CHECK(judge_share({}, room_with(0)) == Reason::none);
    CHECK(judge_share({.client = 5'000}, room_with(5'000)) == Reason::none);
    CHECK(judge_share({.client = 6'667}, room_with(6'667)) == Reason::client_share);
    CHECK(judge_share({.client = 99}, room_with(10'000)) == Reason::none);
    CHECK(judge_share({.client = 100}, room_with(10'000)) == Reason::client_share);
    CHECK(judge_share({.network = 7'999}, room_with(7'999)) == Reason::none);
    CHECK(judge_share({.network = 8'000}, room_with(8'000)) == Reason::network_share);
    CHECK(judge_share({.network = 999}, room_with(10'000)) == Reason::none);
    CHECK(judge_share({.network = 1'000}, room_with(20'000)) == Reason::network_share);
    CHECK(judge_share({.zone = 5'000}, room_with(5'000)) == Reason::none);
    CHECK(judge_share({.zone = 1'000}, room_with(5'001)) == Reason::zone_share);
    CHECK(judge_share({.zone = 999}, room_with(9'000)) == Reason::none);
}

TEST_CASE("one alone gets two thirds, and many the less the more they are", "[server]") {
    const Holder who{.address = 1, .network = 2, .zone = 10};
    CHECK(most(0, 100'000, who) == 6'667);
    CHECK(most(5'000, 100'000, who) == Approx(3'334).margin(5));
    CHECK(most(9'900, 100'000, who) == Approx(100).margin(5));
}

TEST_CASE("a dead zone uses up the zone's share, not its askers'", "[server]") {
    Places places(1'000, 100, HashKey{1, 2});
    const Holder dead{.address = 1, .network = 2, .zone = 3};
    for (int i = 0; i < 600; ++i) {
        places.take(dead);
    }
    for (std::uint64_t i = 0; i < 380; ++i) {
        places.take({.address = 100 + i, .network = 1'000 + i, .zone = 2'000 + i});
    }
    CHECK(places.judge(places.crowd(dead)) == Reason::network_share);
    CHECK(places.crowd(dead).client == 10);
    CHECK(places.crowd({.address = 1, .network = 9, .zone = 9}).client == 10);
    CHECK(places.judge(places.crowd({.address = 1, .network = 9, .zone = 9})) == Reason::none);
}

TEST_CASE("all that was taken is given back", "[server]") {
    Places places(1'000, 100, HashKey{1, 2});
    std::vector<Places::Taken> taken;
    for (std::uint64_t i = 0; i < 900; ++i) {
        taken.push_back(places.take({.address = i % 7, .network = i % 3, .zone = i % 5}));
    }
    CHECK(places.taken() == 900);
    for (const Places::Taken& each : taken) {
        places.leave(each);
    }
    CHECK(places.taken() == 0);
    for (std::uint64_t i = 0; i < 7; ++i) {
        const Crowd crowd = places.crowd({.address = i, .network = i % 3, .zone = i % 5});
        CHECK(crowd.client + crowd.network + crowd.zone == 0);
    }
}

TEST_CASE("an IPv6 /64 is one client and a /56 one network, as IPv4 /32 and /24", "[server]") {
    const auto of = [](std::string_view address) { return holder_of(client(address), 0); };
    CHECK(of("[2001:db8::1]:1").address == of("[2001:db8::ffff:2]:2").address);
    CHECK(of("[2001:db8:0:1::1]:1").address != of("[2001:db8::1]:1").address);
    CHECK(of("[2001:db8:0:ff::1]:1").network == of("[2001:db8::1]:1").network);
    CHECK(of("[2001:db8:0:100::1]:1").network != of("[2001:db8::1]:1").network);
    CHECK(of("192.0.2.1:1").address != of("192.0.2.2:1").address);
    CHECK(of("192.0.2.1:1").network == of("192.0.2.2:1").network);
    CHECK(of("192.0.2.1:1").network != of("192.0.3.1:1").network);
}

TEST_CASE("other limits hold from then on, and what is taken stays counted", "[server][reload]") {
    Places places(1'000, 100, HashKey{1, 2});
    const Holder who{.address = 1, .network = 2, .zone = 3};
    std::vector<Places::Taken> taken;
    for (std::uint64_t i = 0; i < 60; ++i) {
        taken.push_back(places.take({.address = 1, .network = 2, .zone = 100 + i}));
    }
    CHECK(places.judge(places.crowd(who)) == Reason::none);
    places.set_limits(60, 10);  // all are taken
    CHECK(places.all() == 60);
    CHECK(places.taken() == 60);
    CHECK(places.judge(places.crowd(who)) == Reason::client_share);
    CHECK(places.judge(places.crowd({.address = 9, .network = 9, .zone = 9})) == Reason::none);
    places.set_limits(30, 10);  // more than there are
    CHECK(places.judge(places.crowd(who)) == Reason::client_share);
    for (const Places::Taken& each : taken) {
        places.leave(each);
    }
    CHECK(places.taken() == 0);
    CHECK(places.crowd(who).client == 0);
    CHECK(places.judge(places.crowd(who)) == Reason::none);
}
