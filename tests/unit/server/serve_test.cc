#include "server/serve.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/frame.h"
#include "dns/message_builder.h"
#include "tests/unit/dns/count_allocations.h"
#include "tests/unit/server/records.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;
using dns::Rcode;
using dns::Reason;
using dns::Section;
using dns::Type;

namespace {

struct AskedFor {
    bool recursion_desired = true;
    bool checking_disabled = false;
    dns::Class qclass = dns::Class::in;
    bool edns = true;
};

std::vector<std::uint8_t> query_for(std::string_view name, Type type, const AskedFor& how = {}) {
    dns::Header header;
    header.id = 0x1234;
    header.rd = how.recursion_desired;
    header.cd = how.checking_disabled;
    const dns::Question question{dns::name_of(name), type, how.qclass};
    const dns::EdnsToSend edns;
    std::vector<std::uint8_t> octets(512);
    dns::MessageBuilder builder(octets, octets.size());
    builder.start(header, Rcode::noerror, &question, how.edns ? &edns : nullptr);
    octets.resize(builder.finish().size());
    return octets;
}

// A server with all that it stands on, and a client to ask it.
struct Served {
    explicit Served(const ServeOptions& options = {})
        : serve({source, cache, clock, random, access, local_zones, stats}, options) {}

    Outcome ask(std::string_view name, Type type = Type::a, const AskedFor& how = {}) {
        return ask_octets(query_for(name, type, how));
    }

    Outcome ask_octets(const std::vector<std::uint8_t>& query) {
        const QueryResult result = serve.on_query(query, client, sink, ++token, out);
        reply = result.outcome == Outcome::answered ? parsed(Octets(out).first(result.size))
                                                    : dns::Message();
        return result.outcome;
    }

    std::vector<dns::RecordView> answers() const {
        const auto records = reply.records(Section::answer);
        return {records.begin(), records.end()};
    }

    std::optional<std::uint16_t> info_code() const { return info_code_of(reply); }

    std::string info_text() const {
        const auto* option = reply.edns()->find(dns::OptionCode::extended_error);
        return {option->data.begin() + 2, option->data.end()};
    }

    static std::optional<std::uint16_t> info_code_of(const dns::Message& message) {
        const auto* option = message.edns() == nullptr
                                 ? nullptr
                                 : message.edns()->find(dns::OptionCode::extended_error);
        return option == nullptr ? std::nullopt : std::optional(load_u16(option->data, 0));
    }

    StandInSource source;
    cache::Cache cache{cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1}};
    HandClock clock;
    SeededRandom random{1};
    policy::AccessList access{policy::default_allowed()};
    policy::LocalZones local_zones{{}};
    Stats stats;
    KeepingSink sink;
    Client client{*Endpoint::from_text("192.168.1.7:5353"), Channel::udp};
    std::uint64_t token = 0;
    std::vector<std::uint8_t> out = std::vector<std::uint8_t>(65'535);
    dns::Message reply;
    Serve serve;
};

Answer answer_with(std::vector<dns::RRset> rrsets) {
    Answer answer;
    answer.rcode = Rcode::noerror;
    answer.answer = std::move(rrsets);
    answer.reason = Reason::resolved;
    return answer;
}

}  // namespace

TEST_CASE("a plain cached answer costs no allocation and no coroutine", "[server]") {
    Served served;
    served.cache.store(addresses_of("www.example.", 4), cache::Rank::answer_from_aa,
                       served.clock.now());
    const auto query = query_for("www.example.", Type::a);
    REQUIRE(served.ask_octets(query) == Outcome::answered);  // buffers grow once
    const std::size_t frames = live_frames();
    const std::size_t before = allocations_so_far();
    QueryResult result;
    for (int i = 0; i < 100; ++i) {
        result = served.serve.on_query(query, served.client, served.sink, 1, served.out);
    }
    CHECK(allocations_so_far() == before);
    CHECK(live_frames() == frames);
    CHECK(result.outcome == Outcome::answered);
    const dns::Message reply = parsed(Octets(served.out).first(result.size));
    CHECK(reply.records(Section::answer).size() == 4);
    CHECK(served.source.questions.empty());
    CHECK(served.stats.get(Counter::cache_hits) == 101);
}

