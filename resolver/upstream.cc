#include "resolver/upstream.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace wend {

namespace {

// The step to TCP that this error asks for; nothing if it would not help.
std::optional<event::Step> tcp_step(NetError error) {
    switch (error) {
        case NetError::forgery_suspected:
            return event::Step::tcp_forgery_suspected;
        case NetError::case_lost:
            return event::Step::tcp_case_lost;
        case NetError::oversized:
            return event::Step::tcp_oversized;
        case NetError::unreadable:
            return event::Step::tcp_unreadable;
        default:
            return std::nullopt;
    }
}

// Who was silent over UDP and is so over TCP, or takes no connection or ends it, says nothing.
Trouble trouble_of(NetError error, bool is_datagram, bool was_silent) {
    const bool nothing =
        error == NetError::timeout || error == NetError::refused || error == NetError::reset;
    if (error == NetError::unreachable || error == NetError::no_resources) {
        return Trouble::unreachable;
    }
    if (is_datagram) {
        return error == NetError::timeout ? Trouble::timeout : Trouble::failed;
    }
    return nothing && was_silent ? Trouble::silent : Trouble::failed;
}

// The COOKIE option of a reply, if a server cookie is in it. It repeats our own: the network lets
// no other one through.
const dns::EdnsOption* server_cookie_in(const Response& response) {
    const dns::Edns* const edns = response.message.edns();
    const dns::EdnsOption* const option =
        edns == nullptr ? nullptr : edns->find(dns::OptionCode::cookie);
    const bool is_whole = option != nullptr && option->data.size() >= QueryCookie::client_size + 8;
    return is_whole ? option : nullptr;
}

event::QuerySent describe_query(const Query& query, const Ask& ask, Duration patience) {
    return {.zone = ask.zone.zone,
            .server_name = ask.server_name,
            .server = query.server,
            .channel = query.channel,
            .question = query.question,
            .minimised = ask.minimised,
            .edns = query.edns,
            .recursion_desired = query.recursion_desired,
            .patience = patience};
}

event::ReplyReceived describe_reply(const Endpoint& server, const Response& response,
                                    const Accepted& accepted) {
    event::ReplyReceived said;
    said.server = server;
    said.channel = response.channel;
    said.round_trip = response.round_trip;
    said.octets = response.message.wire_size();
    said.rcode = response.message.rcode();
    said.authoritative = response.message.header().aa;
    said.truncated = response.message.header().tc;
    said.kind = accepted.kind;
    if (accepted.referral) {
        const Referral& referral = *accepted.referral;
        said.about = referral.zone;
        said.records = referral.servers.size();
        said.signed_ds = static_cast<bool>(referral.ds);
        for (const cache::NameServer& named : referral.servers) {
            said.addresses += named.glue.size();
        }
        return said;
    }
    said.about = accepted.chain.end;
    said.records = accepted.answer ? accepted.answer.rdatas().size() : 0;
    return said;
}

}  // namespace

Upstream::Upstream(const World& world, const ResolverOptions& options, const ServerFilter& filter)
    : world_(world), options_(options), filter_(filter) {}

Task<Said> Upstream::ask(const Ask& ask, const Quest& quest) {
    Attempt attempt;
    attempt.channel = channel_for(ask.candidate, options_.mixed_case);
    // A signed zone is of no use without EDNS: whatever is remembered, it is tried.
    attempt.edns = ask.zone.has_ds || !ask.candidate.record.lacks_edns;
    Said said;
    for (int packet = 0; packet < packets_per_ask_max; ++packet) {
        if (world_.clock.now() >= quest.ends_at() || !quest.errand.budget.spend_packet()) {
            said.trouble = Trouble::exhausted;
            co_return said;
        }
        const Reply reply = co_await send(attempt, ask, quest);
        said = read(reply, attempt, ask, quest);
        const std::optional<event::Step> step = next_attempt(attempt, reply, said, ask);
        if (!step) {
            co_return said;
        }
        attempt.heard = true;
        quest.tell(world_.clock.now(), [&] { return event::NextStep{.step = *step}; });
    }
    co_return said;
}

