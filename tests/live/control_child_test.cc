// A control process is killed again and again while its server is asked: nobody who asks notices.
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include "observe/prometheus.h"
#include "server/service/child.h"
#include "server/setup.h"
#include "server/worker.h"
#include "tests/live/wend_process.h"

namespace wend {
namespace {

using namespace std::chrono_literals;

constexpr int kills = 20;

class ServerWithControl {
  public:
    explicit ServerWithControl(ControlChildOptions options)
        : board_(*make_board(1, WEND_VERSION, true)), stores_(configuration(), nullptr, random_) {
        auto bound = bind_sockets(configuration().listen.front());
        REQUIRE(bound);
        std::vector<BoundSockets> sockets;
        sockets.push_back(std::move(*bound));
        auto opened =
            Worker::open(stores_,
                         make_generation({.config = configuration(), .resolver = resolving()},
                                         stores_, wall_time_now(), random_),
                         std::move(sockets), board_.worker(0));
        REQUIRE(opened);
        worker_ = std::move(*opened);
        worker_->keep_process_board(board_.process());
        child_.emplace(worker_->loop(), worker_->clock(), board_, std::move(options),
                       [](LinkRequest) {});
        child_->start();
        pid_ = child_->pid();
        watch_.emplace(worker_->loop(), false, [this] {
            pid_ = child_->pid();
            if (is_ending_) {
                child_->stop();
                worker_->stop();
            }
        });
        thread_ = std::thread([this] { worker_->run(); });
    }

    ServerWithControl(const ServerWithControl&) = delete;
    ServerWithControl& operator=(const ServerWithControl&) = delete;
    ServerWithControl(ServerWithControl&&) = delete;
    ServerWithControl& operator=(ServerWithControl&&) = delete;

    ~ServerWithControl() {
        is_ending_ = true;
        watch_->wake();
        thread_.join();
        child_.reset();
        watch_.reset();
    }

    Endpoint where() const { return worker_->listening().front(); }

    BoardView board() const { return board_.view(); }

    // Of the control process that runs; waits for one other than `not_this`.
    int pid(int not_this) {
        for (int i = 0; i < 1'000; ++i) {
            watch_->wake();
            std::this_thread::sleep_for(10ms);
            if (pid_ != 0 && pid_ != not_this) {
                return pid_;
            }
        }
        return 0;
    }

  private:
    static Config configuration() {
        Config config;
        config.listen = {*Endpoint::from_text("127.0.0.1:0")};
        config.dnssec.validate = false;
        config.rate_limit.mode = policy::RateMode::off;
        return config;
    }

    static ResolverOptions resolving() { return *resolver_options(configuration(), nullptr); }

    KernelRandom random_;
    Board board_;
    Stores stores_;
    std::unique_ptr<Worker> worker_;
    std::optional<ControlChild> child_;
    std::optional<UvWake> watch_;
    std::atomic<int> pid_{0};
    std::atomic<bool> is_ending_{false};
    std::thread thread_;
};

// Asks one question after another until told to end.
class SteadyClient {
  public:
    explicit SteadyClient(const Endpoint& where) : where_(where), thread_([this] { run(); }) {}

    SteadyClient(const SteadyClient&) = delete;
    SteadyClient& operator=(const SteadyClient&) = delete;
    SteadyClient(SteadyClient&&) = delete;
    SteadyClient& operator=(SteadyClient&&) = delete;

    ~SteadyClient() { end(); }

    void end() {
        is_ending_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    std::uint64_t asked = 0;
    std::uint64_t lost = 0;

  private:
    void run() {
        const live::Socket socket(where_, SOCK_DGRAM);
        const auto query = live::query_for("1.0.0.127.in-addr.arpa.", dns::Type::ptr, 7);
        while (!is_ending_) {
            socket.send(query);
            ++asked;
            lost += socket.receive(2s) ? 0U : 1U;
        }
    }

    Endpoint where_;
    std::atomic<bool> is_ending_{false};
    std::thread thread_;
};

bool is_gone(int pid) {
    for (int i = 0; i < 300; ++i) {
        if (::kill(pid, 0) != 0) {
            return true;
        }
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}  // namespace

TEST_CASE("a control process that is killed costs no query, comes back and loses no number",
          "[live]") {
    spdlog::set_level(spdlog::level::off);
    SeededRandom random(7);
    std::optional<ServerWithControl> server(ControlChildOptions{
        .program = WEND_PROGRAM, .arguments = {"wend", "control"}, .doors = "{}"});
    int pid = server->pid(0);
    REQUIRE(pid != 0);
    SteadyClient client(server->where());
    std::uint64_t seen = 0;
    for (int i = 0; i < kills; ++i) {
        std::this_thread::sleep_for(50ms + std::chrono::milliseconds(random.below(200)));
        const auto killed_at = std::chrono::steady_clock::now();
        REQUIRE(::kill(pid, SIGKILL) == 0);
        pid = server->pid(pid);
        REQUIRE(pid != 0);
        CHECK(std::chrono::steady_clock::now() - killed_at < 1s);
        const std::uint64_t queries = server->board().sum(Counter::queries_udp);
        CHECK(queries > seen);
        seen = queries;
    }
    client.end();
    CHECK(client.lost == 0);
    CHECK(server->board().sum(Counter::queries_udp) == client.asked);
    CHECK(server->board().process().get(ProcessCounter::control_restarts) == kills);
    CHECK(is_alive(server->board(), UvClock::precise_now()));
    CHECK(reasons_not_ready(server->board()).empty());
    CHECK(server->board().process().get(Gauge::places_all) > 0);
    CHECK(server->board().process().get(Gauge::cache_bytes_max) > 0);
    // A batch is timed when its replies have left: the last one may be heard before that.
    HistogramSum local = server->board().response(dns::Source::local);
    for (int i = 0; i < 100 && local.total() < client.asked; ++i) {
        std::this_thread::sleep_for(10ms);
        local = server->board().response(dns::Source::local);
    }
    CHECK(local.total() == client.asked);
    CHECK(local.quantile(0.5) > 0us);
    CHECK(local.quantile(0.5) < 100ms);
    server.reset();
    CHECK(is_gone(pid));
}

TEST_CASE("a control process that cannot be started, or ends at once, is tried with longer pauses",
          "[live]") {
    spdlog::set_level(spdlog::level::off);
    for (const std::string program : {"/nonexistent", "/bin/false"}) {
        ServerWithControl server({.program = program, .arguments = {"wend"}, .doors = "{}"});
        std::this_thread::sleep_for(1'200ms);
        const auto restarts = server.board().process().get(ProcessCounter::control_restarts);
        CHECK(restarts >= 2);  // after 100, 200 and 400 ms
        CHECK(restarts <= 3);
        const live::Socket socket(server.where(), SOCK_DGRAM);
        socket.send(live::query_for("1.0.0.127.in-addr.arpa.", dns::Type::ptr, 7));
        CHECK(socket.receive(2s));
    }
}

TEST_CASE("`wend control` that is started by hand says that it is nothing to start by hand",
          "[live]") {
    live::Child child({WEND_PROGRAM, "control"});
    CHECK(child.read_errors().find("`wend serve` starts") != std::string::npos);
    CHECK(child.wait() == 2);
}

}  // namespace wend
