// A worker on real sockets, with each allocation of its thread failing in turn while it answers.
#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "dns/message.h"
#include "server/service/bound_sockets.h"
#include "server/setup.h"
#include "server/worker.h"
#include "tests/live/wend_process.h"
#include "tests/unit/allocation/failing_new.h"

using namespace wend;
using Bytes = std::vector<std::uint8_t>;

namespace {

// The port that the kernel gives datagrams may be somebody's stream already: another is asked for.
BoundSockets loopback_sockets() {
    auto bound = bind_sockets(*Endpoint::from_text("127.0.0.1:0"));
    REQUIRE(bound);
    return std::move(*bound);
}

bool is_readable(int fd, int wait_ms) {
    pollfd waiting{fd, POLLIN, 0};
    return poll(&waiting, 1, wait_ms) == 1;
}

// Answers any question with an address that nobody may keep; the names that begin with "t" over TCP
// alone. On a thread of its own.
class Authority {
  public:
    Authority() : thread_([this] { serve(); }) {}

    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;
    Authority(Authority&&) = delete;
    Authority& operator=(Authority&&) = delete;

    ~Authority() {
        ending_ = true;
        thread_.join();
    }

    Endpoint address() const { return sockets_.where; }

  private:
    static Bytes reply_to(Octets query, bool truncated) {
        Bytes reply(query.begin(), query.end());
        reply[2] = static_cast<std::uint8_t>(truncated ? 0x86 : 0x84);
        reply[7] = truncated ? 0 : 1;
        reply[9] = reply[11] = 0;
        reply.resize(dns::header_size + dns::NameView::read(query.subspan(12))->size() + 4);
        if (!truncated) {
            const std::array<std::uint8_t, 16> record = {0xc0, 12, 0, 1, 0,   1, 0, 0,
                                                         0,    0,  0, 4, 192, 0, 2, 1};
            reply.insert(reply.end(), record.begin(), record.end());
        }
        return reply;
    }

    void serve() {
        std::vector<Descriptor> peers;
        while (!ending_) {
            if (is_readable(sockets_.tcp.get(), 0)) {
                peers.emplace_back(accept(sockets_.tcp.get(), nullptr, nullptr));
            }
            for (const Descriptor& peer : peers) {
                answer_stream(peer.get());
            }
            if (is_readable(sockets_.udp.get(), 1)) {
                answer_datagram();
            }
        }
    }

    void answer_datagram() {
        std::array<std::uint8_t, 1'500> query;
        sockaddr_storage from;
        socklen_t from_size = sizeof from;
        auto* const peer = reinterpret_cast<sockaddr*>(&from);
        const ssize_t size =
            recvfrom(sockets_.udp.get(), query.data(), query.size(), 0, peer, &from_size);
        const Octets octets = Octets(query).first(static_cast<std::size_t>(size));
        const Bytes reply = reply_to(octets, (query[13] | 0x20) == 't');
        sendto(sockets_.udp.get(), reply.data(), reply.size(), 0, peer, from_size);
    }

    // A query comes in one piece on loopback.
    static void answer_stream(int fd) {
        std::array<std::uint8_t, 1'500> query;
        const ssize_t size = recv(fd, query.data(), query.size(), MSG_DONTWAIT);
        if (size > 2) {
            const Bytes reply =
                reply_to(Octets(query).subspan(2, static_cast<std::size_t>(size) - 2), false);
            Bytes framed(2);
            store_u16(framed, 0, static_cast<std::uint16_t>(reply.size()));
            framed.insert(framed.end(), reply.begin(), reply.end());
            send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
        }
    }