TEST_CASE("cached aliases are followed in order, up to eleven", "[server]") {
    Served served;
    const auto store = [&](const dns::RRset& rrset) {
        served.cache.store(rrset, cache::Rank::answer_from_aa, served.clock.now());
    };
    for (int i = 0; i < 12; ++i) {
        store(alias_of("a" + std::to_string(i) + ".", "a" + std::to_string(i + 1) + "."));
    }
    store(addresses_of("a12.", 1));
    CHECK(served.ask("a1.") == Outcome::answered);
    CHECK(served.answers().size() == 12);
    CHECK(served.answers().front().owner == dns::name_of("a1."));
    CHECK(served.answers().back().owner == dns::name_of("a12."));
    CHECK(served.ask("a0.") == Outcome::pending);
    CHECK(served.ask("a0.", Type::cname) == Outcome::answered);
    CHECK(served.answers().size() == 1);
}

TEST_CASE("a cached alias leads no question for a type of the parent's side or beside it on",
          "[server][rfc4035-2.4][rfc4035-2.5]") {
    Served served;
    const auto store = [&](const dns::RRset& rrset) {
        served.cache.store(rrset, cache::Rank::answer_from_aa, served.clock.now());
    };
    store(alias_of("shop.", "edge."));
    store(addresses_of("edge.", 1));
    CHECK(served.ask("shop.") == Outcome::answered);
    CHECK(served.ask("shop.", Type::ds) == Outcome::pending);
    CHECK(served.ask("shop.", Type::nsec) == Outcome::pending);
    CHECK(served.ask("shop.", Type::cname) == Outcome::answered);
    // Unless it came as the answer to such a question.
    served.cache.store(alias_of("other.", "shop."), cache::Rank::answer_from_aa, served.clock.now(),
                       cache::Side::parent);
    dns::RRsetBuilder ds(dns::name_of("shop."), Type::ds);
    ds.add(std::vector<std::uint8_t>{0, 1, 8, 2, 0});
    store(ds.finish(300));
    CHECK(served.ask("other.", Type::ds) == Outcome::answered);
    CHECK(served.answers().size() == 2);
}

TEST_CASE("TTLs count down, and what has expired is resolved again", "[server]") {
    Served served;
    served.cache.store(addresses_of("www.example.", 1, 60), cache::Rank::answer_from_aa,
                       served.clock.now());
    served.clock.advance(std::chrono::seconds(25));
    REQUIRE(served.ask("www.example.") == Outcome::answered);
    CHECK(served.answers().front().ttl == 35);
    served.clock.advance(std::chrono::seconds(35));
    CHECK(served.ask("www.example.") == Outcome::pending);
}

TEST_CASE("a miss is answered when its resolution ends, to each in its own letter case",
          "[server]") {
    Served served;
    served.source.answer = answer_with({addresses_of("www.example.", 1)});
    CHECK(served.ask("www.example.") == Outcome::pending);
    CHECK(served.ask("WWW.example.") == Outcome::pending);
    CHECK(served.source.questions.size() == 1);
    CHECK(served.serve.waiting() == 2);
    served.source.parking.wake(0);
    REQUIRE(served.sink.messages.size() == 2);
    CHECK(served.sink.tokens == std::vector<std::uint64_t>{1, 2});
    const dns::Message second = parsed(served.sink.messages.at(1));
    CHECK(equal_with_case(second.question()->qname, dns::name_of("WWW.example.")));
    CHECK(second.header().id == 0x1234);
    CHECK(second.records(Section::answer).size() == 1);
    CHECK(served.serve.waiting() == 0);
}

TEST_CASE("a resolution that waits for nothing is answered in place", "[server]") {
    Served served;
    served.source.at_once = true;
    served.source.answer = answer_with({addresses_of("www.example.", 1)});
    CHECK(served.ask("www.example.") == Outcome::answered);
    CHECK(served.answers().size() == 1);
    CHECK(served.sink.messages.empty());
}

