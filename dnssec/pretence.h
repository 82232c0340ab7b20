// What a replayed scenario may ask the validator to take for granted: the field's recorded answers
// are signed with algorithms that no provider offers any more, by keys that nobody has. Nothing but
// the replay of scenarios makes one.
#pragma once
#include <cstdint>

#include "dnssec/denial.h"

namespace wend::dnssec {

struct Pretence {
    bool sha1 = false;      // algorithms 3, 5, 6 and 7 are supported; each of their checks succeeds
    bool dsa = false;       // the same of algorithms 3 and 6
    bool any_date = false;  // signatures neither begin nor expire
    std::uint16_t iterations_max = nsec3_iterations_max;  // that NSEC3 records may ask for
};

// Holds on this thread for as long as it lives; not nested.
class PretenceScope {
  public:
    explicit PretenceScope(const Pretence& pretence);
    PretenceScope(const PretenceScope&) = delete;
    PretenceScope& operator=(const PretenceScope&) = delete;
    PretenceScope(PretenceScope&&) = delete;
    PretenceScope& operator=(PretenceScope&&) = delete;
    ~PretenceScope();
};

// True if checks with this algorithm succeed without being computed.
bool is_pretended(std::uint8_t algorithm);
bool is_any_date_pretended();
// nsec3_iterations_max where nothing is pretended.
std::uint16_t pretended_nsec3_iterations_max();

}  // namespace wend::dnssec
