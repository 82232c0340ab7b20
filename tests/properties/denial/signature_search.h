// Every (signer, label count, owner, wildcard source) to a depth of six labels: which name a
// signature was made over, and whether it may be tried at all (RFC 4035 5.3.1, 5.3.2).
#pragma once
#include <cstdint>

namespace wend::search {

struct SignatureTally {
    std::uint64_t cases = 0;
    std::uint64_t faults = 0;
};

SignatureTally search_signatures();

}  // namespace wend::search
