#include "server/worker.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "base/rounds.h"
#include "resolver/root_hints.h"
#include "server/setup.h"

namespace wend {
namespace {

// Servers and failed questions that are remembered; about 48 octets each.
constexpr std::size_t servers_remembered = 65'536;
constexpr std::size_t failures_remembered = 65'536;
constexpr int ports_tried_max = 8;
constexpr Duration drain_step = std::chrono::milliseconds(10);

cache::Options cache_options(const Config& config, Random& random) {
    return {.bytes_max = config.cache.size,
            .ttl_min = config.cache.ttl_min,
            .ttl_max = config.cache.ttl_max,
            .negative_ttl_max = config.cache.negative_ttl_max,
            .key = HashKey::draw(random)};
}

cache::SpanOptions span_options(const Config& config, Random& random) {
    constexpr std::size_t share = 20;  // 5 % of the cache
    return {.bytes_max = config.cache.size / share,
            .ttl_max = config.cache.negative_ttl_max,
            .key = HashKey::draw(random)};
}

TcpListenerOptions tcp_options(const Config::Tcp& config) {
    TcpListenerOptions options;
    options.connections_max = config.clients;
    options.client_percent = config.client_percent;
    options.idle_max = config.idle;
    options.queries_in_flight_max = config.pipeline;
    return options;
}

ServeOptions serve_options(const Config& config, bool validates) {
    return {.identity = config.chaos.identity,
            .version = config.chaos.version,
            .in_flight = {.clients_max = config.waiting.clients,
                          .clients_per_address = config.waiting.per_address},
            .rate_mode = config.rate_limit.mode,
            .validates = validates};
}

std::vector<Endpoint> root_servers(const ResolverOptions& options) {
    return options.root_hints.empty() ? built_in_root_hints().addresses
                                      : options.root_hints.front().addresses;
}

}  // namespace

unsigned worker_count(const Config& config) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return config.workers == 0 ? cores : config.workers;
}

SharedState::SharedState(const Config& configuration, const ResolverOptions& resolver_options,
                         const Sandbox* in_sandbox, Random& random)
    : config(configuration),
      resolver(resolver_options),
      sandbox(in_sandbox),
      clock_watch(config.dnssec.check_clock && in_sandbox == nullptr),
      anchors(std::make_shared<dnssec::CurrentAnchors>(nullptr)),
      access(policy::with_loopback(config.access.allow)),
      cache(cache_options(config, random)),
      servers(servers_remembered, HashKey::draw(random)),
      failures(failures_remembered, HashKey::draw(random)),
      rate_limiter(config.rate_limit.limits, config.rate_limit.exempt, HashKey::draw(random)),
      cookies(HashKey::draw(random)),
      spans(span_options(config, random)),
      places(config.waiting.clients * worker_count(config), config.waiting.per_address,
             HashKey::draw(random)),
      roots(root_servers(resolver_options)) {
    if (config.upstream.cookies) {
        resolver.cookie_secret = HashKey::draw(random);
    }
    if (resolver.anchors == nullptr) {
        return;
    }
    const WallTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    keeper.emplace(config, *resolver.anchors->get(), now, files, *anchors, clock_watch);
    resolver.anchors = anchors;
}

