#include "policy/effort.h"

#include <algorithm>

namespace wend::policy {
namespace {

// What one window can say of a unit's worth, and what it takes to say anything.
constexpr double worth_min = 0.2;
constexpr double worth_max = 20;
constexpr double worth_kept = 0.5;        // of what others said before
constexpr unsigned telling_percent = 10;  // of the window

enum Kind : std::uint8_t { of_client, of_network };

IpAddress prefix_of(const IpAddress& client, unsigned v4_bits, unsigned v6_bits) {
    return Prefix(client, client.is_v4() ? v4_bits : v6_bits).first();
}

// Prefixes of the mapped form, for IPv4.
IpAddress client_of(const IpAddress& address) {
    return prefix_of(address, 128, 64);
}

IpAddress network_of(const IpAddress& address) {
    return prefix_of(address, 120, 56);
}

constexpr bool is_at_least(Duration part, unsigned percent, Duration whole) {
    return part.count() * 100 >= whole.count() * percent;
}

}  // namespace

Effort::Effort(unsigned client_percent, const HashKey& key)
    : client_percent_(client_percent), key_(key), sets_(std::make_unique<Set[]>(entries / ways)) {}

void Effort::LastTwo::note(const IpAddress& who, Instant now) {
    if (who != last) {
        other_at = last_at;
        last = who;
    }
    last_at = now;
}

bool Effort::has_asked_lately(const LastTwo& others, Instant now) const {
    return now - std::max(others.other_at, unproved_at_) <= neighbour_memory;
}

// Its own entry, else the one that owes least: who owes much cannot be driven out by those who
// owe little.
Effort::Entry& Effort::entry_of(const IpAddress& prefix, std::uint64_t kind, Instant now) {
    const std::uint64_t hash = siphash(key_, prefix.mapped(), kind, false);
    Set& set = sets_[hash % (entries / ways)];
    const auto own = std::ranges::find(set.entries, hash, &Entry::tag);
    if (own != set.entries.end()) {
        return *own;
    }
    Entry& chosen = *std::ranges::min_element(set.entries, {}, &Entry::paid_at);
    chosen = {hash, now};
    return chosen;
}

std::uint64_t Effort::units_in(Duration time) const {
    return static_cast<std::uint64_t>(static_cast<double>(time.count()) / worth_);
}

void Effort::debit(const IpAddress& client, std::uint64_t units, Instant now) {
    const double cost = static_cast<double>(units) * worth_;
    const auto add = [&](Entry& entry, unsigned percent) {
        const Duration time(static_cast<Duration::rep>(cost * 100 / percent));
        entry.paid_at = std::min(std::max(entry.paid_at, now) + time, now + effort_debt_max);
    };
    add(entry_of(client_of(client), of_client, now), client_percent_);
    add(entry_of(network_of(client), of_network, now),
        std::max(client_percent_, effort_network_percent));
}

void Effort::end_turn(Instant now) {
    if (turn_.units > 0) {
        debit(turn_.client, turn_.units, now);
    }
    turn_.units = 0;
}

void Effort::count(std::uint64_t units, Instant now) {
    window_.units += units;
    loop_turn_.units = loop_turn_.at == now ? loop_turn_.units + units : units;
    loop_turn_.at = now;
    if (loop_turn_.units >= units_in(long_turn)) {
        pressed_until_ = std::max(pressed_until_, now + long_turn_memory);
    }
}

void Effort::charge_unproved(std::uint64_t units, Instant now) {
    count(units, now);
}

void Effort::charge(const IpAddress& client, std::uint64_t units, Instant now) {
    count(units, now);
    if (client == turn_.client) {
        turn_.units += units;
    } else {
        debit(client, units, now);
    }
}

Instant Effort::may_read_at(const IpAddress& client, Instant now) {
    end_turn(now);
    turn_ = {.client = client, .units_max = units_in(long_turn)};
    const IpAddress own = client_of(client);
    const IpAddress network = network_of(client);
    clients_.note(own, now);
    networks_.note(network, now);
    if (!is_pressed(now) || !has_asked_lately(clients_, now)) {
        return now;
    }
    turn_.units_max = units_in(effort_turn_max);
    Instant paid_at = entry_of(own, of_client, now).paid_at;
    if (has_asked_lately(networks_, now)) {
        paid_at = std::max(paid_at, entry_of(network, of_network, now).paid_at);
    }
    return std::max(now, paid_at - effort_ahead_max);
}

void Effort::look(Duration busy, Instant now) {
    const Duration time = now - window_.began;
    if (time < effort_window) {
        return;
    }
    const Duration part = busy - window_.busy;
    if (is_at_least(part, pressure_percent, time)) {
        pressed_until_ = now + pressure_memory;
    }
    if (window_.units > 0 && is_at_least(part, telling_percent, time)) {
        const double measured =
            static_cast<double>(part.count()) / static_cast<double>(window_.units);
        const double kept = is_measured_ ? worth_kept : 0;
        worth_ = std::clamp(worth_ * kept + measured * (1 - kept), worth_min, worth_max);
        is_measured_ = true;
    }
    window_ = {.began = now, .busy = busy};
}

}  // namespace wend::policy
