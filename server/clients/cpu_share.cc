#include "server/clients/cpu_share.h"

#include <vector>

namespace wend {
namespace {

namespace effort = policy::effort;

std::uint64_t signatures_in(const std::vector<dns::RRset>& sets) {
    std::uint64_t count = 0;
    for (const dns::RRset& set : sets) {
        count += set.signatures().size();
    }
    return count;
}

}  // namespace

// What a failure cost does not show: as much as a query may, for one that failed by what it found.
// Silent servers cost little.
std::uint64_t effort_of(const Answer& answer) {
    const bool ran_out = dns::is_limit(answer.reason) &&
                         answer.reason != dns::Reason::deadline_passed &&
                         answer.reason != dns::Reason::zone_overloaded;
    if (dns::is_bogus(answer.reason) || ran_out) {
        return effort::failure;
    }
    return effort::signature * (signatures_in(answer.answer) + signatures_in(answer.authority));
}

CpuShare::CpuShare(const CpuShareWorld& world, policy::RateMode mode, unsigned client_percent)
    : world_(world),
      enforces_(mode == policy::RateMode::enforce),
      effort_(client_percent, HashKey::draw(world.random)) {}

// Datagrams that the cache answers are not charged one by one: that would be felt by each.
Instant CpuShare::may_read_at(const IpAddress& client) {
    const Instant now = world_.clock.now();
    const std::uint64_t datagrams = world_.stats.get(Counter::queries_udp);
    if (datagrams != datagrams_) {
        effort_.note_unproved(now);
        effort_.charge_unproved(effort::datagram * (datagrams - datagrams_), now);
        datagrams_ = datagrams;
    }
    effort_.look(world_.busy(), now);
    const Instant at = effort_.may_read_at(client, now);
    if (at <= now) {
        return at;
    }
    if (!enforces_) {
        world_.stats.add(Counter::reads_shadowed);
        return now;
    }
    world_.stats.add(Counter::reads_deferred);
    world_.stats.add_reason(dns::Reason::cpu_share);
    if (world_.notes != nullptr) {
        world_.notes->note(dns::Reason::cpu_share, client);
    }
    return at;
}

bool CpuShare::is_turn_over() const {
    return enforces_ && effort_.is_turn_over();
}

void CpuShare::accepted(const IpAddress& client) {
    effort_.charge(client, effort::connection, world_.clock.now());
}

void CpuShare::moved(const IpAddress& client, std::size_t octets) {
    effort_.charge(client, effort::message + octets * effort::kibioctet / 1024, world_.clock.now());
}

void CpuShare::charge(const Client& client, std::uint64_t units) {
    if (client.channel == Channel::udp) {
        effort_.charge_unproved(units, world_.clock.now());
    } else {
        effort_.charge(client.address.ip, units, world_.clock.now());
    }
}

void CpuShare::began_resolution(const Client& client) {
    charge(client, effort::resolution);
}

void CpuShare::ended_resolution(const Client& client, const Answer& answer) {
    charge(client, effort_of(answer));
}

}  // namespace wend
