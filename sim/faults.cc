#include "sim/faults.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/octets.h"
#include "dns/message.h"
#include "dns/name.h"
#include "sim/forgery.h"

namespace wend::sim {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration outage_starts_max = seconds(30);
constexpr Duration outage_lasts_max = seconds(60);
constexpr int doublings_max = 8;
constexpr Duration forgery_delay = milliseconds(1);

Duration below(Random& random, Duration bound) {
    return Duration(random.below(static_cast<std::uint64_t>(bound.count())));
}

// Header and question stay; what follows goes, and TC says so.
void truncate(std::vector<std::uint8_t>& message) {
    const auto qname = dns::NameView::read(Octets(message).subspan(dns::header_size));
    if (!qname) {
        return;
    }
    message.resize(std::min(message.size(), dns::header_size + qname->size() + 4));
    message[2] |= 0x02;  // TC
    std::fill(message.begin() + 6, message.begin() + dns::header_size, std::uint8_t{0});
}

void change_question(std::vector<std::uint8_t>& message) {
    const std::size_t first_octet = dns::header_size + 1;
    if (message.size() > first_octet) {
        message[first_octet] ^= 0x01;
    }
}

}  // namespace

FaultPlan FaultPlan::draw(Random& random) {
    const auto up_to = [&random](unsigned most) {
        return random.chance(50) ? 0U : static_cast<unsigned>(random.below(most + 1));
    };
    FaultPlan plan;
    plan.loss_percent = up_to(20);
    plan.duplicate_percent = up_to(20);
    plan.slow_percent = up_to(10);
    plan.truncate_percent = up_to(10);
    plan.cut_percent = up_to(5);
    plan.wrong_id_percent = up_to(5);
    plan.wrong_port_percent = up_to(5);
    plan.wrong_question_percent = up_to(5);
    plan.tcp_refused_percent = up_to(20);
    plan.tcp_reset_percent = up_to(20);
    plan.outage_percent = up_to(30);
    plan.jitter_max = milliseconds(1 + random.below(100));
    return plan;
}

ServerReply FaultyServers::on_query(const Endpoint& server, Channel channel, Octets query,
                                    Instant now) {
    if (is_out(server.ip, now)) {
        return {};
    }
    if (channel == Channel::udp) {
        if (strikes(plan_.loss_percent)) {
            return {};
        }
        return over_udp(servers_.on_query(server, channel, query, now), server, query);
    }
    ServerReply reply = servers_.on_query(server, channel, query, now);
    for (Delivery& delivery : reply.deliveries) {
        delivery.delay = late(delivery.delay);
    }
    const bool refused = strikes(plan_.tcp_refused_percent);
    if (refused || strikes(plan_.tcp_reset_percent)) {
        reply.error = refused ? NetError::refused : NetError::reset;
        reply.error_delay = late(milliseconds(10));
        reply.deliveries.clear();
    }
    return reply;
}

ServerReply FaultyServers::over_udp(ServerReply reply, const Endpoint& server, Octets query) {
    std::vector<Delivery> arriving;
    add_forgeries(server, query, arriving);
    for (Delivery& delivery : reply.deliveries) {
        if (strikes(plan_.loss_percent)) {
            continue;
        }
        if (strikes(plan_.duplicate_percent)) {
            Delivery copy = delivery;
            copy.delay = 2 * late(copy.delay);
            arriving.push_back(std::move(copy));
        }
        delivery.delay = late(delivery.delay);
        spoil(delivery);
        arriving.push_back(std::move(delivery));
    }
    reply.deliveries = std::move(arriving);
    return reply;
}

bool FaultyServers::strikes(unsigned percent) {
    const bool struck = percent > 0 && random_.chance(percent);
    faults_ += struck ? 1 : 0;
    return struck;
}

// Each server's fate is drawn when it is first asked.
bool FaultyServers::is_out(const IpAddress& server, Instant now) {
    const auto [outage, first] = outages_.try_emplace(server);
    if (first && strikes(plan_.outage_percent)) {
        outage->second.from = now + below(random_, outage_starts_max);
        outage->second.until = outage->second.from + below(random_, outage_lasts_max);
    }
    return outage->second.from <= now && now < outage->second.until;
}

Duration FaultyServers::late(Duration delay) {
    if (plan_.jitter_max > Duration{}) {
        delay += below(random_, plan_.jitter_max);
    }
    if (strikes(plan_.slow_percent)) {
        for (int i = 0; i < doublings_max && random_.chance(60); ++i) {
            delay *= 2;
        }
    }
    return delay;
}

// An attacker who sees no packet: what he sends is early, and wrong in what he had to guess.
void FaultyServers::add_forgeries(const Endpoint& server, Octets query, std::vector<Delivery>& to) {
    const bool wrong_id = strikes(plan_.wrong_id_percent);
    const bool wrong_port = strikes(plan_.wrong_port_percent);
    const bool wrong_question = strikes(plan_.wrong_question_percent);
    const Delivery forgery{forgery_delay, forge_response(query), std::nullopt};
    if (forgery.octets.empty()) {
        return;
    }
    if (wrong_id) {
        Delivery& sent = to.emplace_back(forgery);
        const std::uint16_t id = load_u16(sent.octets, 0);
        store_u16(sent.octets, 0, static_cast<std::uint16_t>(id + 1 + random_.below(0xffff)));
    }
    if (wrong_port) {
        const auto port = static_cast<std::uint16_t>(server.port + 1);
        to.emplace_back(forgery).from = Endpoint{server.ip, port};
    }
    if (wrong_question) {
        change_question(to.emplace_back(forgery).octets);
    }
}

void FaultyServers::spoil(Delivery& delivery) {
    std::vector<std::uint8_t>& message = delivery.octets;
    if (message.size() < dns::header_size) {
        return;
    }
    if (strikes(plan_.truncate_percent)) {
        truncate(message);
    }
    if (strikes(plan_.mangle_percent)) {
        const std::uint64_t octet = random_.below(message.size());
        message[octet] ^= static_cast<std::uint8_t>(1U << random_.below(8));
    }
    if (strikes(plan_.cut_percent)) {
        message.resize(dns::header_size + random_.below(message.size() - dns::header_size + 1));
    }
}

}  // namespace wend::sim