Worker::Worker(SharedState& shared, WorkerBoard& board)
    : shared_(shared),
      board_(board),
      clock_(loop_),
      network_(std::make_unique<NetworkStack>(loop_, clock_, random_, shared.sandbox,
                                              shared.exchanges_max, &upstream_counts_)),
      local_zones_(configured_zones(shared.resolver)),
      stop_(std::make_unique<UvWake>(loop_, true, [this] { begin_to_drain(); })),
      scope_(std::in_place) {
    const World world{.network = network_->top(),
                      .clock = clock_,
                      .random = random_,
                      .cache = shared.cache,
                      .servers = shared.servers,
                      .failures = shared.failures,
                      .spans = &shared.spans};
    resolver_ = std::make_unique<Resolver>(world, shared.resolver);
    source_ = std::make_unique<ResolverSource>(*resolver_);
    const Guard guard{.anchors = *shared.anchors,
                      .clock_watch = shared.clock_watch,
                      .time_servers = shared.config.dnssec.time_servers,
                      .clock = clock_};
    guarded_ = std::make_unique<GuardedSource>(*source_, guard);
    look_at_networks();
    const Config& config = shared.config;
    if (config.cpu_share.mode != policy::RateMode::off) {
        clock_.count_busy();
        const CpuShareWorld share_world{.clock = clock_,
                                        .random = random_,
                                        .stats = stats_,
                                        .busy = [this] { return clock_.busy(); },
                                        .notes = &shared.notes};
        cpu_.emplace(share_world, config.cpu_share.mode, config.cpu_share.percent);
    }
    const ServeWorld serve_world{
        .source = *guarded_,
        .cache = shared.cache,
        .clock = clock_,
        .random = random_,
        .access = shared.access,
        .local_zones = local_zones_,
        .stats = stats_,
        .rate_limiter = &shared.rate_limiter,
        .cookies = config.cookies.answer ? &shared.cookies : nullptr,
        .local_networks = config.access.local_networks ? &local_networks_.networks : nullptr,
        .exempt_networks =
            config.rate_limit.exempt_local_networks ? &local_networks_.networks : nullptr,
        .places = &shared.places,
        .notes = &shared.notes,
        .roots = &shared.roots,
        .cpu = cpu_ ? &*cpu_ : nullptr,
        .response = &board_.response,
        .precise_now = &UvClock::precise_now};
    serve_ = std::make_unique<Serve>(serve_world,
                                     serve_options(config, shared.resolver.anchors != nullptr));
}

Worker::~Worker() = default;

std::expected<std::unique_ptr<Worker>, std::string> Worker::open(
    SharedState& shared, const std::vector<Endpoint>& listen, WorkerBoard& board) {
    std::unique_ptr<Worker> worker(new Worker(shared, board));
    for (const Endpoint& where : listen) {
        const auto opened = worker->listen_on(where);
        if (!opened) {
            return std::unexpected(opened.error());
        }
    }
    return worker;
}

std::expected<void, std::string> Worker::listen_on(const Endpoint& where) {
    std::expected<void, std::string> opened = listen_once(where);
    // The port that the kernel chose for UDP may be taken for TCP.
    for (int again = 0; !opened && where.port == 0 && again < ports_tried_max; ++again) {
        opened = listen_once(where);
    }
    return opened;
}

std::expected<void, std::string> Worker::listen_once(const Endpoint& where) {
    auto udp = UdpListener::open(loop_, where, *serve_);
    if (!udp) {
        return std::unexpected(to_text(udp.error()));
    }
    // The same port, where the kernel chose it.
    const Endpoint same = (*udp)->local();
    TcpListenerOptions over_tcp = tcp_options(shared_.config.tcp);
    over_tcp.order = cpu_ ? &*cpu_ : nullptr;
    auto tcp = TcpListener::open(loop_, clock_, same, *serve_, over_tcp);
    if (!tcp) {
        return std::unexpected(to_text(tcp.error()));
    }
    udp_.push_back(std::move(*udp));
    tcp_.push_back(std::move(*tcp));
    noted_.emplace_back();
    return {};
}

std::vector<Endpoint> Worker::listening() const {
    std::vector<Endpoint> endpoints;
    for (const auto& listener : udp_) {
        endpoints.push_back(listener->local());
    }
    return endpoints;
}

void Worker::run() {
    post();
    scope_->spawn(in_rounds(clock_, look_again_time, [this] { look_again(); }));
    keep_anchors();
    loop_.run();
    note_connections();
    // What may hold coroutine frames goes on the thread that made them.
    scope_.reset();
    serve_->end_all();
    udp_.clear();
    tcp_.clear();
    serve_.reset();
    guarded_.reset();
    source_.reset();
    resolver_.reset();
    network_.reset();
    stop_.reset();
}

// The first worker to run follows the anchors' keys for all.
void Worker::keep_anchors() {
    if (!shared_.keeper || shared_.keeper_runs.exchange(true)) {
        return;
    }
    AnchorKeeper& keeper = *shared_.keeper;
    scope_->spawn(keeper.signal_key_tags(*source_, clock_));
    scope_->spawn(keeper.end_negative_anchors(clock_));
    for (std::size_t point = 0; point < keeper.followed(); ++point) {
        scope_->spawn(keeper.follow_keys(point, *source_, clock_));
    }
}