    BoundSockets sockets_ = loopback_sockets();
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

class Daemon {
  public:
    Daemon() : config_(configuration(authority_)), stores_(config_, nullptr, random_) {
        auto bound = bind_sockets(config_.listen.front());
        REQUIRE(bound);
        std::vector<BoundSockets> sockets;
        sockets.push_back(std::move(*bound));
        auto opened =
            Worker::open(stores_,
                         make_generation({.config = config_, .resolver = options(authority_)},
                                         stores_, wall_time_now(), random_),
                         std::move(sockets), board_);
        REQUIRE(opened);
        worker_ = std::move(*opened);
        where_ = worker_->listening().front();
        thread_ = std::thread([this] {
            be_victim();
            worker_->run();
        });
    }

    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    Daemon(Daemon&&) = delete;
    Daemon& operator=(Daemon&&) = delete;

    ~Daemon() {
        worker_->stop();
        thread_.join();
    }

    const Endpoint& where() const { return where_; }

  private:
    static Config configuration(const Authority& authority) {
        Config config;
        config.listen = {*Endpoint::from_text("127.0.0.1:0")};
        config.dnssec.validate = false;
        config.upstream.never_query.clear();
        config.stub.push_back(
            {.zone = dns::name_of("failing."), .addresses = {authority.address()}});
        return config;
    }

    static ResolverOptions options(const Authority& authority) {
        auto made = resolver_options(configuration(authority), nullptr);
        REQUIRE(made);
        return std::move(*made);
    }

    Authority authority_;
    KernelRandom random_;
    Config config_;
    Stores stores_;
    WorkerBoard board_;
    std::unique_ptr<Worker> worker_;
    Endpoint where_;
    std::thread thread_;
};

// The rcode of the reply; nothing if there was none.
std::optional<dns::Rcode> ask(const Endpoint& where, int type, const std::string& name) {
    const live::Socket socket(where, type);
    socket.send(live::query_for(name, dns::Type::a, 7));
    const auto reply = socket.receive(std::chrono::seconds(1));
    if (!reply) {
        return std::nullopt;
    }
    const auto message = dns::Message::parse(*reply);
    REQUIRE(message);
    return message->rcode();
}

struct Outcomes {
    std::size_t allocations = 0;
    int failed = 0;
    int silent = 0;
};

// `prefix` makes the authority answer over UDP or over TCP.
Outcomes fail_each_allocation_over(int type, std::string_view prefix) {
    constexpr std::size_t allocations_max = 2'000;
    const Daemon daemon;
    REQUIRE(ask(daemon.where(), type, fmt::format("{}first.failing.", prefix)) ==
            dns::Rcode::noerror);
    Outcomes outcomes;
    for (bool reached = true; reached && outcomes.allocations < allocations_max;) {
        const std::size_t nth = ++outcomes.allocations;
        INFO("allocation " << nth);
        fail_victims_allocation(nth);
        const auto rcode = ask(daemon.where(), type, fmt::format("{}{}.failing.", prefix, nth));
        reached = !is_victims_failure_ahead();
        fail_victims_allocation(0);
        outcomes.silent += rcode ? 0 : 1;
        outcomes.failed += rcode == dns::Rcode::servfail ? 1 : 0;
        const auto next = ask(daemon.where(), type, fmt::format("{}n{}.failing.", prefix, nth));
        REQUIRE(next == dns::Rcode::noerror);
    }
    return outcomes;
}

}  // namespace

TEST_CASE("a worker on sockets outlives the failure of any allocation over UDP",
          "[live][server][allocation]") {
    const Outcomes outcomes = fail_each_allocation_over(SOCK_DGRAM, "u");
    CHECK(outcomes.allocations > 20);
    CHECK(outcomes.failed > 10);
    CHECK(outcomes.silent <= 5);
}

TEST_CASE("a worker on sockets outlives the failure of any allocation over TCP",
          "[live][server][allocation]") {
    const Outcomes outcomes = fail_each_allocation_over(SOCK_STREAM, "t");
    CHECK(outcomes.allocations > 20);
    CHECK(outcomes.failed > 10);
    CHECK(outcomes.silent <= 20);
}
