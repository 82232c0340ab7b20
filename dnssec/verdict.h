// What a check of the DNSSEC comes to, and what it may cost.
#pragma once
#include "dns/reason.h"

namespace wend::dnssec {

// The validator's view of the client query's budget: each call takes what it names and says whether
// it may be done. Once false, always false.
class Meter {
  public:
    Meter() = default;
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;
    Meter(Meter&&) = delete;
    Meter& operator=(Meter&&) = delete;
    virtual ~Meter() = default;
    virtual bool spend_signature() = 0;
    virtual bool spend_nsec3_blocks(int blocks) = 0;
};

}  // namespace wend::dnssec