TEST_CASE("an answer that comes late over UDP is a bare TC, over TCP it is whole", "[server]") {
    Served served;
    served.source.answer = answer_with({addresses_of("www.example.", 1)});
    CHECK(served.ask("www.example.") == Outcome::pending);
    served.client.channel = Channel::tcp;
    CHECK(served.ask("www.example.") == Outcome::pending);
    served.clock.advance(udp_patience + std::chrono::milliseconds(1));
    served.source.parking.wake(0);
    REQUIRE(served.sink.messages.size() == 2);
    const dns::Message late = parsed(served.sink.messages.at(0));
    CHECK(late.header().tc);
    CHECK(late.records(Section::answer).empty());
    CHECK(late.rcode() == Rcode::noerror);
    const dns::Message whole = parsed(served.sink.messages.at(1));
    CHECK_FALSE(whole.header().tc);
    CHECK(whole.records(Section::answer).size() == 1);
}

TEST_CASE("a failure that comes late over UDP is still told", "[server]") {
    Served served;
    served.source.answer.reason = Reason::no_server_answered;
    CHECK(served.ask("www.example.") == Outcome::pending);
    served.clock.advance(std::chrono::seconds(6));
    served.source.parking.wake(0);
    const dns::Message reply = parsed(served.sink.messages.at(0));
    CHECK(reply.rcode() == Rcode::servfail);
    CHECK(Served::info_code_of(reply) == 22);
}

TEST_CASE("RD=0 is answered from the cache or refused, and asks nobody", "[server]") {
    Served served;
    CHECK(served.ask("www.example.", Type::a, {.recursion_desired = false}) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::refused);
    CHECK(served.info_code() == 20);
    served.cache.store(addresses_of("www.example.", 1), cache::Rank::answer_from_aa,
                       served.clock.now());
    CHECK(served.ask("www.example.", Type::a, {.recursion_desired = false}) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::noerror);
    CHECK_FALSE(served.reply.header().rd);
    CHECK(served.source.questions.empty());
}

TEST_CASE("strangers are refused with EDE 18, and their nonsense is dropped", "[server]") {
    Served served;
    served.client.address = *Endpoint::from_text("192.0.2.1:5353");
    served.cache.store(addresses_of("www.example.", 1), cache::Rank::answer_from_aa,
                       served.clock.now());
    CHECK(served.ask("www.example.") == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::refused);
    CHECK(served.info_code() == 18);
    CHECK(served.answers().empty());
    auto broken = query_for("www.example.", Type::a);
    broken.pop_back();
    CHECK(served.ask_octets(broken) == Outcome::dropped);
}

TEST_CASE("malformed datagrams get at most a hundred replies a second", "[server]") {
    Served served;
    auto broken = query_for("www.example.", Type::a);
    broken.pop_back();
    int answered = 0;
    for (int i = 0; i < 1'000; ++i) {
        answered += served.ask_octets(broken) == Outcome::answered ? 1 : 0;
    }
    CHECK(answered == error_replies_per_second);
    served.clock.advance(std::chrono::seconds(1));
    CHECK(served.ask_octets(broken) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::formerr);
}

TEST_CASE("other opcodes share those hundred, whoever sends them", "[server]") {
    Served served;
    auto notify = query_for("www.example.", Type::soa);
    notify[2] = 0x20;
    auto broken = query_for("www.example.", Type::a);
    broken.pop_back();
    const auto answered = [&] {
        int count = 0;
        for (int i = 0; i < 500; ++i) {
            count += served.ask_octets(notify) == Outcome::answered ? 1 : 0;
            count += served.ask_octets(broken) == Outcome::answered ? 1 : 0;
        }
        return count;
    };
    CHECK(answered() == error_replies_per_second);
    served.client.address = *Endpoint::from_text("192.0.2.1:5353");
    served.clock.advance(std::chrono::seconds(1));
    CHECK(answered() == error_replies_per_second);
    served.clock.advance(std::chrono::seconds(1));
    CHECK(served.ask_octets(notify) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::refused);
}

TEST_CASE("an error to a message that the last query's EDNS did not come with has none",
          "[server]") {
    Served served;
    CHECK(served.ask("www.example.", Type::nxname) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::formerr);
    CHECK(served.info_code() == 30);
    auto notify = query_for("www.example.", Type::soa, {.edns = false});
    notify[2] = 0x20;
    CHECK(served.ask_octets(notify) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::notimp);
    CHECK(served.reply.edns() == nullptr);
    CHECK(served.source.questions.empty());
}

