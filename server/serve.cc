#include "server/serve.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "dns/rrset.h"
#include "dnssec/sentinel.h"
#include "server/answer/compose.h"
#include "server/upstream_counts.h"

namespace wend {
namespace {

using dns::Rcode;
using dns::Reason;
using dns::Source;

constexpr std::uint32_t any_ttl = 3'600;  // seconds
constexpr std::size_t message_max = 65'535;

// A character-string (RFC 1035 3.3), at most 255 octets.
void append_string(std::vector<std::uint8_t>& rdata, std::string_view text) {
    rdata.push_back(static_cast<std::uint8_t>(text.size()));
    rdata.insert(rdata.end(), text.begin(), text.end());
}

// RFC 8482 4.2. The owner is replaced by the question's name.
dns::RRset any_hinfo() {
    std::vector<std::uint8_t> rdata;
    append_string(rdata, "RFC8482");
    append_string(rdata, "");
    dns::RRsetBuilder builder(dns::Name(), dns::Type::hinfo);
    builder.add(rdata);
    return builder.finish(any_ttl);
}

CachedAnswer::Wanted wanted_by(const QueryFacts& facts) {
    return {.checking_disabled = facts.checking_disabled, .dnssec_ok = facts.dnssec_ok};
}

void log_failure(const Waiter& waiter, const Answer& answer) {
    try {
        spdlog::debug("SERVFAIL {} {} to {}: {}{}{}", to_text(waiter.facts.question->qname),
                      to_text(waiter.facts.question->qtype), waiter.client.address.to_text(),
                      describe(answer.reason), answer.detail.empty() ? "" : ": ", answer.detail);
    } catch (const std::bad_alloc&) {  // the answer goes out without a line in the log
    }
}

}  // namespace

Serve::Serve(const ServeWorld& world, const ServeOptions& options)
    : world_(world),
      options_(options),
      cached_(world.cache, options.validates),
      pulse_limit_(HashKey::draw(world.random)),
      gate_(world.rate_limiter, options.rate_mode, world.cookies, world.exempt_networks,
            world.clock, world.random),
      any_hinfo_(any_hinfo()),
      reply_(message_max),
      own_places_(world.places == nullptr
                      ? std::make_unique<Places>(options.in_flight.clients_max,
                                                 options.in_flight.clients_per_address,
                                                 HashKey::draw(world.random))
                      : nullptr),
      in_flight_(world.source, own_places_ ? *own_places_ : *world.places, options.in_flight,
                 world.random,
                 [this](const Waiter& waiter, const Answer& answer) { deliver(waiter, answer); }) {}

QueryResult Serve::on_query(Octets message, const Client& client, ReplySink& sink,
                            std::uint64_t token, MutableOctets out) {
    try {
        return judge(message, {client, sink, token}, out);
    } catch (const std::bad_alloc&) {
        return drop(Reason::out_of_memory, {client, sink, token});
    }
}

bool Serve::may_ask(const IpAddress& client) const {
    return world_.access.allows(client) ||
           (world_.local_networks != nullptr && world_.local_networks->allows(client));
}

void Serve::note(Reason reason, const Client& client) {
    if (world_.notes != nullptr) {
        world_.notes->note(reason, client.address.ip);
    }
}

QueryResult Serve::drop(Reason reason, const Asker& asker) {
    world_.stats.add_drop(reason);
    note(reason, asker.client);
    return {Outcome::dropped, 0};
}

// All of a batch began with the turn of the loop that it was read in: one reading of the clock
// tells how long each took.
void Serve::batch_ended() {
    if (world_.response == nullptr || batch_ == decltype(batch_)()) {
        return;
    }
    const Duration took = world_.precise_now != nullptr ? world_.precise_now() - world_.clock.now()
                                                        : Duration::zero();
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        if (batch_[i] != 0) {
            (*world_.response)[i].add(took, std::exchange(batch_[i], 0U));
        }
    }
}

