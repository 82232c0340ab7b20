// Who may prove what: records with several signatures, true and false, of zones above, beside and
// below the one whose keys are to verify them, in every order.
#pragma once
#include <cstdint>

namespace wend::search {

struct SignerTally {
    std::uint64_t cases = 0;
    std::uint64_t faults = 0;
};

// For every zone, owner and next name of a small tree and every order of up to three signatures.
SignerTally search_signers();

}  // namespace wend::search
