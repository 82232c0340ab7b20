// Which canned answer a query gets: the ranges of a scenario and, in the Deckard dialect, its REPLY
// steps (FORMAT.md 8.3).
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "replay/network.h"
#include "replay/scenario/scenario.h"

namespace wend::sim {

struct CannedAnswer {
    const Entry* entry = nullptr;  // null: Deckard's SERVFAIL for what nobody wrote down
    std::vector<std::uint8_t> octets{};
    bool silent = false;  // do_not_answer
};

class ReplayServers {
  public:
    explicit ReplayServers(const Scenario& scenario) : scenario_(scenario) {}

    // Nothing: the query stays pending. Marks the entry used.
    std::optional<CannedAnswer> answer(const PendingQuery& query, std::uint32_t step);

    // Of the ranges, those that never answered a query; in file order.
    std::vector<const Entry*> unused() const;

  private:
    const Entry* last_range_first(const PendingQuery& query, std::uint32_t step) const;
    const Entry* first_range_only(const PendingQuery& query, std::uint32_t step);
    const Entry* matching(const std::vector<Entry>& entries, const PendingQuery& query) const;
    const Entry* reply_step(const PendingQuery& query, std::uint32_t step);
    bool is_known(const Endpoint& server) const;

    const Scenario& scenario_;
    std::set<const Entry*> used_;  // looked up, never iterated
};

}  // namespace wend::sim
