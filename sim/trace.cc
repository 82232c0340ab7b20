#include "sim/trace.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace wend::sim {

std::string_view to_text(PacketEvent event) {
    switch (event) {
        case PacketEvent::query:
            return "query";
        case PacketEvent::reply:
            return "reply";
        case PacketEvent::discarded:
            return "discarded";
        case PacketEvent::late:
            return "late";
        case PacketEvent::failed:
            return "failed";
        case PacketEvent::timeout:
            return "timeout";
        case PacketEvent::abandoned:
            return "abandoned";
    }
    std::unreachable();
}

std::string to_text(const TraceEntry& entry) {
    constexpr std::int64_t second = 1'000'000;
    const std::int64_t time_us = entry.time.time_since_epoch().count();
    return fmt::format("{}.{:06} {} {} {} {}", time_us / second, time_us % second,
                       to_text(entry.event), entry.exchange, entry.server.to_text(),
                       wend::to_text(entry.channel));
}

void Trace::note(const TraceEntry& entry, Octets message) {
    mix(static_cast<std::uint64_t>(entry.time.time_since_epoch().count()));
    mix(static_cast<std::uint64_t>(entry.event));
    mix(entry.exchange);
    mix(static_cast<std::uint64_t>(entry.channel));
    mix(entry.server.port);
    for (const std::uint8_t octet : entry.server.ip.mapped()) {
        mix(octet);
    }
    for (const std::uint8_t octet : message) {
        mix(octet);
    }
    last_[noted_++ % kept] = entry;
    if (observer_ != nullptr) {
        observer_->on_packet(entry, message);
    }
}

std::string Trace::last_events() const {
    std::string text;
    for (std::uint64_t i = noted_ - std::min<std::uint64_t>(noted_, kept); i < noted_; ++i) {
        text += to_text(last_[i % kept]);
        text += '\n';
    }
    return text;
}

}  // namespace wend::sim