TEST_CASE("too many that wait are told so at once, and why", "[server]") {
    Served served({.in_flight = {.clients_max = 9, .clients_per_address = 2}});
    int waiting = 0;
    while (served.ask(std::string(1, static_cast<char>('a' + waiting)) + ".example.") ==
           Outcome::pending) {
        ++waiting;
    }
    CHECK(waiting == 6);
    CHECK(served.reply.rcode() == Rcode::servfail);
    CHECK(served.info_code() == dns::extended_error(Reason::client_share));
    CHECK(served.stats.get(Reason::client_share) == 1);
    CHECK(served.stats.get(Counter::refused) == 1);
}

TEST_CASE("the same datagram again is dropped and counted, its answer comes once", "[server]") {
    Served served;
    CHECK(served.ask("www.example.") == Outcome::pending);
    --served.token;  // a listener's token says which address was asked
    CHECK(served.ask("www.example.") == Outcome::dropped);
    CHECK(served.stats.get(Counter::repeated) == 1);
    CHECK(served.stats.get(Reason::repeated_query) == 1);
    CHECK(served.serve.waiting() == 1);
    served.source.answer = answer_with({addresses_of("www.example.", 1)});
    served.source.parking.wake(0);
    CHECK(served.sink.messages.size() == 1);
}