void Worker::stop() {
    stop_->wake();
}

void Worker::begin_to_drain() {
    serve_->refuse_new();
    if (std::exchange(draining_, true)) {
        return;
    }
    spdlog::debug("a worker ends, and there waits for it: {}",
                  counted(serve_->waiting(), "query", "queries"));
    try {
        scope_->spawn(drain());
    } catch (const std::bad_alloc&) {  // then it ends at once
        serve_->end_all();
        loop_.stop();
    }
}

void Worker::look_again() {
    post();  // first: it needs no memory
    serve_->look_again();
    look_at_networks();
    note_connections();
    say_limits(clock_.now());
    say_roots();
}

void Worker::post() {
    board_.stamp(clock_.now());
    std::size_t connections = 0;
    for (const auto& listener : tcp_) {
        connections += listener->connections();
    }
    board_.set(WorkerGauge::in_flight_questions, serve_->questions());
    board_.set(WorkerGauge::waiting_clients, serve_->waiting());
    board_.set(WorkerGauge::tcp_connections, connections);
    board_.set(WorkerGauge::exchanges, network_->running());
    if (process_board_ != nullptr) {
        post_process(*process_board_);
    }
}

void Worker::post_process(ProcessBoard& board) {
    const cache::Statistics cache = shared_.cache.statistics();
    board.set(Gauge::cache_entries, cache.entries);
    board.set(Gauge::cache_bytes, cache.bytes);
    board.set(Gauge::cache_bytes_max, shared_.config.cache.size);
    board.set(ProcessCounter::cache_evictions, cache.evictions);
    board.set(Gauge::span_bytes, shared_.spans.statistics().bytes);
    board.set(Gauge::places_taken, shared_.places.taken());
    board.set(Gauge::places_all, shared_.places.all());
    board.set(Gauge::draining, draining_ ? 1 : 0);
    board.set(Gauge::root_unreachable, shared_.roots.is_unreachable() ? 1 : 0);
    board.set(Gauge::clock_wrong, shared_.clock_watch.is_wrong(clock_.wall_now()) ? 1 : 0);
    const bool is_ready = shared_.resolver.anchors == nullptr || shared_.anchors->get() != nullptr;
    board.set(Gauge::root_key_ready, is_ready ? 1 : 0);
}

void Worker::look_at_networks() {
    if (!shared_.config.access.local_networks && !shared_.config.rate_limit.exempt_local_networks) {
        return;
    }
    try {
        shared_.local_networks.look(clock_.now());
        shared_.local_networks.refresh(local_networks_);
    } catch (const std::bad_alloc&) {  // what was seen before holds until the next look
    }
}

// The listeners know no counters of ours.
void Worker::note_connections() {
    for (std::size_t i = 0; i < tcp_.size(); ++i) {
        const TcpListenerCounts& counts = tcp_[i]->counts();
        const std::uint64_t share = counts.refused_share - noted_[i].refused_share;
        const std::uint64_t full = counts.refused - noted_[i].refused - share;
        for (const auto& [reason, times] : {std::pair{dns::Reason::connection_share, share},
                                            std::pair{dns::Reason::too_many_connections, full}}) {
            if (times > 0) {
                stats_.add_reason(reason, times);
                shared_.notes.note(reason, counts.refused_last, times);
            }
        }
        noted_[i] = counts;
    }
}

void Worker::say_limits(Instant now) {
    while (const auto line = shared_.notes.take_due(now)) {
        spdlog::info("{}", to_text(*line));
    }
}

void Worker::say_roots() {
    switch (shared_.roots.look(shared_.servers, clock_.now())) {
        case RootNews::unreachable:
            spdlog::warn("no root server can be reached");
            break;
        case RootNews::reachable_again:
            spdlog::info("root servers can be reached again");
            break;
        case RootNews::none:
            break;
    }
}

Task<void> Worker::drain() {
    const Instant deadline = clock_.now() + drain_time;
    while (serve_->waiting() > 0 && clock_.now() < deadline) {
        const Instant next = clock_.now() + drain_step;
        co_await clock_.sleep_until(next);
    }
    serve_->end_all();
    loop_.stop();
}

}  // namespace wend
