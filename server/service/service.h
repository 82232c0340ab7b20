// The process while it serves: its workers, the generation of the configuration that is in force,
// and how the next one takes its place without a query lost.
#pragma once
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "config/config.h"
#include "config/plan.h"
#include "resolver/resolver.h"
#include "server/generation.h"
#include "server/service/socket_store.h"
#include "server/stores.h"
#include "server/worker.h"

namespace wend {

// Reads it anew. The error: a sentence for each mistake, with file, line and column.
using ReadConfigAgain = std::function<std::expected<ReadConfig, std::vector<std::string>>()>;

// What a reload came to.
struct Reloaded {
    std::uint64_t generation = 0;         // in force
    std::vector<std::string> mistakes{};  // empty: it is the new one
    Plan plan{};                          // what changed; empty where there were mistakes
    std::size_t flushed = 0;              // entries of the cache, gone or to be validated again
    Duration took{};
};

// The main thread's, as all callbacks are.
class Service {
  public:
    using Done = std::function<void(const Reloaded&)>;

    // Called as it happens. None may be empty.
    struct Events {
        std::function<void()> reading = [] {};   // the configuration is read again
        std::function<void()> in_force = [] {};  // it is; or what was before stays
        std::function<void()> stopping = [] {};
    };

    // Opens the workers' sockets, or takes those of `sockets` over. `stores`, `sockets` and
    // `board`, which has a part for each worker, outlive it. The error is one sentence.
    static std::expected<std::unique_ptr<Service>, std::string> open(Stores& stores, Board& board,
                                                                     SocketStore& sockets,
                                                                     const ReadConfig& first,
                                                                     ReadConfigAgain read_again);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    Service(Service&&) = delete;
    Service& operator=(Service&&) = delete;
    ~Service();

    // Serves until a signal says to end, or stop() does. SIGHUP reloads.
    void run();
    void stop();

    // Reads the configuration again and puts it in force; `done` hears once. One after another: a
    // second one waits for the first. With `confirm_within` the generation that was confirmed last
    // comes back unless confirm() is called in time, whatever else is put in force meanwhile.
    void reload(Done done, std::optional<Duration> confirm_within = std::nullopt);

    // Puts the generation before the one that is in force, when its turn comes, in force again.
    void undo(Done done);

    // Before run(); what they use outlives it.
    void set_events(Events events) { events_ = std::move(events); }

    // False: nothing waits for it.
    bool confirm();

    const Generation& generation() const { return *generations_.back(); }

    GenerationPtr in_force() const { return generations_.back(); }

    const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }

    std::vector<Endpoint> listening() const { return workers_.front()->listening(); }

  private:
    struct Change;
    struct Signals;

    struct Wish {
        enum class What : std::uint8_t { read, undo, go_back_unconfirmed };

        What what = What::read;
        Done done;
        std::optional<Duration> confirm_within{};
    };

    // What was put in force and is not confirmed.
    struct Unconfirmed {
        GenerationPtr former;  // that comes back
        Instant until{};
        Scope timer{};
    };

    Service(Stores& stores, ProcessBoard& board, SocketStore& sockets, ReadConfigAgain read_again);
    void begin_next();
    void begin(Wish wish);
    std::expected<ReadConfig, std::vector<std::string>> wanted_by(Change& change);
    std::optional<std::string> bind_added();
    // Calls `work` for each worker on its thread, and then `after` here.
    void on_each(std::function<void(std::size_t worker)> work, std::function<void()> after);
    void prepare();
    void prepared();
    void swapped();
    void keep_generation();
    void wait_for_confirmation(Duration time);
    void give_up_changes();
    void write_board(bool is_done);
    void flush();
    void end(std::vector<std::string> mistakes);
    bool is_ours(const Endpoint& where) const;
    Task<void> go_back_at(Instant when);
    void log_stats() const;

    Stores& stores_;
    ProcessBoard& board_;
    SocketStore& sockets_;
    Events events_;
    ReadConfigAgain read_again_;
    KernelRandom random_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<Signals> signals_;       // of the first worker's loop
    std::deque<GenerationPtr> generations_;  // the last one is in force
    std::deque<Wish> wishes_;
    std::unique_ptr<Change> change_;                  // under way
    std::vector<std::pair<Endpoint, Instant>> left_;  // addresses that are still being left
    std::optional<Unconfirmed> unconfirmed_;
    bool is_stopping_ = false;
};

}  // namespace wend
