// QNAME minimisation (RFC 9156, relaxed): how much of the name the next server gets to see.
#pragma once
#include <cstddef>
#include <cstdint>

#include "dns/message.h"

namespace wend {

inline constexpr std::size_t minimised_steps_max = 10;  // RFC 9156 2.3, MAX_MINIMISE_COUNT
inline constexpr std::size_t one_label_steps_max = 4;   // RFC 9156 2.3, MINIMISE_ONE_LAB

// Of a name that begins with an IPv6 address, below one zone: then the rest at once, so that one
// more name of a network costs three queries and not ten.
inline constexpr std::size_t address_steps_per_zone_max = 2;

// How many labels of a name of `total` to show once `shown` are known not to help: one more of the
// first four, then as many as spread the rest evenly. No matter where a walk began it stops at the
// same places, so that what another learnt there can be used (RFC 9156 2.3).
std::size_t labels_to_show(std::size_t shown, std::size_t total);

// The same where the first labels are an IPv6 address, a digit each (RFC 3596 2.5, RFC 5782 2.4):
// where delegations are usual, at /16, /32, /48, /56 and /64, and then all.
std::size_t labels_of_address_to_show(std::size_t shown, std::size_t total);

// Whether its first 32 labels are one hexadecimal digit each.
bool begins_with_ipv6_address(dns::NameView name);

// The state of one walk.
class Minimiser {
  public:
    // `zone_labels`: of the zone that the walk begins in. `type`: of what is asked on the way.
    Minimiser(const dns::Question& question, std::size_t zone_labels, bool enabled,
              dns::Type type = dns::Type::a);

    // What to ask: that type at an ancestor of qname (RFC 9156 2.1), or the question itself.
    dns::Question next() const;

    bool is_full() const { return next_labels_ >= total_; }

    void count_query();

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
    std::size_t labels_to_show_next() const;

    const dns::Question& question_;
    std::size_t total_;
    std::size_t shown_;
    std::size_t next_labels_ = 0;
    std::uint8_t steps_ = 0;
    std::uint8_t address_steps_ = 0;  // in the zone that the walk is in
    dns::Type type_;
    bool enabled_;
    bool is_address_;
};

}  // namespace wend
