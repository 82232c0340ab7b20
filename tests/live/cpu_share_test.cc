// E13 with a real process: one client asks for 20,000 cold names over TCP at once, 16 others ask
// on.
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "tests/live/wend_process.h"

using namespace wend;
using namespace wend::live;
using dns::Rcode;
using dns::Type;
using std::chrono::milliseconds;

namespace {

constexpr unsigned connections = 20;
constexpr unsigned queries_each = 1'000;
constexpr unsigned honest_clients = 16;
constexpr unsigned rounds = 10;
constexpr milliseconds patience{10'000};
constexpr milliseconds look_time{500};  // how often a worker says what limits did

IpAddress loopback(unsigned network, unsigned host) {
    return *IpAddress::from_text(fmt::format("127.0.{}.{}", network, host));
}

// Fits into the kernel's buffers: it is sent whether it is read or not.
std::vector<Socket> begin_greedy(const Endpoint& server) {
    std::vector<Socket> streams;
    for (unsigned i = 0; i < connections; ++i) {
        streams.emplace_back(server, SOCK_STREAM, loopback(66, 1));
        for (unsigned k = 0; k < queries_each; ++k) {
            const auto query = query_for(fmt::format("g{}-{}.wild.lab.", i, k), Type::a,
                                         static_cast<std::uint16_t>(k));
            REQUIRE(streams.back().send(query));
        }
    }
    return streams;
}

// With any answer.
bool is_answered(const Socket& socket) {
    const auto reply = socket.receive(patience);
    if (!reply) {
        return false;
    }
    const auto message = dns::Message::parse(*reply);
    return message && message->rcode() == Rcode::noerror &&
           message->records(dns::Section::answer).size() == 1;
}

// Of 16 clients with rounds questions each, asked by all at once and then by all anew.
unsigned ask_honestly(const Endpoint& server, int type) {
    std::vector<Socket> clients;
    for (unsigned i = 0; i < honest_clients; ++i) {
        clients.emplace_back(server, type, loopback(100 + i, 1));
    }
    unsigned answered = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        const auto id = static_cast<std::uint16_t>(round);
        for (unsigned i = 0; i < honest_clients; ++i) {
            const std::string name = fmt::format("h{}-{}-{}.wild.lab.", type, i, round);
            REQUIRE(clients[i].send(query_for(name, Type::a, id)));
        }
        for (const Socket& client : clients) {
            answered += is_answered(client) ? 1U : 0U;
        }
    }
    return answered;
}

}  // namespace

TEST_CASE("16 clients lose nothing while one asks for cold names over TCP as fast as it can",
          "[live][server][E13]") {
    Daemon daemon(R"(, "workers": 1, "log": {"level": "info"})", {"--lab"});
    const std::vector<Socket> greedy = begin_greedy(daemon.endpoint());
    CHECK(ask_honestly(daemon.endpoint(), SOCK_DGRAM) == honest_clients * rounds);
    CHECK(ask_honestly(daemon.endpoint(), SOCK_STREAM) == honest_clients * rounds);
    // The greedy one is not refused: each connection gets on.
    for (const Socket& stream : greedy) {
        CHECK(is_answered(stream));
    }
    std::this_thread::sleep_for(look_time * 2);
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
    const std::string log = daemon.process().read_errors();
    CHECK(log.find("reads-deferred=") != std::string::npos);
    CHECK(log.find("rcode-servfail=") == std::string::npos);
    CHECK(log.find("limit cpu-share: ") != std::string::npos);
    CHECK(log.find("from 127.0.66.0/24: this client has its share of the processor for now") !=
          std::string::npos);
}
