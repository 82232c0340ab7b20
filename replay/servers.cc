#include "replay/servers.h"

#include <algorithm>
#include <ranges>

#include "replay/compare.h"
#include "replay/scenario/packet.h"

namespace wend::sim {

namespace {

std::vector<std::uint8_t> server_failure(const dns::Message& query) {
    Entry entry;
    Packet& packet = entry.packets.emplace_back();
    packet.header.qr = true;
    packet.rcode = dns::Rcode::servfail;
    entry.adjust.copy_query = true;
    return canned_answer(entry, 0, query, Dialect::deckard);
}

}  // namespace

std::optional<CannedAnswer> ReplayServers::answer(const PendingQuery& query, std::uint32_t step) {
    const bool deckard = scenario_.dialect == Dialect::deckard;
    const Entry* entry = deckard ? first_range_only(query, step) : last_range_first(query, step);
    if (entry == nullptr) {
        if (!deckard) {
            return std::nullopt;
        }
        return CannedAnswer{.octets = server_failure(query.message)};
    }
    used_.insert(entry);
    CannedAnswer answer{.entry = entry, .silent = entry->adjust.do_not_answer};
    if (!answer.silent) {
        answer.octets = canned_answer(*entry, 0, query.message, scenario_.dialect);
    }
    return answer;
}

std::vector<const Entry*> ReplayServers::unused() const {
    std::vector<const Entry*> entries;
    for (const Range& range : scenario_.ranges) {
        for (const Entry& entry : range.entries) {
            if (!used_.contains(&entry)) {
                entries.push_back(&entry);
            }
        }
    }
    return entries;
}

const Entry* ReplayServers::matching(const std::vector<Entry>& entries,
                                     const PendingQuery& query) const {
    const Observed observed{.message = query.message, .channel = query.channel, .is_answer = false};
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) {
        return !difference(entry, observed, scenario_.dialect);
    });
    return found == entries.end() ? nullptr : &*found;
}

// Unbound: the last range of the file has priority, and one without a match passes the query on.
const Entry* ReplayServers::last_range_first(const PendingQuery& query, std::uint32_t step) const {
    for (const Range& range : std::views::reverse(scenario_.ranges)) {
        if (!range.covers(step) || !range.serves(query.server)) {
            continue;
        }
        if (const Entry* entry = matching(range.entries, query)) {
            return entry;
        }
    }
    return nullptr;
}

// Deckard: only the first range that covers the step and the address is asked, then REPLY steps.
const Entry* ReplayServers::first_range_only(const PendingQuery& query, std::uint32_t step) {
    const bool known = is_known(query.server);
    for (const Range& range : scenario_.ranges) {
        if (range.covers(step) && (!known || range.serves(query.server))) {
            return matching(range.entries, query);
        }
    }
    return reply_step(query, step);
}

// One shot each.
const Entry* ReplayServers::reply_step(const PendingQuery& query, std::uint32_t step) {
    const Observed observed{.message = query.message, .channel = query.channel, .is_answer = false};
    for (const Step& reply : scenario_.steps) {
        if (reply.type == StepType::reply && reply.number >= step &&
            !used_.contains(&*reply.entry) &&
            !difference(*reply.entry, observed, scenario_.dialect)) {
            return &*reply.entry;
        }
    }
    return nullptr;
}

bool ReplayServers::is_known(const Endpoint& server) const {
    return std::ranges::any_of(scenario_.ranges, [&](const Range& range) {
        return std::ranges::find(range.addresses, server) != range.addresses.end();
    });
}

}  // namespace wend::sim
