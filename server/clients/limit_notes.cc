#include "server/clients/limit_notes.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/counted.h"

namespace wend {
namespace {

constexpr unsigned network_bits_v4 = 120;  // of the mapped form: a /24
constexpr unsigned network_bits_v6 = 56;

Prefix network_of(const IpAddress& client) {
    return {client, client.is_v4() ? network_bits_v4 : network_bits_v6};
}

std::string what(const LimitLine& line) {
    switch (line.reason) {
        case dns::Reason::connection_share:
        case dns::Reason::too_many_connections:
            return counted(line.count, "connection", "connections");
        case dns::Reason::cpu_share:
            return counted(line.count, "read put off", "reads put off");
        default:
            return counted(line.count, "query", "queries");
    }
}

}  // namespace

bool is_noted(dns::Reason reason) {
    using enum dns::Reason;
    switch (reason) {
        case client_not_allowed:
        case malformed_query:
        case response_as_query:
        case too_many_waiting:
        case client_share:
        case network_share:
        case zone_share:
        case rate_limited:
        case network_rate_limited:
        case connection_share:
        case too_many_connections:
        case cpu_share:
        case zone_overloaded:
        case out_of_memory:
            return true;
        default:
            return false;
    }
}

std::string to_text(const LimitLine& line) {
    return fmt::format("limit {}: {}, {} of them from {}: {}", dns::to_text(line.reason),
                       what(line), line.of_network, network_of(line.network).to_text(),
                       describe(line.reason));
}

// The least counted network gives way to a new one, which takes over its count: whoever had more
// than a share of all is among those that are left (Metwally's space-saving).
void LimitNotes::note(dns::Reason reason, const IpAddress& client, std::uint64_t times) {
    if (!is_noted(reason)) {
        return;
    }
    const IpAddress network = network_of(client).first();
    const std::scoped_lock lock(mutex_);
    Kind& kind = kinds_[std::to_underlying(reason)];
    kind.count += times;
    const auto known = std::ranges::find(kind.networks, network, &Network::first);
    const auto least = std::ranges::min_element(kind.networks, {}, &Network::count);
    Network& counted = known == kind.networks.end() ? *least : *known;
    counted.first = network;
    counted.count += times;
}

std::optional<LimitLine> LimitNotes::take_due(Instant now) {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
        Kind& kind = kinds_[i];
        const bool is_due = kind.count > 0 && (!kind.said || now - *kind.said >= limit_line_time);
        if (!is_due) {
            continue;
        }
        const auto most = std::ranges::max_element(kind.networks, {}, &Network::count);
        const LimitLine line{static_cast<dns::Reason>(i), kind.count, most->first, most->count};
        kind = {.said = now};
        return line;
    }
    return std::nullopt;
}

}  // namespace wend