TEST_CASE("over 5,000 refusals a second are silence, over TCP they are told", "[server]") {
    Served served({.in_flight = {.clients_max = 3, .clients_per_address = 1}});
    CHECK(served.ask("a.example.") == Outcome::pending);
    CHECK(served.ask("b.example.") == Outcome::pending);
    int told = 0;
    for (int i = 0; i < 6'000; ++i) {
        told += served.ask("c.example.") == Outcome::answered ? 1 : 0;
    }
    CHECK(told == 5'000);
    CHECK(served.stats.get(Counter::refused_silently) == 1'000);
    served.client.channel = Channel::tcp;
    CHECK(served.ask("c.example.") == Outcome::answered);
    served.client.channel = Channel::udp;
    served.clock.advance(std::chrono::seconds(1));
    CHECK(served.ask("c.example.") == Outcome::answered);
}

TEST_CASE("a zone that had no place for a query is not tried for 20 ms", "[server]") {
    Served served;
    served.source.at_once = true;
    served.source.answer.reason = Reason::zone_overloaded;
    served.source.answer.zone = dns::name_of("shop.example.");
    cache::Delegation delegation;
    delegation.zone = dns::name_of("shop.example.");
    delegation.servers = {{.name = dns::name_of("ns.shop.example."), .glue = {}}};
    delegation.expires_at = served.clock.now() + std::chrono::hours(1);
    served.cache.store_delegation(delegation, served.clock.now());
    for (int i = 0; i < 10; ++i) {
        CHECK(served.ask("a" + std::to_string(i) + ".shop.example.") == Outcome::answered);
        CHECK(served.reply.rcode() == Rcode::servfail);
        CHECK(served.info_code() == dns::extended_error(Reason::zone_overloaded));
    }
    CHECK(served.source.questions.size() == 1);
    CHECK(served.ask("a.other.example.") == Outcome::answered);
    CHECK(served.info_text() == "servers of shop.example.");
    CHECK(served.ask("shop.example.", Type::ds) == Outcome::answered);  // the parent's
    CHECK(served.source.questions.size() == 3);
    served.clock.advance(std::chrono::milliseconds(20));
    CHECK(served.ask("b.shop.example.") == Outcome::answered);
    CHECK(served.source.questions.size() == 4);
    CHECK(served.stats.get(Reason::zone_overloaded) == 13);
}

TEST_CASE("where an alias ended in a zone without a place, its own zone is tried on", "[server]") {
    Served served;
    served.source.at_once = true;
    served.source.answer.reason = Reason::zone_overloaded;
    served.source.answer.zone = dns::name_of("dead.example.");
    cache::Delegation delegation;
    delegation.zone = dns::name_of("shop.example.");
    delegation.servers = {{.name = dns::name_of("ns.shop.example."), .glue = {}}};
    delegation.expires_at = served.clock.now() + std::chrono::hours(1);
    served.cache.store_delegation(delegation, served.clock.now());
    for (const std::string zone : {"shop.example.", "many.owners.example."}) {
        served.source.questions.clear();
        for (int i = 0; i < 10; ++i) {
            CHECK(served.ask("a" + std::to_string(i) + "." + zone) == Outcome::answered);
        }
        CHECK(served.source.questions.size() == 10);
    }
}

TEST_CASE("ANY gets one cached RRset or HINFO, and asks nobody", "[server][rfc8482]") {
    Served served;
    CHECK(served.ask("www.example.", Type::any) == Outcome::answered);
    REQUIRE(served.answers().size() == 1);
    CHECK(served.answers().front().type == Type::hinfo);
    CHECK(served.answers().front().owner == dns::name_of("www.example."));
    served.cache.store(addresses_of("www.example.", 3), cache::Rank::answer_from_aa,
                       served.clock.now());
    CHECK(served.ask("www.example.", Type::any) == Outcome::answered);
    CHECK(served.answers().size() == 3);
    CHECK(served.answers().front().type == Type::a);
    served.source.cached = Answer{};
    served.source.cached->rcode = Rcode::nxdomain;
    CHECK(served.ask("no.example.", Type::any) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::nxdomain);
    CHECK(served.source.questions.empty());
}

TEST_CASE("CHAOS names are refused unless they are configured", "[server][rfc4892]") {
    const AskedFor chaos{.qclass = dns::Class::ch};
    Served hidden;
    CHECK(hidden.ask("version.bind.", Type::txt, chaos) == Outcome::answered);
    CHECK(hidden.reply.rcode() == Rcode::refused);
    CHECK(hidden.ask("id.server.", Type::txt, chaos) == Outcome::answered);
    CHECK(hidden.reply.rcode() == Rcode::refused);
    Served open({.identity = "ns1"});
    CHECK(open.ask("id.server.", Type::txt, chaos) == Outcome::answered);
    CHECK(open.reply.rcode() == Rcode::noerror);
    REQUIRE(open.answers().size() == 1);
    CHECK(open.answers().front().rclass == dns::Class::ch);
    CHECK(open.answers().front().rdata.size() == 4);
    CHECK(open.ask("version.server.", Type::txt, chaos) == Outcome::answered);
    CHECK(open.reply.rcode() == Rcode::refused);
}

TEST_CASE("names of this house are answered here", "[server][rfc6761-6.3]") {
    Served served;
    CHECK(served.ask("LOCALHOST.", Type::a) == Outcome::answered);
    REQUIRE(served.answers().size() == 1);
    CHECK(served.answers().front().owner == dns::name_of("localhost."));
    CHECK(served.ask("1.0.168.192.in-addr.arpa.", Type::ptr) == Outcome::answered);
    CHECK(served.reply.rcode() == Rcode::nxdomain);
    CHECK(served.reply.records(Section::authority).size() == 1);
    CHECK(served.source.questions.empty());
}

TEST_CASE("bogus data is for CD alone", "[server][rfc4035-3.2.2]") {
    Served served;
    served.cache.store(addresses_of("www.example.", 1).with_security(dns::Security::bogus),
                       cache::Rank::answer_from_aa, served.clock.now());
    CHECK(served.ask("www.example.") == Outcome::pending);
    CHECK(served.ask("www.example.", Type::a, {.checking_disabled = true}) == Outcome::answered);
    CHECK(served.reply.header().cd);
}

TEST_CASE("at the end what is known is answered, and the rest is silence", "[server]") {
    Served served;
    served.cache.store(addresses_of("known.example.", 1), cache::Rank::answer_from_aa,
                       served.clock.now());
    CHECK(served.ask("www.example.") == Outcome::pending);
    served.serve.refuse_new();
    CHECK(served.ask("known.example.") == Outcome::answered);
    CHECK(served.answers().size() == 1);
    CHECK(served.ask("localhost.") == Outcome::answered);
    CHECK(served.ask("other.example.") == Outcome::dropped);
    served.serve.end_all();
    CHECK(served.sink.messages.empty());
    CHECK(served.source.parking.waiting() == 0);
    CHECK(served.stats.get(Counter::unanswered_at_end) == 2);
    CHECK(served.stats.get(Reason::shutting_down) == 2);
    CHECK(served.stats.get(Rcode::servfail) == 0);
}

TEST_CASE("counters say what was answered and why", "[server]") {
    Served served;
    served.ask("localhost.");
    served.ask_octets({1, 2, 3});
    const std::vector<const Stats*> all = {&served.stats};
    CHECK(to_text(all) ==
          "queries-udp=2 dropped=1 rcode-noerror=1 reason-local-data=1 reason-malformed-query=1");
}
