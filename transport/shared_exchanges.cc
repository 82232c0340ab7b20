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
    std::optional<Task<void>> alarm{};
};

// One exchange of the inner network and those who wait for it.
struct SharedExchanges::Shared {
    explicit Shared(const Query& asked) : query(asked) {}

    Query query;
    const Key* key = nullptr;  // in the map; null once it is settling
    std::vector<std::unique_ptr<Asker>> askers;
    std::optional<Task<void>> task;
};

namespace {

// Both kinds of task here wait for the network or the clock, unless they could not ask it.
void begin(Task<void>& task) {
    task.start();
    if (task.done()) {
        throw std::bad_alloc();
    }
}

}  // namespace

SharedExchanges::SharedExchanges(Network& inner, Clock& clock) : inner_(inner), clock_(clock) {}

SharedExchanges::~SharedExchanges() {
    check(asking_ == 0, "a network outlives its exchanges");
}

SharedExchanges::Key SharedExchanges::key_of(const Query& query) {
    const auto& question = query.question;
    const dns::Name qname = question.qname.lower_case();
    const auto bit = [](bool set, unsigned place) { return set ? 1U << place : 0U; };
    return {.server = query.server,
            .channel = query.channel,
            .type_and_class = (std::uint32_t{std::to_underlying(question.qtype)} << 16) |
                              std::to_underlying(question.qclass),
            .flags = static_cast<std::uint8_t>(bit(query.recursion_desired, 0) |
                                               bit(query.checking_disabled, 1) |
                                               bit(query.edns, 2) | bit(query.dnssec_ok, 3)),
            .qname = {qname.wire().begin(), qname.wire().end()}};
}

void SharedExchanges::start(Exchange& exchange) {
    sweep();
    const auto [place, is_new] = running_.try_emplace(key_of(exchange.query()));
    Undo forget([this, begun = place] { running_.erase(begun); });
    if (is_new) {
        place->second = std::make_unique<Shared>(exchange.query());
        place->second->key = &place->first;
        make_room(finished_, finished_.size() + running_.size());
    } else {
        forget.keep();
    }
    Shared& shared = *place->second;
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

SharedExchanges::Asker& SharedExchanges::join(Shared& shared, Exchange& exchange) {
    make_room(expired_, expired_.size() + asking_ + 1);
    auto joining = std::make_unique<Asker>(&exchange, &shared);
    Asker& asker = *joining;
    asker.alarm.emplace(watch(asker));
    begin(*asker.alarm);
    shared.askers.push_back(std::move(joining));
    ++asking_;
    return asker;
}

void SharedExchanges::abandon(Exchange& exchange) noexcept {
    Asker& asker = *static_cast<Asker*>(exchange.slot);
    Shared& shared = *asker.shared;
    take(asker);
    if (shared.askers.empty() && shared.key != nullptr) {
        take(shared);
    }
}

Task<void> SharedExchanges::run(Shared& shared) {
    const Instant deadline = clock_.now() + patience_max;
    auto exchange = inner_.exchange(shared.query, deadline);
    const Reply reply = co_await exchange;
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
    if (shared.askers.empty()) {
        take(shared);
    }
    waiting.settle(std::unexpected(NetError::timeout));
}

// What is taken and not kept is destroyed, and with it what it waits for.
std::unique_ptr<SharedExchanges::Shared> SharedExchanges::take(Shared& shared) noexcept {
    const auto place = running_.find(*std::exchange(shared.key, nullptr));
    auto taken = std::move(place->second);
    running_.erase(place);
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
