// Carries out what a plan says is to be forgotten, a part at a time: whoever does it goes on
// serving in between.
#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "cache/selection.h"
#include "config/plan.h"
#include "server/stores.h"

namespace wend {

// Entries that are looked at in one step(): about a millisecond.
inline constexpr std::size_t flushed_in_step_max = 16'384;

// One thread at a time; others may use the stores.
class Flushing {
  public:
    // `stores` outlives it.
    Flushing(Stores& stores, const std::vector<Flush>& flushes);

    // True if there is more to do.
    bool step();

    // Entries of the cache that went, or are to be validated again.
    std::size_t gone() const { return gone_; }

  private:
    // A store that is gone through; `counts`: what it takes is an entry of the cache.
    struct Job {
        std::function<cache::Step(cache::Cursor)> step;
        bool counts = false;
    };

    void add(Stores& stores, const Flush& flush);
    void forget_failures(Stores& stores);

    std::vector<Job> jobs_;
    std::size_t at_ = 0;
    cache::Cursor cursor_{};
    std::size_t gone_ = 0;
};

}  // namespace wend