QueryResult Serve::judge(Octets message, const Asker& asker, MutableOctets out) {
    const Client& client = asker.client;
    world_.stats.add_query(path_of(client.channel, client.address.ip));
    const Judgement judged = judge_query(message, client, message_, facts_, options_.udp_reply_max);
    const bool allowed = may_ask(client.address.ip);
    const bool malformed = judged.reason == Reason::malformed_query;
    const bool no_query = malformed || judged.reason == Reason::unsupported_opcode;
    const bool unanswered = judged.kind == QueryKind::drop || (malformed && !allowed) ||
                            (no_query && !error_limit_.allows(world_.clock.now()));
    if (unanswered) {
        return drop(judged.reason, asker);
    }
    const dns::Edns* const edns = message_.edns();
    const policy::CookieVerdict cookie = allowed && edns != nullptr
                                             ? gate_.read_cookie(*edns, client, facts_)
                                             : policy::CookieVerdict::none;
    const bool is_error = !allowed || judged.kind == QueryKind::error;
    const auto gate = gate_.judge(client, is_error ? policy::Asked::error : policy::Asked::query,
                                  cookie, world_.stats);
    if (gate != ClientGate::Verdict::pass) {
        return limited(gate, asker, out);
    }
    if (!allowed) {
        note(Reason::client_not_allowed, client);
        return fail(facts_, Rcode::refused, Reason::client_not_allowed, out);
    }
    if (cookie == policy::CookieVerdict::malformed) {
        return fail(facts_, Rcode::formerr, Reason::malformed_query, out);
    }
    switch (judged.kind) {
        case QueryKind::chaos:
            return on_chaos(facts_, out);
        case QueryKind::any:
        case QueryKind::resolve: {
            world_.stats.add(facts_.question->qtype);
            const QueryResult result = on_question(facts_, asker, out);
            gate_.charge(client, facts_, result.size);
            return result;
        }
        default:
            return fail(facts_, judged.rcode, judged.reason, out);
    }
}

QueryResult Serve::limited(ClientGate::Verdict verdict, const Asker& asker, MutableOctets out) {
    const Reason reason = gate_.limited_by();
    if (verdict == ClientGate::Verdict::silence) {
        return drop(reason, asker);
    }
    note(reason, asker.client);
    return verdict == ClientGate::Verdict::truncated
               ? reply(compose_truncated(facts_, out), Rcode::noerror, reason, Source::refused)
               : fail(facts_, Rcode::badcookie, reason, out);
}

QueryResult Serve::reply(std::size_t size, Rcode rcode, Reason reason, Source source) {
    world_.stats.add_reply(rcode, reason);
    ++batch_[place_of(source)];
    return {Outcome::answered, size};
}

QueryResult Serve::fail(const QueryFacts& facts, Rcode rcode, Reason reason, MutableOctets out) {
    return reply(compose_empty(facts, {.rcode = rcode, .reason = reason}, out), rcode, reason,
                 Source::refused);
}

// Nobody is told more than refusals_per_second that there was no place: who waits for each refusal
// to ask anew goes no faster.
QueryResult Serve::refuse(const QueryFacts& facts, Reason reason, const Asker& asker,
                          MutableOctets out, std::string_view detail) {
    world_.stats.add(Counter::refused);
    const bool is_told =
        asker.client.channel != Channel::udp || refusal_limit_.allows(world_.clock.now());
    if (!is_told) {
        world_.stats.add(Counter::refused_silently);
        return drop(reason, asker);
    }
    note(reason, asker.client);
    const ReplyHead head{.rcode = Rcode::servfail, .reason = reason, .detail = detail};
    return reply(compose_empty(facts, head, out), Rcode::servfail, reason, Source::refused);
}

QueryResult Serve::on_chaos(const QueryFacts& facts, MutableOctets out) {
    const ChaosName name = chaos_name(facts.question->qname);
    const std::string& text = name == ChaosName::identity ? options_.identity : options_.version;
    if (name == ChaosName::unknown || text.empty()) {
        return fail(facts, Rcode::refused, Reason::unsupported_class, out);
    }
    const dns::Type asked = facts.question->qtype;
    Composer composer(facts, out);
    composer.start({.reason = Reason::local_data});
    if (asked == dns::Type::txt || asked == dns::Type::any) {
        std::vector<std::uint8_t> rdata;
        append_string(rdata, text);
        composer.add_record({.owner = facts.question->qname,
                             .type = dns::Type::txt,
                             .rclass = dns::Class::ch,
                             .ttl = 0,
                             .rdata = rdata});
    }
    return reply(composer.finish(), Rcode::noerror, Reason::local_data, Source::local);
}

