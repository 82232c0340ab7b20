// How a new configuration takes the place of the one in force: read, prepare, swap, flush, resume.
// Each worker takes each step between two events of its loop, and nobody waits for another but with
// what the cache does not know.
#include "server/service/change.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include <spdlog/spdlog.h>

#include "server/service/change_plan.h"
#include "server/service/log_level.h"

namespace wend {
namespace {

// What one address is bound to keeps another socket of its port from being bound alone.
bool meet(const Endpoint& a, const Endpoint& b) {
    return a.port == b.port && a.ip.is_v4() == b.ip.is_v4() &&
           (a.ip == b.ip || a.ip.is_unspecified() || b.ip.is_unspecified());
}

std::vector<Endpoint> without(const std::vector<Endpoint>& all, const std::vector<Endpoint>& less) {
    std::vector<Endpoint> rest;
    std::ranges::copy_if(all, std::back_inserter(rest), [&less](const Endpoint& endpoint) {
        return std::ranges::find(less, endpoint) == less.end();
    });
    return rest;
}

}  // namespace

void Service::begin_next() {
    if (change_ != nullptr || wishes_.empty() || is_stopping_) {
        return;
    }
    Wish wish = std::move(wishes_.front());
    wishes_.pop_front();
    begin(std::move(wish));
}

void Service::begin(Wish wish) {
    change_ = std::make_unique<Change>();
    change_->wish = std::move(wish);
    events_.reading();
    auto wanted = wanted_by(*change_);
    if (!wanted) {
        end(std::move(wanted.error()));
        return;
    }
    change_->plan = change_plan(generation(), *wanted);
    keep_what_wants_a_restart(generation().config, wanted->config);
    change_->generation =
        make_generation(*wanted, stores_, wall_time_now(), random_, &generation());
    if (auto problem = bind_added()) {
        end({std::move(*problem)});
        return;
    }
    prepare();
}

// Where it leads back to is known when its turn has come: what waited before it has moved that.
std::expected<ReadConfig, std::vector<std::string>> Service::wanted_by(Change& change) {
    using Mistakes = std::vector<std::string>;
    if (change.wish.what == Wish::What::read) {
        return read_again_();
    }
    if (change.wish.what == Wish::What::go_back_unconfirmed && unconfirmed_) {
        change.back_to = unconfirmed_->former;
    } else if (change.wish.what == Wish::What::undo && generations_.size() > 1) {
        change.back_to = generations_[generations_.size() - 2];
    } else {
        return std::unexpected(Mistakes{"there is no generation before this one to go back to"});
    }
    return read_config_of(*change.back_to);
}

bool Service::is_ours(const Endpoint& where) const {
    const auto meets = [&where](const Endpoint& other) { return meet(where, other); };
    return std::ranges::any_of(generation().config.listen, meets) ||
           std::ranges::any_of(left_, meets, &std::pair<Endpoint, Instant>::first);
}

// A sentence if an address cannot be had.
std::optional<std::string> Service::bind_added() {
    const Instant now = workers_.front()->clock().now();
    std::erase_if(left_, [now](const auto& left) { return left.second <= now; });
    const std::vector<Endpoint>& before = generation().config.listen;
    const std::vector<Endpoint>& after = change_->generation->config.listen;
    const std::vector<Endpoint> added = without(after, before);
    for (const Endpoint& where : added) {
        for (const Channel channel : {Channel::udp, Channel::tcp}) {
            const auto free = is_ours(where) ? std::expected<void, ListenError>()
                                             : check_listenable(where, channel);
            if (!free && free.error().code != EADDRNOTAVAIL) {
                return to_text(free.error());
            }
        }
    }
    auto bound = sockets_.bind(added, stores_.workers);
    if (!bound) {
        return to_text(bound.error());
    }
    change_->added = std::move(*bound);
    for (const Endpoint& where : without(before, after)) {
        left_.emplace_back(where, now + 2 * leaving_time);
    }
    return std::nullopt;
}

void Service::on_each(std::function<void(std::size_t)> work, std::function<void()> after) {
    const auto left = std::make_shared<std::atomic<std::size_t>>(workers_.size());
    Worker& first = *workers_.front();
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->post([work, after, left, i, &first] {
            work(i);
            if (left->fetch_sub(1) == 1) {
                first.post(after);
            }
        });
    }
}

