#include "sim/event_queue.h"

#include <algorithm>
#include <utility>

#include "base/room.h"

namespace wend::sim {

TimerId EventQueue::at(Instant time, Action action) {
    const TimerId id = ++last_id_;
    make_room(heap_, heap_.size() + 1);
    live_.insert(id);
    heap_.push_back(Event{std::max(time, now_), id, std::move(action)});
    std::ranges::push_heap(heap_, Later{});
    return id;
}

void EventQueue::cancel(TimerId id) noexcept {
    live_.erase(id);
}

bool EventQueue::step() {
    drop_cancelled();
    if (heap_.empty()) {
        return false;
    }
    std::ranges::pop_heap(heap_, Later{});
    Event event = std::move(heap_.back());
    heap_.pop_back();
    live_.erase(event.id);
    now_ = event.time;
    ++events_;
    event.action();
    return true;
}

bool EventQueue::run_until(Instant until, std::uint64_t events_max) {
    for (std::uint64_t done = 0;; ++done) {
        const std::optional<Instant> next = next_time();
        if (!next || *next > until) {
            now_ = std::max(now_, until);
            return true;
        }
        if (done == events_max) {
            return false;
        }
        step();
    }
}

std::optional<Instant> EventQueue::next_time() {
    drop_cancelled();
    if (heap_.empty()) {
        return std::nullopt;
    }
    return heap_.front().time;
}

void EventQueue::drop_cancelled() {
    while (!heap_.empty() && !live_.contains(heap_.front().id)) {
        std::ranges::pop_heap(heap_, Later{});
        heap_.pop_back();
    }
}

}  // namespace wend::sim
