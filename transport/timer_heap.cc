#include "transport/timer_heap.h"

#include <utility>

namespace wend {

void TimerHeap::schedule(Timer& timer, Instant at) {
    cancel(timer);
    entries_.push_back({at, scheduled_++, &timer});
    timer.place_ = entries_.size() - 1;
    sift_up(timer.place_);
}

void TimerHeap::cancel(Timer& timer) noexcept {
    const std::size_t place = std::exchange(timer.place_, Timer::nowhere);
    if (place == Timer::nowhere) {
        return;
    }
    const Entry last = entries_.back();
    entries_.pop_back();
    if (place == entries_.size()) {
        return;
    }
    put(place, last);
    sift_up(place);
    sift_down(last.timer->place_);
}

std::optional<Instant> TimerHeap::next() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.front().at);
}

void TimerHeap::expire_due(Instant now) {
    const std::uint64_t before_this_call = scheduled_;
    while (!entries_.empty()) {
        const Entry first = entries_.front();
        if (first.at > now || first.order >= before_this_call) {
            return;
        }
        cancel(*first.timer);
        first.timer->expire();
    }
}

void TimerHeap::put(std::size_t place, const Entry& entry) {
    entries_[place] = entry;
    entry.timer->place_ = place;
}

void TimerHeap::sift_up(std::size_t place) {
    const Entry entry = entries_[place];
    while (place > 0) {
        const std::size_t parent = (place - 1) / 2;
        if (!before(entry, entries_[parent])) {
            break;
        }
        put(place, entries_[parent]);
        place = parent;
    }
    put(place, entry);
}

void TimerHeap::sift_down(std::size_t place) {
    const Entry entry = entries_[place];
    while (2 * place + 1 < entries_.size()) {
        std::size_t child = 2 * place + 1;
        if (child + 1 < entries_.size() && before(entries_[child + 1], entries_[child])) {
            ++child;
        }
        if (!before(entries_[child], entry)) {
            break;
        }
        put(place, entries_[child]);
        place = child;
    }
    put(place, entry);
}

}  // namespace wend