QueryResult Serve::on_any(const QueryFacts& facts, MutableOctets out) {
    using dns::Type;
    constexpr std::array kept = {Type::cname, Type::a,  Type::aaaa, Type::mx,
                                 Type::txt,   Type::ns, Type::soa};
    const dns::NameView qname = facts.question->qname;
    const Instant now = world_.clock.now();
    for (const Type type : kept) {
        if (cached_.find_one(qname, type, wanted_by(facts), now)) {
            return cached(facts, out);
        }
    }
    const dns::Question of_addresses{qname, Type::a, dns::Class::in};
    const auto known = world_.source.from_cache(of_addresses, {.checking_disabled = false});
    if (known && known->rcode == Rcode::nxdomain) {
        return composed(facts, *known, out);
    }
    Composer composer(facts, out);
    composer.start({.reason = Reason::local_data});
    composer.add(dns::Section::answer, any_hinfo_.packed(), any_ttl, qname);
    return reply(composer.finish(), Rcode::noerror, Reason::local_data, Source::local);
}

QueryResult Serve::on_question(const QueryFacts& facts, const Asker& asker, MutableOctets out) {
    try {
        return answer(facts, asker, out);
    } catch (const std::bad_alloc&) {
        joining_ = false;
        return fail(facts, Rcode::servfail, Reason::out_of_memory, out);
    }
}

QueryResult Serve::answer(const QueryFacts& facts, const Asker& asker, MutableOctets out) {
    if (const auto answer = world_.local_zones.find(*facts.question)) {
        return local(facts, *answer, out);
    }
    if (facts.question->qtype == dns::Type::any) {
        return on_any(facts, out);
    }
    // What the cache has of a sentinel is not the whole answer (RFC 8509 3.3).
    const bool is_sentinel = dnssec::sentinel_of(facts.question->qname).has_value();
    if (!is_sentinel && cached_.find(*facts.question, wanted_by(facts), world_.clock.now())) {
        return cached(facts, out);
    }
    return on_miss(facts, asker, out);
}

QueryResult Serve::on_miss(const QueryFacts& facts, const Asker& asker, MutableOctets out) {
    const ResolveOptions options{.checking_disabled = facts.checking_disabled};
    if (const auto answer = world_.source.from_cache(*facts.question, options)) {
        world_.stats.add(Counter::cache_hits);
        return composed(facts, *answer, out);
    }
    if (!facts.recursion_desired) {
        return fail(facts, Rcode::refused, Reason::not_recursive, out);
    }
    if (refusing_) {
        world_.stats.add(Counter::unanswered_at_end);
        return drop(Reason::shutting_down, asker);
    }
    return join(facts, asker, out);
}

QueryResult Serve::join(const QueryFacts& facts, const Asker& asker, MutableOctets out) {
    const Instant now = world_.clock.now();
    Waiter waiter{&asker.sink, asker.token, asker.client,
                  facts,       now,         world_.cache.zone_mark(facts.question->qname, now)};
    // The DS set is the parent zone's to answer.
    if (facts.question->qtype != dns::Type::ds && overloaded_.has(waiter.zone, now)) {
        return refuse(facts, Reason::zone_overloaded, asker, out);
    }
    const Reason admitted = in_flight_.admit(waiter);
    if (admitted == Reason::repeated_query) {
        world_.stats.add(Counter::repeated);
        return drop(admitted, asker);
    }
    if (admitted != Reason::none) {
        return refuse(facts, admitted, asker, out);
    }
    at_once_.reset();
    joining_ = true;
    const std::uint64_t zone = waiter.zone;
    const InFlight::Joined joined = in_flight_.join(std::move(waiter));
    joining_ = false;
    if (joined == InFlight::Joined::started) {
        world_.stats.add(Counter::resolutions);
        if (world_.cpu != nullptr) {
            world_.cpu->began_resolution(asker.client);
        }
    }
    world_.stats.add(Counter::cache_misses);
    if (!at_once_) {
        return {Outcome::pending, 0};
    }
    if (at_once_reason_ == Reason::zone_overloaded) {
        if (is_zone_of(*facts.question, now)) {
            overloaded_.note(zone, now);
        }
        const std::string detail = at_once_zone_ ? servers_of(*at_once_zone_) : std::string();
        return refuse(facts, Reason::zone_overloaded, asker, out, detail);
    }
    std::ranges::copy(Octets(reply_).first(*at_once_), out.begin());
    return {Outcome::answered, *at_once_};
}

// Whether it was the question's own zone that had no place, and not one that an alias or the name
// of a server led into: only that one's names may be refused without a try.
bool Serve::is_zone_of(const dns::Question& question, Instant now) const {
    const auto delegation = world_.cache.closest_delegation(question.qname, now);
    return delegation && at_once_zone_ == delegation->zone;
}