Task<Reply> Upstream::send(const Attempt& attempt, const Ask& ask, const Quest& quest) {
    Query query;
    query.server = ask.candidate.endpoint;
    query.channel = attempt.channel;
    query.question = ask.question;
    // A server that is silent to mixed case over UDP may answer to the asker's own over TCP, where
    // nobody needs to guess it.
    query.mixed_case =
        options_.mixed_case && !(query.channel == Channel::tcp && ask.candidate.tried.timeouts > 0);
    query.recursion_desired = ask.zone.recursive();
    query.edns = attempt.edns;
    query.dnssec_ok = attempt.edns;
    if (attempt.edns && options_.cookie_secret) {
        query.cookie = cookie_for(query.server);
    }
    const Duration patience = patience_for(ask.candidate, query.channel, attempt.heard);
    const Instant sent_at = world_.clock.now();
    quest.tell(sent_at, [&] { return describe_query(query, ask, patience); });
    const Instant deadline = std::min(sent_at + patience, quest.ends_at());
    Reply reply = co_await world_.network.exchange(query, deadline);
    if (reply) {
        learn_from(**reply, query, ask.zone.zone);
        if (query.cookie.size > 0) {
            learn_cookie(**reply, query.server);
        }
        co_return reply;
    }
    const Duration waited = world_.clock.now() - sent_at;
    const NetError error = reply.error();
    if (error != NetError::timeout || waited >= patience) {  // else our own time ran out
        learn_from(error, query, ask.zone.zone);
    }
    quest.tell(world_.clock.now(), [&] {
        return event::NoReply{
            .server = query.server, .channel = query.channel, .error = error, .waited = waited};
    });
    co_return reply;
}

Task<void> Upstream::probe(Probe probe) {
    const dns::Question first{.qname = probe.zone, .qtype = dns::Type::soa};
    Query query;
    query.server = probe.server;
    query.mixed_case = false;  // some drop it, and no word of the reply is believed
    query.dnssec_ok = false;
    if (options_.cookie_secret) {
        query.cookie = cookie_for(probe.server);
    }
    const int packets = std::min(probe.packets, probe_packets_max);
    for (int packet = 0; packet < packets; ++packet) {
        query.question = packet % 2 == 0 ? first : probe.second;
        const bool is_last = packet + 1 == packets;
        const Duration wait =
            is_last ? probe_patience_last : std::min(probe.patience, probe_patience_step);
        const Instant deadline = world_.clock.now() + wait;
        const Reply reply = co_await world_.network.exchange(query, deadline);
        if (reply) {
            learn_from(**reply, query, probe.zone);
            co_return;
        }
        learn_from(reply.error(), query, probe.zone);
        if (reply.error() == NetError::no_resources && packet == 0) {
            world_.servers.withdraw_probe(probe.server, probe.zone);
        }
        if (reply.error() != NetError::timeout) {
            co_return;
        }
    }
}

Said Upstream::read(const Reply& reply, const Attempt& attempt, const Ask& ask,
                    const Quest& quest) {
    Said said;
    if (!reply) {
        const bool was_silent = !attempt.heard && ask.candidate.tried.timeouts > 0;
        said.trouble = trouble_of(reply.error(), is_datagram(attempt), was_silent);
        return said;
    }
    const Response& response = **reply;
    said.rcode = response.message.rcode();
    const bool sent_cookie = attempt.edns && options_.cookie_secret.has_value();
    said.proved = !is_datagram(attempt) || (sent_cookie && server_cookie_in(response) != nullptr);
    if (!quest.errand.budget.spend_octets(response.message.wire_size())) {
        said.trouble = Trouble::exhausted;
    } else if (response.message.header().tc) {
        said.trouble = Trouble::failed;  // part of an answer is none (RFC 2181 9)
    }
    if (said.trouble != Trouble::none) {
        said.accepted = make_accepted();
    } else {
        const Asked asked{
            .question = ask.question, .zone = ask.zone.zone, .recursive = ask.zone.recursive()};
        said.accepted = scrub(asked, response.message, filter_, world_.random.next());
        said.accepted->server = ask.candidate.endpoint;
        said.accepted->datagram = is_datagram(attempt);
        if (said.accepted->kind == ResponseKind::format_error && attempt.edns &&
            !is_datagram(attempt)) {
            world_.servers.note_no_edns(ask.candidate.endpoint, world_.clock.now());
        }
    }
    quest.tell(world_.clock.now(),
               [&] { return describe_reply(ask.candidate.endpoint, response, *said.accepted); });
    return said;
}

