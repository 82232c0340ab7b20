// E16: a limit that counts one address meets a forwarder, a mail server or a network behind one
// address. None of them may feel it while others have room.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

constexpr std::string_view forwarder = "10.1.1.1";

Client client(std::string_view address, unsigned port = 5'353) {
    return {{ip(address), static_cast<std::uint16_t>(port)}, Channel::udp};
}

// shop.vic. has every name, and its server is 200 ms away, as are those above.
void with_distant_shop(Siege& siege) {
    const sim::Manners distant{.round_trip = 200ms};
    siege.with_attacker_and_victim("evil NS ns.evil.atk.\nns.evil A 10.0.2.1\n",
                                   "* A 192.0.2.9\nshop NS ns.shop.vic.\nns.shop A 10.0.2.2\n");
    siege.server("10.0.0.1", distant);
    siege.server("10.0.1.1", distant);
    siege.server("10.0.1.2", distant);
    siege.zone("10.0.2.1", "evil.atk.", "www A 192.0.2.1\n", distant);
    siege.zone("10.0.2.2", "shop.vic.", "* A 192.0.2.9\n", distant);
}

std::size_t answered(const Siege& siege, const std::vector<std::uint64_t>& numbers) {
    std::size_t count = 0;
    for (const std::uint64_t number : numbers) {
        count += siege.told(number).data() == "192.0.2.9" ? 1U : 0U;
    }
    return count;
}

}  // namespace

TEST_CASE("300 and 3,000 cold names at once from one address are all answered", "[defences][E16]") {
    for (const std::string_view zone : {"vic.", "shop.vic."}) {
        for (const unsigned count : {300U, 3'000U}) {
            Siege siege;
            with_distant_shop(siege);
            std::vector<std::uint64_t> sent;
            for (unsigned i = 0; i < count; ++i) {
                sent.push_back(siege.send_octets(query_for(fmt::format("n{}.{}", i, zone), Type::a),
                                                 client(forwarder)));
            }
            siege.settle();
            CHECK(answered(siege, sent) == count);
            CHECK(siege.stats.get(Rcode::servfail) == 0);
        }
    }
}

TEST_CASE("a mail server's healthy names do not suffer from the dead zone it asks about",
          "[defences][E16]") {
    Siege siege;
    SECTION("with all places free") {}
    SECTION("with places for half of it") {
        siege.serving.in_flight = {.clients_max = 400, .clients_per_address = 20};
    }
    with_distant_shop(siege);
    siege.server("10.0.2.1", {.silent = true});
    std::vector<std::uint64_t> healthy;
    unsigned dead = 0;
    for (unsigned i = 0; i < 400; ++i) {
        for (int k = 0; k < 2; ++k) {
            siege.send_octets(query_for(fmt::format("d{}.evil.atk.", dead++), Type::a),
                              client(forwarder));
        }
        healthy.push_back(
            siege.send_octets(query_for(fmt::format("h{}.vic.", i), Type::a), client(forwarder)));
        siege.pass(5ms);
    }
    siege.settle();
    CHECK(answered(siege, healthy) == 400);
}

TEST_CASE("three datagrams of one question are one question", "[defences][E16]") {
    Siege siege;
    siege.serving.in_flight = {.clients_max = 100, .clients_per_address = 10};
    with_distant_shop(siege);
    std::vector<std::uint64_t> sent;
    for (int round = 0; round < 3; ++round) {
        for (unsigned i = 0; i < 40; ++i) {
            const auto query = query_for(fmt::format("n{}.shop.vic.", i), Type::a);
            if (round == 0) {
                sent.push_back(siege.send_octets(query, client(forwarder, 2'000 + i)));
            } else {
                siege.send_again(sent.at(i), query, client(forwarder, 2'000 + i));
            }
        }
        siege.pass(50ms);
    }
    CHECK(siege.serve().waiting() == 40);
    siege.settle();
    CHECK(answered(siege, sent) == 40);
    CHECK(siege.replies() == 40);
    CHECK(siege.stats.get(Counter::repeated) == 80);
}

TEST_CASE("500 equal questions from one address are one place and 500 answers", "[defences][E16]") {
    Siege siege;
    siege.serving.in_flight = {.clients_max = 1'000, .clients_per_address = 10};
    with_distant_shop(siege);
    std::vector<std::uint64_t> sent;
    for (unsigned i = 0; i < 500; ++i) {
        sent.push_back(
            siege.send_octets(query_for("www.shop.vic.", Type::a), client(forwarder, 2'000 + i)));
    }
    CHECK(siege.serve().placed() == 1);
    siege.settle();
    CHECK(answered(siege, sent) == 500);
}

TEST_CASE("who waits for each refusal to ask anew leaves the honest their answers",
          "[defences][E12][E16]") {
    Siege siege;
    with_distant_shop(siege);
    siege.server("10.0.2.1", {.silent = true});
    CHECK(siege.ask("first.vic.").data() == "192.0.2.9");
    std::vector<std::uint64_t> honest;
    std::vector<std::uint64_t> flood;
    unsigned number = 0;
    const auto ask_anew = [&] {
        const auto from = client(forwarder, 1'024 + number % 60'000);
        return siege.send_octets(query_for(fmt::format("r{}.evil.atk.", ++number), Type::a), from);
    };
    for (int i = 0; i < 2'000; ++i) {
        flood.push_back(ask_anew());
    }
    for (int step = 0; step < 500; ++step) {
        for (std::uint64_t& waiting : flood) {
            if (siege.told(waiting).answered()) {
                waiting = ask_anew();
            }
        }
        const auto from = step % 2 == 0 ? client(forwarder) : client("10.77.1.1");
        honest.push_back(
            siege.send_octets(query_for(fmt::format("h{}.vic.", step), Type::a), from));
        siege.pass(10ms);
    }
    siege.settle();
    CHECK(answered(siege, honest) == honest.size());
    CHECK(siege.stats.get(Counter::refused_silently) > 0);
    CHECK(number < 40'000);  // 5 s of 5,000, and what waited
}
