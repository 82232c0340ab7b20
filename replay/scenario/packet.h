// The messages of a scenario as octets: what is written goes out, only the id, the question and the
// EDNS part follow the query.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/octets.h"
#include "dns/message.h"
#include "replay/scenario/scenario.h"

namespace wend::sim {

// Owner names are compressed, rdata is not. At most 65,535 octets: records that do not fit are left
// out.
std::vector<std::uint8_t> encode(const Packet& packet);

// Packet `index` of `entry` as the answer to `query`. The id always is the query's; a question that
// equals the query's but for letter case gets its spelling (FORMAT.md 5.3, 13.1).
std::vector<std::uint8_t> canned_answer(const Entry& entry, std::size_t index,
                                        const dns::Message& query, Dialect dialect);

// A client's query. Deckard's queries always carry EDNS with 4,096 octets.
std::vector<std::uint8_t> client_query(const Entry& entry, std::uint16_t id, Dialect dialect);

}  // namespace wend::sim
