// What is true of an answer: its content as sim/oracle reads it from the zones, and how far the
// zones' plan makes it secure. Nothing here has seen the validator.
#pragma once
#include <cstddef>
#include <string>

#include "dns/message.h"
#include "resolver/answer.h"
#include "sim/oracle.h"
#include "tests/properties/signed/signed_internet.h"

namespace wend::sim {

struct Truth {
    OracleAnswer content{};
    // All of it is signed up to the anchor, and none of it hangs on an opt-out span.
    bool secure = false;
    // That many RRsets of `content.aliases`, the first, are.
    std::size_t secure_links = 0;
    // An alias leads into what the malicious owner holds, or the name is his.
    bool is_owners = false;

    bool is_failure() const { return content.rcode == dns::Rcode::servfail; }
};

class TruthTeller {
  public:
    // `internet` outlives it.
    explicit TruthTeller(const SignedInternet& internet)
        : internet_(internet), oracle_(internet.servers()) {}

    Truth of(const dns::Question& question) const;

  private:
    bool is_secure(dns::NameView name, dns::Type type) const;
    bool has_own_nsec3(const SignedZone& zone, dns::NameView name) const;

    const SignedInternet& internet_;
    Oracle oracle_;
};

// Empty if the answer may be heard by a client with CD=0 whatever an attacker without keys does:
// what is secure is true or not there, and what is not is never called secure. Otherwise a
// sentence.
std::string fault_under_attack(const Answer& answer, const Truth& truth);

// Empty if the answer is the whole truth, AD included. Otherwise a sentence.
std::string fault_when_honest(const Answer& answer, const Truth& truth);

}  // namespace wend::sim
