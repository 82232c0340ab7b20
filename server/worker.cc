#include "server/worker.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "base/rounds.h"
#include "server/setup.h"

namespace wend {
namespace {

constexpr Duration drain_step = std::chrono::milliseconds(10);
// Questions that begin at once when they have waited for a change of the configuration.
constexpr std::size_t resumed_in_turn_max = 64;

}  // namespace

Task<Answer> Worker::Source::resolve(dns::Question question, ResolveOptions options) {
    const std::shared_ptr<Engine> engine = worker_.engines_.back();  // until it has answered
    AnswerSource& source = engine->source();
    co_return co_await source.resolve(std::move(question), options);
}

std::optional<Answer> Worker::Source::from_cache(const dns::Question& question,
                                                 ResolveOptions options) const {
    return worker_.engines_.back()->source().from_cache(question, options);
}

Worker::Worker(Stores& stores, WorkerBoard& board)
    : stores_(stores),
      board_(board),
      clock_(loop_),
      network_(std::make_unique<NetworkStack>(loop_, clock_, random_, stores.sandbox,
                                              stores.exchanges_max, &upstream_counts_)),
      listeners_(loop_, clock_, front_),
      stop_(std::make_unique<UvWake>(loop_, true, [this] { begin_to_drain(); })),
      posted_(std::make_unique<UvWake>(loop_, false, [this] { do_posted(); })),
      keeping_(std::in_place),
      scope_(std::in_place) {}

Worker::~Worker() = default;

std::expected<std::unique_ptr<Worker>, std::string> Worker::open(Stores& stores,
                                                                 GenerationPtr generation,
                                                                 std::vector<BoundSockets> sockets,
                                                                 WorkerBoard& board) {
    std::unique_ptr<Worker> worker(new Worker(stores, board));
    worker->engines_.push_back(worker->engine_for(generation));
    worker->look_at_networks();
    worker->front_.lead_to(worker->engine().serve());
    for (BoundSockets& bound : sockets) {
        auto added =
            worker->listeners_.add(std::move(bound), worker->tcp_options(worker->engine()));
        if (!added) {
            return std::unexpected(std::move(added.error()));
        }
    }
    return worker;
}

EngineWorld Worker::world() {
    return {.network = network_->top(),
            .clock = clock_,
            .random = random_,
            .board = board_,
            .local_networks = local_networks_,
            .busy = [this] { return clock_.busy(); }};
}

std::shared_ptr<Engine> Worker::engine_for(const GenerationPtr& generation) {
    if (generation->config.cpu_share.mode != policy::RateMode::off) {
        clock_.count_busy();
    }
    const Engine* const before = engines_.empty() ? nullptr : engines_.back().get();
    return std::make_shared<Engine>(world(), stores_, generation, before);
}

TcpListenerOptions Worker::tcp_options(Engine& engine) const {
    const Config::Tcp& config = engine.generation().config.tcp;
    TcpListenerOptions options;
    options.connections_max = config.clients;
    options.client_percent = config.client_percent;
    options.idle_max = config.idle;
    options.queries_in_flight_max = config.pipeline;
    options.order = engine.cpu();
    return options;
}

void Worker::run() {
    write_board();
    scope_->spawn(in_rounds(clock_, look_again_time, [this] { look_again(); }));
    keep_anchors();
    loop_.run();
    listeners_.note_connections(board_.stats, stores_.notes);
    // What may hold coroutine frames goes on the thread that made them.
    scope_.reset();
    keeping_.reset();
    end_all();
    listeners_.clear();
    prepared_.reset();
    engines_.clear();
    network_.reset();
    end_mailbox();
    stop_.reset();
}

void Worker::stop() {
    stop_->wake();
}

void Worker::post(std::function<void()> work) {
    const MutexLock lock(mailbox_mutex_);
    if (!ended_) {
        mailbox_.push_back(std::move(work));
        posted_->wake();
    }
}

void Worker::end_mailbox() {
    std::vector<std::function<void()>> never_done;
    const MutexLock lock(mailbox_mutex_);
    ended_ = true;
    never_done.swap(mailbox_);
    posted_.reset();
}

void Worker::do_posted() {
    std::vector<std::function<void()>> posted;
    {
        const MutexLock lock(mailbox_mutex_);
        posted.swap(mailbox_);
    }
    for (const auto& work : posted) {
        work();
    }
}

std::expected<void, std::string> Worker::prepare(const GenerationPtr& generation,
                                                 std::vector<BoundSockets> added) {
    try {
        engines_.reserve(engines_.size() + 1);
        prepared_ = engine_for(generation);
        for (BoundSockets& sockets : added) {
            auto served = listeners_.add(std::move(sockets), tcp_options(engine()));
            if (!served) {
                abandon();
                return served;
            }
            ++prepared_listeners_;
        }
    } catch (const std::bad_alloc&) {
        abandon();
        return std::unexpected("there is no memory for a second configuration");
    }
    return {};
}

void Worker::abandon() {
    prepared_.reset();
    listeners_.take_back(std::exchange(prepared_listeners_, 0), [this](const ReplySink& sink) {
        for (const auto& engine : engines_) {
            engine->serve().forget(sink);
        }
    });
}

void Worker::swap(bool afresh) {
    const Generation& before = engine().generation();
    const Generation& now = prepared_->generation();
    const bool other_trust = before.trust != now.trust;
    engines_.push_back(std::move(prepared_));
    prepared_listeners_ = 0;
    Serve& serve = engine().serve();
    front_.lead_to(serve);
    if (draining_) {
        serve.refuse_new();
    }
    listeners_.set_tcp_options(tcp_options(engine()));
    listeners_.keep_only(now.config.listen, clock_.now());
    if (afresh) {
        paused_ = true;
        serve.pause();
        take_over();
    }
    if (other_trust || afresh) {  // what they wait for may be wrong too
        keeping_.emplace();
    }
    if (other_trust) {
        keeps_anchors_ = false;
    }
    if (other_trust && !paused_) {
        keep_anchors();
    }
    end_old_engines();
}

void Worker::take_over() {
    try {
        for (auto old = engines_.begin(); old + 1 != engines_.end(); ++old) {
            engine().serve().take_over((*old)->serve().release());
        }
    } catch (const std::bad_alloc&) {
        spdlog::error(
            "there was no memory to ask anew for who waits: they are answered under the old "
            "configuration");
    }
}

void Worker::resume() {
    if (std::exchange(paused_, false)) {
        if (keeps_anchors_) {
            follow_anchors();
        } else {
            keep_anchors();
        }
    }
    go_on();
}

// Unless the next change has come meanwhile: then all waits for that one.
void Worker::go_on() {
    bool has_more = false;
    for (const auto& engine : engines_) {
        has_more = (!paused_ && engine->serve().resume(resumed_in_turn_max)) || has_more;
    }
    if (!has_more) {
        end_old_engines();  // at once: of many reloads in a row each would wait with some 300 KiB
        return;
    }
    try {
        post([this] { go_on(); });
    } catch (const std::bad_alloc&) {  // look_again() goes on with it
    }
}

// The first worker to come follows the anchors' keys for all.
void Worker::keep_anchors() {
    Trust& trust = *engine().generation().trust;
    if (trust.keeper && !trust.keeper_runs.exchange(true)) {
        keeps_anchors_ = true;
        follow_anchors();
    }
}

void Worker::follow_anchors() {
    AnchorKeeper& keeper = *engine().generation().trust->keeper;
    try {
        keeping_->spawn(keeper.signal_key_tags(newest_, clock_));
        keeping_->spawn(keeper.end_negative_anchors(clock_));
        for (std::size_t point = 0; point < keeper.followed(); ++point) {
            keeping_->spawn(keeper.follow_keys(point, newest_, clock_));
        }
    } catch (const std::bad_alloc&) {
        spdlog::error("there was no memory to follow the keys of the trust anchors (RFC 5011)");
    }
}

void Worker::begin_to_drain() {
    for (const auto& engine : engines_) {
        engine->serve().refuse_new();
    }
    if (std::exchange(draining_, true)) {
        return;
    }
    spdlog::debug("a worker ends, and there waits for it: {}",
                  counted(waiting(), "query", "queries"));
    try {
        scope_->spawn(drain());
    } catch (const std::bad_alloc&) {  // then it ends at once
        end_all();
        loop_.stop();
    }
}

std::size_t Worker::waiting() const {
    std::size_t waiting = 0;
    for (const auto& engine : engines_) {
        waiting += engine->serve().waiting();
    }
    return waiting;
}

void Worker::end_all() {
    for (const auto& engine : engines_) {
        engine->serve().end_all();
    }
}

// As long as anybody waits in any worker: the kernel goes on giving this one its share of the
// queries.
Task<void> Worker::drain() {
    const Instant deadline = clock_.now() + drain_time;
    while ((waiting() > 0 || stores_.places.taken() > 0) && clock_.now() < deadline) {
        const Instant next = clock_.now() + drain_step;
        co_await clock_.sleep_until(next);
    }
    end_all();
    loop_.stop();
}

void Worker::look_again() {
    write_board();  // first: it needs no memory
    for (const auto& engine : engines_) {
        engine->serve().look_again();
    }
    go_on();
    look_at_networks();
    end_old_engines();
    listeners_.note_connections(board_.stats, stores_.notes);
    listeners_.end_leaving(clock_.now(), [this](const ReplySink& sink) {
        for (const auto& engine : engines_) {
            engine->serve().forget(sink);
        }
    });
    say_limits(clock_.now());
    say_roots();
}

void Worker::write_board() {
    std::size_t questions = 0;
    for (const auto& engine : engines_) {
        questions += engine->serve().questions();
    }
    board_.stamp(clock_.now());
    board_.set(WorkerGauge::in_flight_questions, questions);
    board_.set(WorkerGauge::waiting_clients, waiting());
    board_.set(WorkerGauge::tcp_connections, listeners_.connections());
    board_.set(WorkerGauge::exchanges, network_->running());
    if (process_board_ != nullptr) {
        write_process_board(*process_board_);
    }
}

void Worker::write_process_board(ProcessBoard& board) {
    const Generation& generation = engine().generation();
    const cache::Statistics cache = stores_.cache.statistics();
    board.set(Gauge::cache_entries, cache.entries);
    board.set(Gauge::cache_bytes, cache.bytes);
    board.set(Gauge::cache_bytes_max, generation.config.cache.size);
    board.set(ProcessCounter::cache_evictions, cache.evictions);
    board.set(Gauge::span_bytes, stores_.spans.statistics().bytes);
    board.set(Gauge::places_taken, stores_.places.taken());
    board.set(Gauge::places_all, stores_.places.all());
    board.set(Gauge::generation, generation.number);
    board.set(Gauge::draining, draining_ ? 1 : 0);
    board.set(Gauge::clock_wrong,
              generation.trust->clock_watch.is_wrong(clock_.wall_now()) ? 1 : 0);
    board.set(Gauge::root_unreachable, generation.roots->is_unreachable() ? 1 : 0);
    const bool is_ready =
        generation.resolver.anchors == nullptr || generation.trust->anchors->get() != nullptr;
    board.set(Gauge::root_key_ready, is_ready ? 1 : 0);
}

// Nobody waits there, nor does who follows the anchors' keys.
void Worker::end_old_engines() {
    const auto is_over = [](const std::shared_ptr<Engine>& engine) {
        return engine.use_count() == 1 && engine->serve().waiting() == 0;
    };
    engines_.erase(std::remove_if(engines_.begin(), engines_.end() - 1, is_over),
                   engines_.end() - 1);
}

void Worker::look_at_networks() {
    const Config& config = engine().generation().config;
    if (!config.access.local_networks && !config.rate_limit.exempt_local_networks) {
        return;
    }
    try {
        stores_.local_networks.look(clock_.now());
        stores_.local_networks.refresh(local_networks_);
    } catch (const std::bad_alloc&) {  // what was seen before holds until the next look
    }
}

void Worker::say_limits(Instant now) {
    while (const auto line = stores_.notes.take_due(now)) {
        spdlog::info("{}", to_text(*line));
    }
}

void Worker::say_roots() {
    switch (engine().generation().roots->look(stores_.servers, clock_.now())) {
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

}  // namespace wend
