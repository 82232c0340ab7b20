#include "transport/shared_exchanges.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/room.h"
#include "base/undo.h"

namespace wend {

// One who waits for a shared exchange.
struct SharedExchanges::Asker {
    Exchange* exchange;
    Shared* shared;
    // None if it waits as long as the shared exchange does, as he who began it.
    std::optional<Task<void>> alarm{};
};

// One exchange of the inner network and those who wait for it.
struct SharedExchanges::Shared {
    Query query;
    std::uint64_t place = 0;  // in running_
    Instant deadline{};       // of the inner exchange
    Instant deadline_max{};
    Exchange* inner = nullptr;
    bool is_running = true;  // in running_, and not settling yet
    std::vector<std::unique_ptr<Asker>> askers{};
    std::optional<Task<void>> task{};
};

namespace {

// Both kinds of task here wait for the network or the clock, unless they could not ask it.
void begin(Task<void>& task) {
    task.start();
    if (task.done()) {
        throw std::bad_alloc();
    }
}

std::uint64_t flags_of(const Query& query) {
    const auto bit = [](bool set, unsigned place) { return std::uint64_t{set} << place; };
    return bit(query.recursion_desired, 0) | bit(query.checking_disabled, 1) | bit(query.edns, 2) |
           bit(query.dnssec_ok, 3) | std::uint64_t{std::to_underlying(query.channel)} << 4;
}

bool are_equal(const Query& a, const Query& b) {
    return a.server == b.server && a.question == b.question && flags_of(a) == flags_of(b);
}

}  // namespace

SharedExchanges::SharedExchanges(Network& inner, Clock& clock, const HashKey& key,
                                 ExchangeObserver* observer)
    : inner_(inner), clock_(clock), key_(key), observer_(observer) {}

SharedExchanges::~SharedExchanges() {
    check(asking_ == 0, "a network outlives its exchanges");
}

std::uint64_t SharedExchanges::hash_of(const Query& query) const {
    const dns::Question& question = query.question;
    const std::uint64_t asked = std::uint64_t{std::to_underlying(question.qtype)} << 32 |
                                std::uint64_t{std::to_underlying(question.qclass)} << 16 |
                                flags_of(query);
    return siphash(key_, query.server.ip.mapped(), query.server.port, false) ^
           dns::hash(key_, question.qname, asked);
}

std::uint64_t SharedExchanges::place_of(const Query& query) const {
    std::uint64_t place = hash_of(query);
    for (;; ++place) {  // ends: two hashes of 64 bits with a secret key hardly ever meet
        const auto found = running_.find(place);
        if (found == running_.end() || are_equal(found->second->query, query)) {
            return place;
        }
    }
}

void SharedExchanges::start(Exchange& exchange) {
    sweep();
    const auto [found, is_new] = running_.try_emplace(place_of(exchange.query()));
    Undo forget([this, begun = found] { running_.erase(begun); });
    if (is_new) {
        const Instant deadline_max = clock_.now() + patience_max;
        found->second =
            std::make_unique<Shared>(Shared{.query = exchange.query(),
                                            .place = found->first,
                                            .deadline = std::min(exchange.deadline(), deadline_max),
                                            .deadline_max = deadline_max});
        make_room(finished_, finished_.size() + running_.size());
    } else {
        forget.keep();
    }
    Shared& shared = *found->second;
    Asker& asker = join(shared, exchange);
    Undo leave([this, &asker] { take(asker); });
    if (is_new) {
        shared.task.emplace(run(shared));
        begin(*shared.task);
    }
    leave.keep();
    forget.keep();
    exchange.slot = &asker;
}

void SharedExchanges::set_alarm(Asker& asker) {
    if (!asker.alarm) {
        asker.alarm.emplace(watch(asker));
        Undo none([&asker] { asker.alarm.reset(); });
        begin(*asker.alarm);
        none.keep();
    }
}

// Whoever waited as long as the inner exchange does needs an alarm from now on.
void SharedExchanges::wait_for(Shared& shared, Instant deadline) {
    for (const auto& asker : shared.askers) {
        set_alarm(*asker);
    }
    shared.deadline = deadline;
    shared.inner->put_off(deadline);
}

SharedExchanges::Asker& SharedExchanges::join(Shared& shared, Exchange& exchange) {
    make_room(expired_, expired_.size() + asking_ + 1);
    make_room(shared.askers, shared.askers.size() + 1);
    const Instant deadline = std::min(exchange.deadline(), shared.deadline_max);
    if (deadline > shared.deadline) {
        wait_for(shared, deadline);
    }
    auto joining = std::make_unique<Asker>(&exchange, &shared);
    Asker& asker = *joining;
    if (deadline < shared.deadline) {
        set_alarm(asker);
    }
    shared.askers.push_back(std::move(joining));
    ++asking_;
    return asker;
}

void SharedExchanges::abandon(Exchange& exchange) noexcept {
    Asker& asker = *static_cast<Asker*>(exchange.slot);
    Shared& shared = *asker.shared;
    take(asker);
    if (shared.askers.empty() && shared.is_running) {
        take(shared);
    }
}

Task<void> SharedExchanges::run(Shared& shared) {
    auto exchange = inner_.exchange(shared.query, shared.deadline);
    shared.inner = &exchange;
    if (observer_ != nullptr) {
        observer_->on_query(shared.query);
    }
    const Reply reply = co_await exchange;
    if (observer_ != nullptr) {
        observer_->on_reply(shared.query, reply);
    }
    finished_.push_back(take(shared));  // before anyone can ask anew
    while (!shared.askers.empty()) {
        Exchange& waiting = *shared.askers.front()->exchange;
        take(*shared.askers.front());
        waiting.settle(reply);
    }
}

Task<void> SharedExchanges::watch(Asker& asker) {
    Exchange& waiting = *asker.exchange;
    auto sleep = clock_.sleep_until(waiting.deadline());
    co_await sleep;
    Shared& shared = *asker.shared;
    expired_.push_back(take(asker));
    if (shared.askers.empty() && shared.is_running) {
        take(shared);
    }
    waiting.settle(std::unexpected(NetError::timeout));
}

// What is taken and not kept is destroyed, and with it what it waits for.
std::unique_ptr<SharedExchanges::Shared> SharedExchanges::take(Shared& shared) noexcept {
    const auto place = running_.find(shared.place);
    auto taken = std::move(place->second);
    running_.erase(place);
    taken->is_running = false;
    return taken;
}

std::unique_ptr<SharedExchanges::Asker> SharedExchanges::take(Asker& asker) noexcept {
    auto& askers = asker.shared->askers;
    const auto place = std::ranges::find(askers, &asker, &std::unique_ptr<Asker>::get);
    auto taken = std::move(*place);
    askers.erase(place);
    --asking_;
    return taken;
}

void SharedExchanges::sweep() noexcept {
    std::erase_if(finished_, [](const auto& shared) { return shared->task->done(); });
    std::erase_if(expired_, [](const auto& asker) { return asker->alarm->done(); });
}

}  // namespace wend