std::optional<event::Step> Upstream::next_attempt(Attempt& attempt, const Reply& reply,
                                                  const Said& said, const Ask& ask) {
    const bool was_datagram = is_datagram(attempt);
    if (reply && was_datagram && said.rcode == dns::Rcode::badcookie &&
        said.trouble != Trouble::exhausted) {
        const bool again = std::exchange(attempt.had_bad_cookie, true);
        attempt.channel = again ? Channel::tcp : Channel::udp;
        return again ? event::Step::tcp_bad_cookie : event::Step::with_new_cookie;
    }
    if (!reply) {
        const std::optional<event::Step> step = tcp_step(reply.error());
        attempt.channel = step ? Channel::tcp : attempt.channel;
        return was_datagram ? step : std::nullopt;
    }
    if (said.trouble == Trouble::exhausted) {
        return std::nullopt;
    }
    if ((*reply)->message.header().tc && was_datagram) {
        attempt.channel = Channel::tcp;
        return event::Step::tcp_truncated;
    }
    if (said.trouble == Trouble::none && said.accepted->kind == ResponseKind::format_error &&
        attempt.edns) {
        attempt.edns = false;
        return event::Step::without_edns;
    }
    // What lasts longer than a moment is believed over TCP alone.
    const bool may_be_forged =
        was_datagram && !said.proved && ask.candidate.record.lame_doubted && !ask.minimised;
    const bool lame = said.accepted->kind == ResponseKind::lame || said.accepted->second_hand;
    if (lame && may_be_forged) {
        attempt.channel = Channel::tcp;
        return event::Step::tcp_lame;
    }
    return std::nullopt;
}

// RFC 7873 4.1: the same for a server each time, and of no use to another one.
QueryCookie Upstream::cookie_for(const Endpoint& server) const {
    QueryCookie cookie;
    std::uint64_t ours = siphash_2_4(*options_.cookie_secret, server.ip.mapped());
    for (std::size_t i = 0; i < QueryCookie::client_size; ++i, ours >>= 8) {
        cookie.octets[i] = static_cast<std::uint8_t>(ours);
    }
    const std::size_t theirs = world_.servers.find_cookie(
        server, world_.clock.now(), MutableOctets(cookie.octets).subspan(QueryCookie::client_size));
    cookie.size = static_cast<std::uint8_t>(QueryCookie::client_size + theirs);
    return cookie;
}

// The reply repeats our cookie, which no forger from off the path has seen; that a server has
// stopped giving cookies is believed over TCP alone.
void Upstream::learn_cookie(const Response& response, const Endpoint& server) {
    const dns::EdnsOption* const option = server_cookie_in(response);
    if (option != nullptr) {
        world_.servers.note_cookie(server, option->data.subspan(QueryCookie::client_size),
                                   world_.clock.now());
    } else if (response.channel != Channel::udp) {
        world_.servers.note_cookie(server, {}, world_.clock.now());
    }
}

void Upstream::learn_from(const Response& response, const Query& query, dns::NameView zone) {
    const Instant now = world_.clock.now();
    const Endpoint& server = query.server;
    families_.note_reply(server.ip);
    world_.servers.note_heard(server, zone, now);
    if (response.channel == Channel::udp) {
        world_.servers.note_reply(server, response.round_trip, now);
        return;
    }
    // What lasts longer than this query is learnt over TCP alone: a forged datagram must not turn
    // a defence off.
    if (!response.case_kept) {
        world_.servers.note_case_lost(server, now);
    }
}

void Upstream::learn_from(NetError error, const Query& query, dns::NameView zone) {
    const Instant now = world_.clock.now();
    const Endpoint& server = query.server;
    if (error == NetError::unreachable) {
        families_.note_unreachable(server.ip, now);
    } else if (error == NetError::timeout && query.channel == Channel::udp) {
        families_.note_timeout(server.ip, now);
        world_.servers.note_timeout(server, now);
    } else if (tcp_step(error)) {
        world_.servers.note_heard(server, zone, now);  // not as it should, but it is there
    }
}

}  // namespace wend
