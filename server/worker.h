// One worker: a thread's event loop with its clock, network, resolver and listeners. What
// all workers share is SharedState.
#pragma once
#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/durable_file.h"
#include "base/random.h"
#include "base/scope.h"
#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/server_memory.h"
#include "config/config.h"
#include "dnssec/trust_anchors.h"
#include "observe/board.h"
#include "policy/access.h"
#include "policy/local_zones.h"
#include "resolver/resolver.h"
#include "server/answer/guarded_source.h"
#include "server/answer/resolver_source.h"
#include "server/clients/cpu_share.h"
#include "server/clients/limit_notes.h"
#include "server/clients/local_networks.h"
#include "server/clients/places.h"
#include "server/keepers/anchor_keeper.h"
#include "server/keepers/clock_watch.h"
#include "server/keepers/root_watch.h"
#include "server/network_stack.h"
#include "server/serve.h"
#include "server/upstream_counts.h"
#include "transport/listener_tcp.h"
#include "transport/listener_udp.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"
#include "transport/uv_upstream.h"

namespace wend {

// A worker that is told to stop gives queries under way this long.
inline constexpr Duration drain_time = std::chrono::seconds(1);

// How many workers a process has: those of the configuration, or one for each core.
unsigned worker_count(const Config& config);

// What all workers of one process use. Any thread.
struct SharedState {
    SharedState(const Config& configuration, const ResolverOptions& resolver_options,
                const Sandbox* in_sandbox, Random& random);

    Config config;
    ResolverOptions resolver;
    const Sandbox* sandbox;                                        // null: the real internet
    std::size_t exchanges_max = UvNetworkOptions().exchanges_max;  // of each worker
    KernelFiles files;
    ClockWatch clock_watch;
    std::shared_ptr<dnssec::CurrentAnchors> anchors;  // the resolver's; holds null: no validation
    std::optional<AnchorKeeper> keeper;               // where names are validated
    std::atomic<bool> keeper_runs{false};             // on one of the workers
    policy::AccessList access;
    LocalNetworks local_networks;
    cache::Cache cache;
    cache::ServerMemory servers;
    cache::Failures failures;
    policy::RateLimiter rate_limiter;
    policy::Cookies cookies;
    cache::Spans spans;
    Places places;
    LimitNotes notes;
    RootWatch roots;
};

// Made and destroyed on one thread, run on another or the same.
class Worker {
  public:
    // Opens sockets on every address; port 0 lets the kernel choose. `shared` and `board`, which is
    // this worker's alone to write, outlive the worker.
    static std::expected<std::unique_ptr<Worker>, std::string> open(
        SharedState& shared, const std::vector<Endpoint>& listen, WorkerBoard& board);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    Worker(Worker&&) = delete;
    Worker& operator=(Worker&&) = delete;
    ~Worker();

    // With the ports that the kernel chose.
    std::vector<Endpoint> listening() const;

    // Serves until stop(). On its return nothing of it runs any more.
    void run();

    // From any thread, until run() has returned: who waits gets drain_time, then nothing.
    void stop();

    // Before run(), to one of them: it writes how the process stands. `board` outlives the worker.
    void keep_process_board(ProcessBoard& board) { process_board_ = &board; }

    // What limits did to clients, of all workers: a line for each kind that is due.
    void say_limits(Instant now);

    // For any thread.
    const Stats& stats() const { return board_.stats; }

    // For its own thread, and before run().
    UvLoop& loop() { return loop_; }

    UvClock& clock() { return clock_; }

  private:
    Worker(SharedState& shared, WorkerBoard& board);
    std::expected<void, std::string> listen_on(const Endpoint& where);
    std::expected<void, std::string> listen_once(const Endpoint& where);
    void begin_to_drain();
    Task<void> drain();
    void look_again();
    void look_at_networks();
    void keep_anchors();
    void note_connections();
    void say_roots();
    void post();
    void post_process(ProcessBoard& board);

    SharedState& shared_;
    WorkerBoard& board_;
    ProcessBoard* process_board_ = nullptr;  // null: another worker keeps it
    bool draining_ = false;
    Stats& stats_ = board_.stats;
    UvLoop loop_;
    UvClock clock_;
    KernelRandom random_;
    UpstreamCounts upstream_counts_{board_};
    std::unique_ptr<NetworkStack> network_;
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<ResolverSource> source_;
    std::unique_ptr<GuardedSource> guarded_;
    policy::LocalZones local_zones_;
    LocalNetworks::Seen local_networks_;
    std::optional<CpuShare> cpu_;  // where time is shared
    std::unique_ptr<Serve> serve_;
    std::vector<std::unique_ptr<UdpListener>> udp_;
    std::vector<std::unique_ptr<TcpListener>> tcp_;
    std::vector<TcpListenerCounts> noted_;  // of each: what is in stats_ already
    std::unique_ptr<UvWake> stop_;
    std::optional<Scope> scope_;  // last: its tasks use what is above
};

}  // namespace wend
