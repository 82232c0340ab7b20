// The client query's budget as the validator sees it.
#pragma once
#include "dnssec/verdict.h"
#include "resolver/budget.h"

namespace wend {

class BudgetMeter final : public dnssec::Meter {
  public:
    // Both outlive it.
    explicit BudgetMeter(Budget& budget, dnssec::SignatureMemory* memory = nullptr)
        : budget_(budget), memory_(memory) {}

    bool spend_signature() override { return budget_.spend_signature(); }

    bool spend_failure() override { return budget_.spend_signature_failure(); }

    bool spend_nsec3_blocks(int blocks) override { return budget_.spend_nsec3_blocks(blocks); }

    dnssec::SignatureMemory* memory() override { return memory_; }

  private:
    Budget& budget_;
    dnssec::SignatureMemory* memory_;
};

// For what is tried on the chance that the cache knows the answer: it verifies nothing, and leaves
// at least half of the query's NSEC3 blocks to what the answer itself needs. To run out of it ends
// the attempt and not the query.
class SpareMeter final : public dnssec::Meter {
  public:
    // `budget` outlives it.
    explicit SpareMeter(Budget& budget) : budget_(budget) {}

    bool spend_signature() override { return false; }

    bool spend_failure() override { return false; }

    bool spend_nsec3_blocks(int blocks) override {
        const bool is_spare = budget_.nsec3_blocks_spent() + blocks <= nsec3_blocks_max / 2;
        return is_spare && budget_.spend_nsec3_blocks(blocks);
    }

  private:
    Budget& budget_;
};

}  // namespace wend
