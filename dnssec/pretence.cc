#include "dnssec/pretence.h"

#include "base/check.h"

namespace wend::dnssec {
namespace {

thread_local constinit Pretence current{};

thread_local constinit bool is_pretending = false;

}  // namespace

PretenceScope::PretenceScope(const Pretence& pretence) {
    check(!is_pretending, "one scenario is replayed at a time");
    is_pretending = true;
    current = pretence;
}

PretenceScope::~PretenceScope() {
    is_pretending = false;
    current = {};
}

bool is_pretended(std::uint8_t algorithm) {
    const bool is_dsa = algorithm == 3 || algorithm == 6;
    const bool is_rsa_sha1 = algorithm == 5 || algorithm == 7;
    return (is_dsa && (current.dsa || current.sha1)) || (is_rsa_sha1 && current.sha1);
}

std::uint16_t pretended_nsec3_iterations_max() {
    return current.iterations_max;
}

bool is_any_date_pretended() {
    return current.any_date;
}

}  // namespace wend::dnssec