QueryResult Serve::local(const QueryFacts& facts, const policy::LocalAnswer& answer,
                         MutableOctets out) {
    Composer composer(facts, out);
    composer.start({.rcode = answer.rcode, .reason = Reason::local_data});
    if (answer.answer != nullptr) {
        composer.add(dns::Section::answer, answer.answer->packed(), answer.answer->ttl(),
                     facts.question->qname);
    }
    if (answer.soa != nullptr) {
        composer.add(dns::Section::authority, answer.soa->packed(), answer.soa->ttl());
    }
    return reply(composer.finish(), answer.rcode, Reason::local_data, Source::local);
}

QueryResult Serve::cached(const QueryFacts& facts, MutableOctets out) {
    world_.stats.add(Counter::cache_hits);
    world_.stats.add(cached_.security());
    return reply(cached_.compose(facts, out), Rcode::noerror, Reason::from_cache, Source::cache);
}

QueryResult Serve::composed(const QueryFacts& facts, const Answer& answer, MutableOctets out) {
    world_.stats.add(answer.security);
    return reply(compose_answer(facts, answer, out), answer.rcode, answer.reason, Source::cache);
}

// Over UDP what comes late, or with too much else for the same client, is a bare TC.
std::size_t Serve::compose_late(const Waiter& waiter, const Answer& answer) {
    const Instant now = world_.clock.now();
    const Duration waited = now - waiter.since;
    const bool is_udp = waiter.client.channel == Channel::udp;
    if (is_udp && waited > udp_patience && !answer.answer.empty()) {
        world_.stats.add(Counter::truncated_late);
        return compose_truncated(waiter.facts, reply_);
    }
    const std::size_t size = compose_answer(waiter.facts, answer, reply_);
    const bool is_counted = is_udp && waited >= pulse_age_min && size > pulse_answer_min;
    if (!is_counted ||
        pulse_limit_.allows(holder_of(waiter.client, waiter.zone).address, size, now)) {
        return size;
    }
    world_.stats.add(Counter::truncated_pulse);
    return compose_truncated(waiter.facts, reply_);
}

void Serve::deliver(const Waiter& waiter, const Answer& answer) {
    if (answer.reason == Reason::shutting_down) {
        world_.stats.add(Counter::unanswered_at_end);
        world_.stats.add_reason(answer.reason);
        return;
    }
    if (joining_ && answer.reason == Reason::zone_overloaded) {  // refuse() tells it
        at_once_ = 0;
        at_once_reason_ = answer.reason;
        at_once_zone_ = answer.zone;
        return;
    }
    if (world_.roots != nullptr) {
        world_.roots->note(answer);
    }
    if (world_.cpu != nullptr && waiter.is_first) {
        world_.cpu->ended_resolution(waiter.client, answer);
    }
    const std::size_t size = compose_late(waiter, answer);
    world_.stats.add_reply(answer.rcode, answer.reason);
    world_.stats.add(answer.security);
    if (world_.response != nullptr) {
        const Duration waited = world_.clock.now() - waiter.since;
        (*world_.response)[place_of(Source::network)].add(waited);
    }
    note(answer.reason, waiter.client);
    if (answer.rcode == Rcode::servfail && spdlog::should_log(spdlog::level::debug)) {
        log_failure(waiter, answer);
    }
    if (joining_) {
        at_once_ = size;  // a resolution that had nothing to wait for
        at_once_reason_ = answer.reason;
        return;
    }
    gate_.charge(waiter.client, waiter.facts, size);
    if (waiter.sink == nullptr) {  // the address that it asked is served no more
        return;
    }
    waiter.sink->send(waiter.token, waiter.client, Octets(reply_).first(size));
}

void Serve::look_again() {
    try {
        in_flight_.look_again(world_.clock.now() - look_again_time);
    } catch (const std::bad_alloc&) {  // who waits has lost nothing
    }
}

void Serve::take_over(std::vector<Waiter> waiters) {
    for (Waiter& waiter : waiters) {
        const Client client = waiter.client;
        try {
            in_flight_.join(std::move(waiter));
        } catch (const std::bad_alloc&) {  // it hears nothing, and asks again
            world_.stats.add(Counter::dropped);
            world_.stats.add_reason(Reason::out_of_memory);
            note(Reason::out_of_memory, client);
        }
    }
}

void Serve::end_all() {
    Answer answer;
    answer.reason = Reason::shutting_down;
    in_flight_.end_all(answer);
}

}  // namespace wend
