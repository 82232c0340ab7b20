// The client query's budget as the validator sees it.
#pragma once
#include "dnssec/verdict.h"
#include "resolver/budget.h"

namespace wend {

class BudgetMeter final : public dnssec::Meter {
  public:
    // `budget` outlives it.
    explicit BudgetMeter(Budget& budget) : budget_(budget) {}

    bool spend_signature() override { return budget_.spend_signature(); }

    bool spend_nsec3_blocks(int blocks) override { return budget_.spend_nsec3_blocks(blocks); }

  private:
    Budget& budget_;
};

}  // namespace wend
