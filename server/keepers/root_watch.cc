#include "server/keepers/root_watch.h"

#include <utility>

#include "dns/name.h"

namespace wend {
namespace {

bool is_heard_since(const cache::ServerRecord& record, const cache::ServerRecord& then) {
    const bool is_same = then.timeouts_in_a_row == 0 && then.known &&
                         record.smoothed_round_trip == then.smoothed_round_trip &&
                         record.variation == then.variation;
    return record.known && record.timeouts_in_a_row == 0 && !is_same;
}

}  // namespace

bool ended_at_the_root(const Answer& answer) {
    using enum dns::Reason;
    // Not a deadline: what was done before may have left the root no time at all.
    const bool is_nothing = answer.reason == no_server_answered || answer.reason == zone_silent ||
                            answer.reason == no_reachable_server || answer.reason == server_failure;
    return is_nothing && answer.zone == dns::Name();
}

RootWatch::RootWatch(std::vector<Endpoint> servers) : servers_(std::move(servers)) {}

void RootWatch::note(const Answer& answer) {
    if (answer.rcode == dns::Rcode::servfail && ended_at_the_root(answer)) {
        failed_.store(true, std::memory_order_relaxed);
    }
}

std::vector<cache::ServerRecord> RootWatch::records(const cache::ServerMemory& memory,
                                                    Instant now) const {
    std::vector<cache::ServerRecord> records;
    records.reserve(servers_.size());
    for (const Endpoint& server : servers_) {
        records.push_back(memory.find(server, dns::Name(), now));
    }
    return records;
}

bool RootWatch::is_unreachable() const {
    const std::scoped_lock lock(mutex_);
    return !then_.empty();
}

RootNews RootWatch::look(const cache::ServerMemory& memory, Instant now) {
    const bool failed = failed_.exchange(false, std::memory_order_relaxed);
    const std::scoped_lock lock(mutex_);
    if (then_.empty()) {
        if (!failed || (said_ && now - *said_ < root_line_time)) {
            return RootNews::none;
        }
        then_ = records(memory, now);
        if (then_.empty()) {
            return RootNews::none;
        }
        said_ = now;
        return RootNews::unreachable;
    }
    const std::vector<cache::ServerRecord> records_now = records(memory, now);
    for (std::size_t i = 0; i < then_.size(); ++i) {
        if (is_heard_since(records_now[i], then_[i])) {
            then_.clear();
            return RootNews::reachable_again;
        }
    }
    return RootNews::none;
}

}  // namespace wend
