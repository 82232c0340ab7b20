// What a check of the DNSSEC comes to, and what it may cost.
#pragma once
#include "dns/reason.h"
#include "dnssec/signature_memory.h"

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
    // One that did not hold after all, or a key that cannot be read: honest data has few of them
    // and KeyTrap has nothing else (CVE-2023-50387, CVE-2025-8677).
    virtual bool spend_failure() = 0;
    virtual bool spend_nsec3_blocks(int blocks) = 0;

    // A signature that is known to hold costs nothing. Null: each is verified.
    virtual SignatureMemory* memory() { return nullptr; }
};

inline constexpr int signatures_per_reply_max = 16;  // verifications for one server's reply

// One reply's share of the query's meter: no single reply takes it all (KeyTrap).
class ReplyMeter final : public Meter {
  public:
    // `query` outlives it.
    explicit ReplyMeter(Meter& query) : query_(query) {}

    bool spend_signature() override {
        if (signatures_left_ == 0 || !take(query_.spend_signature())) {
            return false;
        }
        --signatures_left_;
        return true;
    }

    bool spend_failure() override { return take(query_.spend_failure()); }

    bool spend_nsec3_blocks(int blocks) override { return take(query_.spend_nsec3_blocks(blocks)); }

    SignatureMemory* memory() override { return query_.memory(); }

    // True if it was the query's own meter that ran out: that says nothing of the zone.
    bool query_is_spent() const { return query_is_spent_; }

  private:
    bool take(bool taken) {
        query_is_spent_ = query_is_spent_ || !taken;
        return !query_is_spent_;
    }

    Meter& query_;
    int signatures_left_ = signatures_per_reply_max;
    bool query_is_spent_ = false;
};

}  // namespace wend::dnssec
