// QNAME minimisation (RFC 9156, relaxed): how much of the name the next server gets to see.
#pragma once
#include <cstddef>

#include "dns/message.h"

namespace wend {

inline constexpr std::size_t minimised_steps_max = 10;  // RFC 9156 2.3, MAX_MINIMISE_COUNT
inline constexpr std::size_t one_label_steps_max = 4;   // RFC 9156 2.3, MINIMISE_ONE_LAB

// How many labels of a name of `total` to show once `shown` are known not to help, after `steps`
// minimised queries: one more in the first four steps, then as many as spread the rest evenly.
std::size_t labels_to_show(std::size_t shown, std::size_t total, std::size_t steps);

// The state of one walk.
class Minimiser {
  public:
    // `zone_labels`: of the zone that the walk begins in. `type`: of what is asked on the way.
    Minimiser(const dns::Question& question, std::size_t zone_labels, bool enabled,
              dns::Type type = dns::Type::a);

    // What to ask: that type at an ancestor of qname (RFC 9156 2.1), or the question itself.
    dns::Question next() const;

    bool is_full() const { return next_labels_ >= total_; }

    void count_query() { ++steps_; }

    // There is no zone cut at the name asked: show more.
    void show_more();
    // A referral led into a zone of so many labels.
    void enter(std::size_t zone_labels);

    // Something odd came back: show all from here on (RFC 9156 2.3, 3).
    void give_up() {
        enabled_ = false;
        plan();
    }

  private:
    void plan();

    const dns::Question& question_;
    std::size_t total_;
    std::size_t shown_;
    std::size_t steps_ = 0;
    std::size_t next_labels_ = 0;
    dns::Type type_;
    bool enabled_;
};

}  // namespace wend
