// An answer of the resolver beside the oracle's.
#pragma once
#include <string>

#include "resolver/answer.h"
#include "sim/oracle.h"

namespace wend::sim {

// Empty if both say the same: rcode, alias chain and data, in order; a failure is equal to any
// other failure. Otherwise a sentence.
std::string difference(const Answer& answer, const OracleAnswer& expected);

// Empty if no TTL of the answer is over that of the zone it came from. Otherwise a sentence.
std::string grown_ttl(const Answer& answer, const OracleAnswer& expected);

}  // namespace wend::sim