void Service::prepare() {
    change_->prepared.resize(workers_.size());
    on_each(
        [this](std::size_t i) {
            change_->prepared[i] =
                workers_[i]->prepare(change_->generation, std::move(change_->added[i]));
        },
        [this] { prepared(); });
}

void Service::prepared() {
    const auto failed =
        std::ranges::find_if(change_->prepared, [](const auto& prepared) { return !prepared; });
    if (failed != change_->prepared.end()) {
        const std::string why = failed->error();
        sockets_.drop(without(change_->generation->config.listen, generation().config.listen),
                      stores_.workers);
        on_each([this](std::size_t i) { workers_[i]->abandon(); }, [this, why] { end({why}); });
        return;
    }
    const Config& config = change_->generation->config;
    stores_.set_limits(config);
    set_log_level(config.log.level);
    const bool afresh = !change_->plan.flushes.empty();
    on_each([this, afresh](std::size_t i) { workers_[i]->swap(afresh); }, [this] { swapped(); });
}

void Service::swapped() {
    sockets_.drop(without(generation().config.listen, change_->generation->config.listen),
                  stores_.workers);
    keep_generation();
    change_->flushing.emplace(stores_, change_->plan.flushes);
    flush();
}

// What is undone is gone: to undo once more leads further back.
void Service::keep_generation() {
    const GenerationPtr before = in_force();
    if (const GenerationPtr& former = change_->back_to) {
        std::erase_if(generations_, [&former](const GenerationPtr& generation) {
            return generation->number >= former->number;
        });
        if (unconfirmed_ && former->number <= unconfirmed_->former->number) {
            unconfirmed_.reset();
        }
    }
    generations_.push_back(change_->generation);
    if (change_->wish.confirm_within && !unconfirmed_) {
        unconfirmed_.emplace(before);
    }
    const std::size_t kept = generation().config.reload.generations;
    while (generations_.size() > kept + 1) {  // ends: one goes each time
        generations_.pop_front();
    }
}

void Service::write_board(bool is_done) {
    const auto now = wall_time_now().time_since_epoch().count();
    board_.add(ProcessCounter::reloads);
    board_.set(Gauge::reload_time, static_cast<std::uint64_t>(now));
    board_.set(Gauge::reload_failed, is_done ? 0 : 1);
    board_.set(Gauge::generation, generation().number);
}

// A part in each turn of the loop: queries are answered in between.
void Service::flush() {
    if (change_->flushing->step()) {
        workers_.front()->post([this] { flush(); });
        return;
    }
    on_each([this](std::size_t i) { workers_[i]->resume(); }, [this] { end({}); });
}

void Service::end(std::vector<std::string> mistakes) {
    const std::unique_ptr<Change> change = std::move(change_);
    Reloaded reloaded{.generation = generation().number, .mistakes = std::move(mistakes)};
    reloaded.took = std::chrono::floor<Duration>(std::chrono::steady_clock::now() - change->began);
    if (reloaded.mistakes.empty()) {
        reloaded.plan = std::move(change->plan);
        reloaded.flushed = change->flushing->gone();
    }
    log_outcome(reloaded);
    if (change->wish.what == Wish::What::read || change->back_to != nullptr) {
        write_board(reloaded.mistakes.empty());
    }
    events_.in_force();
    if (reloaded.mistakes.empty() && change->wish.confirm_within) {
        wait_for_confirmation(*change->wish.confirm_within);
    } else if (unconfirmed_) {
        spdlog::warn("generation {} is not confirmed yet: unless it is, generation {} comes back",
                     generation().number, unconfirmed_->former->number);
    }
    change->wish.done(reloaded);
    // Not at once: many that fail would be one inside the other.
    workers_.front()->post([this] { begin_next(); });
}

}  // namespace wend
