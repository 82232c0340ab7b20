#include "server/service/service.h"

#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "observe/stats.h"
#include "server/service/change.h"
#include "server/service/change_plan.h"

namespace wend {

// From here on they are kept for the loop: who has read that it serves may tell it to reload, or to
// end.
struct Service::Signals {
    explicit Signals(Service& service)
        : term(loop_of(service), SIGTERM, [&service] { service.stop(); }),
          interrupt(loop_of(service), SIGINT, [&service] { service.stop(); }),
          hangup(loop_of(service), SIGHUP, [&service] { service.reload([](const Reloaded&) {}); }),
          usr1(loop_of(service), SIGUSR1, [&service] { service.log_stats(); }) {}

    static UvLoop& loop_of(const Service& service) { return service.workers_.front()->loop(); }

    UvSignal term;
    UvSignal interrupt;
    UvSignal hangup;
    UvSignal usr1;
};

Service::Service(Stores& stores, ProcessBoard& board, SocketStore& sockets,
                 ReadConfigAgain read_again)
    : stores_(stores), board_(board), sockets_(sockets), read_again_(std::move(read_again)) {}

Service::~Service() = default;

std::expected<std::unique_ptr<Service>, std::string> Service::open(Stores& stores, Board& board,
                                                                   SocketStore& sockets,
                                                                   const ReadConfig& first,
                                                                   ReadConfigAgain read_again) {
    std::unique_ptr<Service> service(
        new Service(stores, board.process(), sockets, std::move(read_again)));
    service->generations_.push_back(
        make_generation(first, stores, wall_time_now(), service->random_));
    auto bound = sockets.bind(first.config.listen, stores.workers);
    if (!bound) {
        return std::unexpected(to_text(bound.error()));
    }
    sockets.drop_rest();
    for (std::size_t i = 0; i < bound->size(); ++i) {
        auto worker = Worker::open(stores, service->generations_.back(), std::move((*bound)[i]),
                                   board.worker(i));
        if (!worker) {
            return std::unexpected(std::move(worker.error()));
        }
        service->workers_.push_back(std::move(*worker));
    }
    service->workers_.front()->keep_process_board(board.process());
    service->signals_ = std::make_unique<Signals>(*service);
    return service;
}

// The first worker runs here: a process with one worker has one thread, whose references to files
// and shared objects the kernel and the C++ library count without locks.
void Service::run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
        threads.emplace_back([&worker = *workers_[i]] { worker.run(); });
    }
    workers_.front()->run();
    for (std::thread& thread : threads) {
        thread.join();
    }
    unconfirmed_.reset();
    give_up_changes();
    workers_.front()->say_limits(Instant::max());  // what no minute's line has told
    log_stats();
    spdlog::info("ended");
}

// Who has written down what was to be in force can take it back before the process ends.
void Service::give_up_changes() {
    const Reloaded reloaded{.generation = generation().number,
                            .mistakes = {"the server ends before that is in force"}};
    if (change_ != nullptr && change_->generation != in_force()) {
        change_->wish.done(reloaded);
    }
    for (const Wish& wish : wishes_) {
        wish.done(reloaded);
    }
    wishes_.clear();
}

void Service::stop() {
    if (std::exchange(is_stopping_, true)) {
        return;
    }
    spdlog::info("told to end: what is under way has {} s, what is known is answered",
                 std::chrono::duration_cast<std::chrono::seconds>(drain_time).count());
    for (const auto& worker : workers_) {
        worker->stop();
    }
    events_.stopping();
}

void Service::log_stats() const {
    std::vector<const Stats*> all;
    for (const auto& worker : workers_) {
        all.push_back(&worker->stats());
    }
    spdlog::info("stats {}", to_text(all));
}

void Service::reload(Done done, std::optional<Duration> confirm_within) {
    wishes_.push_back({.done = std::move(done), .confirm_within = confirm_within});
    begin_next();
}

void Service::undo(Done done) {
    if (generations_.size() < 2 && change_ == nullptr && wishes_.empty()) {
        done({.generation = generation().number,
              .mistakes = {"there is no generation before this one to go back to"}});
        return;
    }
    wishes_.push_back({.what = Wish::What::undo, .done = std::move(done)});
    begin_next();
}

bool Service::confirm() {
    constexpr auto goes_back = Wish::What::go_back_unconfirmed;
    if (!unconfirmed_ || (change_ != nullptr && change_->wish.what == goes_back)) {
        return false;
    }
    unconfirmed_.reset();
    std::erase_if(wishes_, [](const Wish& wish) { return wish.what == goes_back; });
    spdlog::info("generation {} is confirmed", generation().number);
    return true;
}

void Service::wait_for_confirmation(Duration time) {
    const GenerationPtr former = unconfirmed_->former;
    const Instant until = workers_.front()->clock().now() + time;
    unconfirmed_.emplace(former, until);
    unconfirmed_->timer.spawn(go_back_at(until));
}

Task<void> Service::go_back_at(Instant when) {
    Clock& clock = workers_.front()->clock();
    co_await clock.sleep_until(when);
    // Not from inside this task: what comes ends it.
    workers_.front()->post([this, when] {
        if (unconfirmed_ && unconfirmed_->until == when) {
            spdlog::warn("generation {} was not confirmed in time: generation {} comes back",
                         generation().number, unconfirmed_->former->number);
            wishes_.push_back(
                {.what = Wish::What::go_back_unconfirmed, .done = [](const Reloaded&) {}});
            begin_next();
        }
    });
}

}  // namespace wend
