#include "world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "cache/ranking.h"
#include "dns/message_builder.h"
#include "dns/rdata_text.h"
#include "dns/zone_file.h"
#include "dnssec/trust_anchors.h"
#include "sim/signer.h"

namespace wend::defences {

namespace {

constexpr std::uint64_t events_max = 20'000'000;
constexpr std::int64_t wall_start = 24 * 365 * 56 * std::int64_t{3'600};  // as in Siege::clock

// The same key for every zone; good for a year on each side of the start.
sim::SigningOptions signing() {
    constexpr std::int64_t year = 24 * 365 * std::int64_t{3'600};
    sim::SigningOptions options;
    options.inception = static_cast<std::uint32_t>(wall_start - year);
    options.expiration = static_cast<std::uint32_t>(wall_start + year);
    return options;
}

// SOA (negative TTL 300), NS "ns" and its address, then the zone's own records.
std::string zone_text(std::string_view address, std::string_view records) {
    return "@ 3600 SOA ns hostmaster 1 7200 900 1209600 300\n@ 3600 NS ns\nns 3600 A " +
           std::string(address) + "\n" + std::string(records);
}

}  // namespace

IpAddress ip(std::string_view text) {
    const std::optional<IpAddress> address = IpAddress::from_text(text);
    check(address.has_value(), "an address of a test is one");
    return *address;
}

std::vector<std::uint8_t> reply_to(const Heard& heard, const MessageText& text) {
    MessageText said = text;
    const std::string qname = dns::to_text(heard.question().qname);
    said.qname = qname;
    said.qtype = heard.type();
    std::vector<std::uint8_t> octets = test::octets_of(said);
    const std::size_t question_size = heard.question().qname.view().size() + 4;
    std::copy_n(heard.octets.begin(), 2, octets.begin());
    std::copy_n(heard.octets.begin() + dns::header_size, question_size,
                octets.begin() + dns::header_size);
    return octets;
}

std::vector<std::uint8_t> with_option(std::vector<std::uint8_t> reply, dns::OptionCode code,
                                      Octets data) {
    const auto parsed = dns::Message::parse(reply);
    check(parsed && parsed->edns() != nullptr && parsed->edns()->options.empty(),
          "a reply of a test ends in an OPT record without options");
    std::array<std::uint8_t, 4> head{};
    store_u16(head, 0, std::to_underlying(code));
    store_u16(head, 2, static_cast<std::uint16_t>(data.size()));
    store_u16(reply, reply.size() - 2, static_cast<std::uint16_t>(head.size() + data.size()));
    reply.insert(reply.end(), head.begin(), head.end());
    reply.insert(reply.end(), data.begin(), data.end());
    return reply;
}

void add(sim::ServerReply& to, std::vector<std::uint8_t> octets, Duration delay) {
    to.deliveries.push_back({.delay = delay, .octets = std::move(octets)});
}

sim::ServerReply say(const Heard& heard, const MessageText& text, Duration delay) {
    sim::ServerReply reply;
    add(reply, reply_to(heard, text), delay);
    return reply;
}

sim::ServerReply Internet::on_query(const Endpoint& server, Channel channel, Octets query,
                                    Instant now) {
    const auto message = dns::Message::parse(query);
    check(message && message->question(), "a query of ours is well formed");
    sent.push_back({.at = now,
                    .server = server,
                    .channel = channel,
                    .question = *message->question(),
                    .edns = message->edns() != nullptr,
                    .dnssec_ok = message->edns() != nullptr && message->edns()->dnssec_ok,
                    .recursion_desired = message->header().rd,
                    .octets = {query.begin(), query.end()}});
    const auto found = scripts.find(server.ip);
    if (found == scripts.end()) {
        return honest.on_query(server, channel, query, now);
    }
    const Heard heard{server, channel, *message, query, now};
    return found->second(heard);
}

std::vector<std::uint8_t> query_for(std::string_view name, dns::Type type, const Asking& how) {
    dns::Header header;
    header.id = 0x1234;
    header.rd = how.recursion_desired;
    header.cd = how.checking_disabled;
    const dns::Question question{dns::name_of(name), type, dns::Class::in};
    const dns::EdnsToSend edns{.udp_payload_size = how.udp_payload_size,
                               .dnssec_ok = how.dnssec_ok,
                               .options = how.options};
    std::vector<std::uint8_t> octets(4'096);
    dns::MessageBuilder builder(octets, octets.size());
    builder.start(header, dns::Rcode::noerror, &question, how.edns ? &edns : nullptr);
    octets.resize(builder.finish().size());
    return octets;
}

std::vector<dns::RecordView> Told::answers() const {
    const auto records = message.records(dns::Section::answer);
    return {records.begin(), records.end()};
}

std::string Told::data() const {
    const auto records = message.records(dns::Section::answer);
    return records.empty() ? "" : dns::rdata_to_text(records.back().type, records.back().rdata);
}

std::optional<std::uint16_t> Told::info_code() const {
    const dns::EdnsOption* const option =
        message.edns() == nullptr ? nullptr : message.edns()->find(dns::OptionCode::extended_error);
    return option == nullptr ? std::nullopt : std::optional(load_u16(option->data, 0));
}

Siege::Siege(std::uint64_t seed) : random(seed) {
    options.root_hints.push_back({.zone = {}, .addresses = {{ip("10.0.0.1"), 53}}});
    options.prime = false;
}

void Siege::zone(std::string_view address, std::string_view apex, std::string_view records,
                 const sim::Manners& manners) {
    auto parsed = sim::Zone::from_text(zone_text(address, records), dns::name_of(apex));
    check(parsed.has_value(), "the zone of a test is a zone");
    internet.honest.add_zone(std::make_shared<const sim::Zone>(std::move(*parsed)));
    server(address, manners);
    internet.honest.serve(ip(address), dns::name_of(apex));
}

void Siege::signed_zone(std::string_view address, std::string_view apex, std::string_view records,
                        bool anchored) {
    const dns::Name zone = dns::name_of(apex);
    const auto plain = dns::parse_zone_file(zone_text(address, records), {.origin = zone});
    check(plain.has_value(), "the zone of a test is a zone");
    const auto with_signatures = sim::sign_zone(*plain, zone, signing());
    check(with_signatures.has_value(), "the algorithm is supported");
    auto made = sim::Zone::from_records(*with_signatures, zone);
    check(made.has_value(), "a signed zone is a zone");
    internet.honest.add_zone(std::make_shared<const sim::Zone>(std::move(*made)));
    server(address, {.round_trip = std::chrono::milliseconds(10)});
    internet.honest.serve(ip(address), zone);
    if (anchored) {
        dnssec::TrustAnchors anchors;
        anchors.add(zone, dns::Type::ds, *sim::ds_rdata(zone, signing()));
        options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
            std::make_shared<const dnssec::TrustAnchors>(std::move(anchors)));
        serving.validates = true;
    }
}

std::string Siege::ds_of(std::string_view apex) {
    const auto rdata = sim::ds_rdata(dns::name_of(apex), signing());
    return std::string(apex) + " 3600 DS " + dns::rdata_to_text(dns::Type::ds, *rdata) + "\n";
}

std::string Siege::signature_of(std::string_view record, std::string_view zone, bool held) {
    const auto records = dns::parse_zone_file(record, {.origin = {}, .default_ttl = 300});
    check(records.has_value() && records->size() == 1, "the record of a test is a record");
    const dns::ZoneRecord& only = records->front();
    dns::RRsetBuilder builder(only.owner, only.type);
    builder.add(only.rdata);
    sim::SigningOptions options = signing();
    options.seed += held ? 0 : 4711;
    const auto key = dnssec::SigningKey::from_seed(options.algorithm, options.seed);
    check(key.has_value(), "the algorithm is supported");
    const auto rdata =
        sim::rrsig_rdata(builder.finish(only.ttl), dns::name_of(zone), *key, options);
    return dns::record_to_text(only.owner, only.ttl, only.rclass, dns::Type::rrsig, rdata) + "\n";
}

void Siege::server(std::string_view address, const sim::Manners& manners) {
    internet.honest.add_server(ip(address), manners);
}

void Siege::script(std::string_view address, Script script) {
    internet.scripts[ip(address)] = std::move(script);
}

void Siege::with_attacker_and_victim(std::string_view attacker, std::string_view victim) {
    zone("10.0.0.1", ".",
         "atk NS ns.atk.\nns.atk. A 10.0.1.1\n"
         "vic NS ns.vic.\nns.vic. A 10.0.1.2\n");
    zone("10.0.1.1", "atk.", attacker);
    zone("10.0.1.2", "vic.", "www A 192.0.2.80\ncanary A 192.0.2.81\n" + std::string(victim));
}

Serve& Siege::serve() {
    if (!serve_) {
        access_ = std::make_unique<policy::AccessList>(allowed);
        if (limits) {
            const std::vector<Prefix> exempt = policy::default_allowed();
            limiter_ = std::make_unique<policy::RateLimiter>(*limits, exempt, HashKey{5, 6});
        }
        const World world{.network = shared,
                          .clock = clock,
                          .random = random,
                          .cache = cache,
                          .servers = memory,
                          .failures = failures,
                          .spans = &spans};
        resolver_ = std::make_unique<Resolver>(world, options);
        source_ = std::make_unique<ResolverSource>(*resolver_);
        const ServeWorld serve_world{.source = *source_,
                                     .cache = cache,
                                     .clock = clock,
                                     .random = random,
                                     .access = *access_,
                                     .local_zones = local_zones_,
                                     .stats = stats,
                                     .rate_limiter = limiter_.get(),
                                     .cookies = answer_cookies ? &cookies_ : nullptr,
                                     .cpu = cpu};
        serve_ = std::make_unique<Serve>(serve_world, serving);
    }
    return *serve_;
}

std::uint64_t Siege::send_octets(Octets query, const Client& client) {
    send_again(++last_token_, query, client);
    return last_token_;
}

void Siege::send_again(std::uint64_t number, Octets query, const Client& client) {
    const QueryResult result = serve().on_query(query, client, *this, number, out_);
    if (result.outcome == Outcome::answered) {
        note(number, Octets(out_).first(result.size));
    }
}

std::uint64_t Siege::send(std::string_view name, dns::Type type, const Asking& how) {
    const auto from = Endpoint::from_text(how.from);
    check(from.has_value(), "a client of a test has an address");
    return send_octets(query_for(name, type, how), {*from, how.channel});
}

void Siege::send(std::uint64_t token, const Client&, Octets message) {
    note(token, message);
}

void Siege::note(std::uint64_t token, Octets message) {
    check(!replies_.contains(token), "a query gets one reply");
    octets_told_ += message.size();
    replies_[token].assign(message.begin(), message.end());
}

Told Siege::told(std::uint64_t number) const {
    Told told;
    const auto found = replies_.find(number);
    if (found != replies_.end()) {
        auto message = dns::Message::parse(found->second);
        check(message.has_value(), "a reply of ours is well formed");
        told.message = std::move(*message);
        told.octets = found->second.size();
    }
    return told;
}

Told Siege::ask(std::string_view name, dns::Type type, const Asking& how) {
    const std::uint64_t number = send(name, type, how);
    while (!replies_.contains(number) && queue.step()) {
    }
    check(replies_.contains(number), "a query that is not dropped is answered");
    return told(number);
}

void Siege::pass(Duration time) {
    check(queue.run_until(queue.now() + time, events_max), "the world comes to rest");
}

void Siege::settle() {
    while (serve().waiting() > 0 && queue.step()) {
    }
    check(serve().waiting() == 0, "who waits is answered in the end");
}

std::size_t Siege::packets_to(std::string_view address) const {
    return static_cast<std::size_t>(std::ranges::count(
        internet.sent, ip(address), [](const Sent& packet) { return packet.server.ip; }));
}

std::size_t Siege::packets_over(Channel channel) const {
    return static_cast<std::size_t>(std::ranges::count(internet.sent, channel, &Sent::channel));
}

std::size_t Siege::packets_about(std::string_view name) const {
    const dns::Name apex = dns::name_of(name);
    return static_cast<std::size_t>(std::ranges::count_if(internet.sent, [&](const Sent& packet) {
        return packet.question.qname.view().is_subdomain_of(apex);
    }));
}

bool Siege::knows(std::string_view name, dns::Type type) const {
    const dns::Name owner = dns::name_of(name);
    return cache.find(owner, type, queue.now(), cache::Rank{}).has_value() ||
           cache.find_delegation(owner, queue.now()).has_value();
}

sim::ServerReply honest(Siege& siege, const Heard& heard) {
    return siege.internet.honest.on_query(heard.server, heard.channel, heard.octets, heard.now);
}

}  // namespace wend::defences
