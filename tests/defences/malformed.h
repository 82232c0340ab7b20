// The forty kinds of malformed message that docs/defences.md lists under F2, made as replies to a
// query or as queries of a client.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace wend::defences {

struct Malformed {
    int kind = 0;  // 1 to 40
    std::string_view what;
    std::vector<std::uint8_t> octets;
};

// Each kind at least once, with the query's id and its question (where the kind has one), and a
// forged address where there is room for an answer. `query` is well formed.
std::vector<Malformed> malformed_replies(Octets query);

// The same kinds as a client may send them: RD set, QR only where the kind says so.
std::vector<Malformed> malformed_queries();

}  // namespace wend::defences
