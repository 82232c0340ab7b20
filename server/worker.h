// One worker: a thread's event loop with its clock, network, engines and listeners. What all
// workers share is Stores.
#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "base/scope.h"
#include "base/thread_annotations.h"
#include "observe/board.h"
#include "server/clients/local_networks.h"
#include "server/engine.h"
#include "server/front.h"
#include "server/generation.h"
#include "server/listeners.h"
#include "server/network_stack.h"
#include "server/service/bound_sockets.h"
#include "server/stores.h"
#include "server/upstream_counts.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"

namespace wend {

// A worker that is told to stop gives queries under way this long.
inline constexpr Duration drain_time = std::chrono::seconds(1);

// Made and destroyed on one thread, run on another or the same.
class Worker {
  public:
    // Serves on `sockets` under `generation`. `stores` and `board`, which is this worker's alone to
    // write, outlive the worker. The error is one
    // sentence.
    static std::expected<std::unique_ptr<Worker>, std::string> open(
        Stores& stores, GenerationPtr generation, std::vector<BoundSockets> sockets,
        WorkerBoard& board);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    Worker(Worker&&) = delete;
    Worker& operator=(Worker&&) = delete;
    ~Worker();

    // With the ports that the kernel chose. Its own thread, or before run().
    std::vector<Endpoint> listening() const { return listeners_.listening(); }

    // Serves until stop(). On its return nothing of it runs any more.
    void run();

    // From any thread, until run() has returned: who waits gets drain_time, then nothing.
    void stop();

    // From any thread: `work` is done on the worker's thread, between two events of its loop, in
    // the order of the calls; or never, where the worker ends first. Throws std::bad_alloc, and
    // then it is not done.
    void post(std::function<void()> work);

    // Before run(), to one of them: it writes how the process stands. `board` outlives the worker.
    void keep_process_board(ProcessBoard& board) { process_board_ = &board; }

    // For any thread.
    const Stats& stats() const { return board_.stats; }

    // A change of the configuration, in this order; each on the worker's thread.
    //
    // An engine for it, and listeners on `added`, which serve under the old one until swap(). The
    // error is one sentence, and then nothing has changed.
    std::expected<void, std::string> prepare(const GenerationPtr& generation,
                                             std::vector<BoundSockets> added);
    // Gives up what prepare() made.
    void abandon();
    // From here on queries come to it, and addresses that its configuration does not have are given
    // up. If `afresh` who waits is asked anew by it, after resume(): what was learned under the old
    // one may be wrong. Otherwise the old one answers those who wait.
    void swap(bool afresh);
    // What waits begins, a few questions in each turn of the loop.
    void resume();

    // What limits did to clients, of all workers: a line for each kind that is due.
    void say_limits(Instant now);

    // For its own thread, and before run().
    UvLoop& loop() { return loop_; }

    UvClock& clock() { return clock_; }

    Engine& engine() { return *engines_.back(); }

    // Newest last; those before it have clients who wait.
    const std::vector<std::shared_ptr<Engine>>& engines() const { return engines_; }

  private:
    // Answers from whatever engine is the first at that moment.
    class Source final : public AnswerSource {
      public:
        explicit Source(const Worker& worker) : worker_(worker) {}

        Task<Answer> resolve(dns::Question question, ResolveOptions options) override;
        std::optional<Answer> from_cache(const dns::Question& question,
                                         ResolveOptions options) const override;

      private:
        const Worker& worker_;
    };

    Worker(Stores& stores, WorkerBoard& board);
    EngineWorld world();
    std::shared_ptr<Engine> engine_for(const GenerationPtr& generation);
    TcpListenerOptions tcp_options(Engine& engine) const;
    void take_over();
    void go_on();
    void do_posted();
    void end_mailbox();
    void begin_to_drain();
    std::size_t waiting() const;
    void end_all();
    Task<void> drain();
    void look_again();
    void look_at_networks();
    void end_old_engines();
    void keep_anchors();
    void follow_anchors();
    void say_roots();
    void write_board();
    void write_process_board(ProcessBoard& board);

    Stores& stores_;
    WorkerBoard& board_;
    ProcessBoard* process_board_ = nullptr;  // null: another worker keeps it
    bool draining_ = false;
    bool paused_ = false;         // between swap(true) and resume()
    bool keeps_anchors_ = false;  // it is this worker that follows the anchors' keys
    UvLoop loop_;
    UvClock clock_;
    KernelRandom random_;
    UpstreamCounts upstream_counts_{board_};
    std::unique_ptr<NetworkStack> network_;
    LocalNetworks::Seen local_networks_;
    Front front_;
    std::vector<std::shared_ptr<Engine>> engines_;
    std::shared_ptr<Engine> prepared_;
    std::size_t prepared_listeners_ = 0;
    Listeners listeners_;
    Source newest_{*this};
    Mutex mailbox_mutex_;
    std::vector<std::function<void()>> mailbox_ WEND_GUARDED_BY(mailbox_mutex_);
    bool ended_ WEND_GUARDED_BY(mailbox_mutex_) = false;
    std::unique_ptr<UvWake> stop_;
    std::unique_ptr<UvWake> posted_;
    std::optional<Scope> keeping_;  // who follows the anchors' keys, where it is this worker
    std::optional<Scope> scope_;    // last: its tasks use what is above
};

}  // namespace wend
