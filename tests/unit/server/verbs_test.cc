// What the verbs of the serving process say and do.
#include "server/verbs/verbs.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "dns/zone_file.h"
#include "tests/unit/server/stand_ins.h"
#include "tests/unit/server/verb_world.h"

namespace wend {
namespace {

using Json = nlohmann::json;
using Status = LinkReply::Status;

// Of records in presentation form; of one owner, type and TTL.
dns::RRset rrset_of(std::string_view text, dns::Security security = dns::Security::unchecked) {
    const auto records = dns::parse_zone_file(text, {});
    REQUIRE(records);
    dns::RRsetBuilder builder(records->front().owner, records->front().type);
    for (const dns::ZoneRecord& record : *records) {
        record.type == dns::Type::rrsig ? builder.add_signature(record.rdata)
                                        : builder.add(record.rdata);
    }
    return builder.finish(records->front().ttl, security);
}

constexpr std::string_view signed_a =
    "www.example. 300 IN A 192.0.2.1\nwww.example. 300 IN A 192.0.2.2\n"
    "www.example. 300 IN RRSIG A 13 2 300 20261231000000 20260101000000 1 example. "
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n";

void fill(SmallWorld& small) {
    small.cache.store(rrset_of(signed_a, dns::Security::secure), cache::Rank::answer_from_aa,
                      small.world.now);
    small.cache.store(rrset_of("www.example. 200 IN TXT \"a;b\" \"\\007\\\"c\\\" ; d\""),
                      cache::Rank::answer, small.world.now);
    cache::Denial denial;
    denial.name = dns::name_of("no.example.");
    denial.soa = rrset_of("example. 100 IN SOA a. b. 1 2 3 4 60");
    small.cache.store_denial(denial, dns::Type::a, small.world.now);
    small.cache.store_delegation(
        {.zone = dns::name_of("sub.example."),
         .servers = {{dns::name_of("ns.sub.example."), {*IpAddress::from_text("192.0.2.9")}}},
         .ds = {},
         .ds_proofs = {},
         .expires_at = small.world.now + std::chrono::hours(1)},
        small.world.now);
}

TEST_CASE("cache show gives each entry of a name with what is left of it", "[verbs]") {
    SmallWorld small;
    fill(small);
    const Json entries = small.all("cache show", {"WWW.example"}, "entries");
    REQUIRE(entries.size() == 2);
    const Json a = small.all("cache show", {"www.example.", "A"}, "entries").at(0);
    CHECK(a["kind"] == "rrset");
    CHECK(a["name"] == "www.example.");
    CHECK(a["type"] == "A");
    CHECK(a["ttl"] == 300);
    CHECK(a["rank"] == "answer-aa");
    CHECK(a["security"] == "secure");
    CHECK(a["octets"].get<int>() > 40);
    CHECK(a["lines"].at(0) == "www.example. 300 IN A 192.0.2.1 ; 1/3 answer-aa secure");
    const Json denied = small.all("cache show", {"no.example."}, "entries").at(0);
    CHECK(denied["kind"] == "nxdomain");
    CHECK(denied["lines"].at(0) == "; nxdomain no.example. 60 unchecked SOA example.");
    const Json cut = small.all("cache show", {"sub.example."}, "entries").at(0);
    CHECK(cut["lines"].at(0) == "; delegation sub.example. 3600 ns.sub.example. 192.0.2.9");
    CHECK(small.all("cache show", {"nothing.example."}, "entries").empty());
}

TEST_CASE("a dump is loaded into another cache as data that nobody has checked", "[verbs]") {
    SmallWorld small;
    fill(small);
    std::vector<std::string> text = {"1764529370", "2"};  // six seconds ago
    const Json dumped = small.all("cache dump", {}, "lines");
    for (const Json& line : dumped) {
        text.push_back(line.get<std::string>());
    }
    CHECK(text.size() == 2 + 7);
    SmallWorld other;
    const Json said = other.last("cache load", text);
    CHECK(said == Json({{"kept", 2}, {"known", 0}, {"expired", 0}, {"cut", 0}}));
    const auto a = other.cache.find(dns::name_of("www.example."), dns::Type::a, other.world.now);
    REQUIRE(a);
    CHECK(a->rrset.security() == dns::Security::unchecked);
    CHECK(a->rrset.ttl() == 294);
    CHECK(a->rank == cache::Rank::answer);
    CHECK(a->rrset.signatures().size() == 1);
    const auto txt =
        other.cache.find(dns::name_of("www.example."), dns::Type::txt, other.world.now);
    REQUIRE(txt);
    CHECK(same_data(
        txt->rrset,
        small.cache.find(dns::name_of("www.example."), dns::Type::txt, small.world.now)->rrset));
    CHECK(other.last("cache load", text)["known"] == 2);
}

TEST_CASE("what is loaded never takes the place of what is known", "[verbs]") {
    SmallWorld small;
    fill(small);
    const std::vector<std::string> text = {
        "1764529376", "1",
        "www.example. 90 IN A 203.0.113.1 ; 1/1 answer-aa secure\n"
        "no.example. 90 IN A 203.0.113.1 ; 1/1 answer-aa secure\n"
        "old.example. 0 IN A 203.0.113.1 ; 1/1 answer-aa secure\n"
        "half.example. 90 IN A 203.0.113.1 ; 1/2 answer-aa secure\n"};
    CHECK(small.last("cache load", text) ==
          Json({{"kept", 0}, {"known", 2}, {"expired", 1}, {"cut", 1}}));
    CHECK_FALSE(small.cache.find(dns::name_of("half.example."), dns::Type::a, small.world.now));
}

TEST_CASE("a line that is not of a dump is told by its number, and nothing is kept", "[verbs]") {
    SmallWorld small;
    const std::string good = "www.example. 90 IN A 203.0.113.1 ; 1/1 answer secure";
    const std::string bad =
        GENERATE(as<std::string>{}, "www.example. 90 IN A 203.0.113.1", "x",
                 "x ; 1/1 answer secure", "www.example. 90 IN A 1.2.3 ; 1/1 answer secure",
                 "www.example. 90 CH A 192.0.2.1 ; 1/1 answer secure",
                 "www.example. 90 IN A 192.0.2.1 ; 2/1 answer secure",
                 "www.example. 90 IN A 192.0.2.1 ; 0/1 answer secure",
                 "www.example. 90 IN A 192.0.2.1 ; 1/1 best secure",
                 "www.example. 90 IN A \\# 3 010203 ; 1/1 answer secure",
                 "www.example. 90 IN TSIG \\# 0 ; 1/1 answer secure",
                 "www.example. 90 IN RRSIG ( ; 1/1 answer secure");
    const LinkReply reply = small.step("cache load", {"1764529376", "11", good, bad});
    CHECK(reply.status == Status::refused);
    CHECK(reply.json.find("line 12: ") == 0);
    CHECK(small.cache.statistics().entries == 0);
    CHECK(small.step("cache load", {"1764529377", "1", good}).json.find("future") !=
          std::string::npos);
}

TEST_CASE("a flush says how many went and takes no more than its form names", "[verbs]") {
    SmallWorld small;
    fill(small);
    small.failures.note(dns::name_of("www.example."), dns::Type::mx, false,
                        dns::Reason::bad_response, small.world.now);
    CHECK(small.last("flush", {"www.example.", "TXT"})["flushed"] == 2);  // and the failure
    CHECK(small.last("flush", {"www.example"})["flushed"] == 1);
    CHECK(small.last("flush", {"--negative"})["flushed"] == 2);
    CHECK(small.last("flush", {"--bogus"})["flushed"] == 0);
    CHECK(small.last("flush", {"--zone", "example."})["flushed"] == 1);
    const Endpoint server = *Endpoint::from_text("192.0.2.9:53");
    small.servers.note_timeout(server, small.world.now);
    CHECK(small.last("flush", {"--servers", "192.0.2.8"})["flushed"] == 0);
    CHECK(small.last("flush", {"--servers", "192.0.2.9"})["flushed"] == 1);
    small.servers.note_timeout(server, small.world.now);
    CHECK(small.last("flush", {"--servers", "all"})["flushed"] == 1);
    fill(small);
    small.failures.note(dns::name_of("x."), dns::Type::mx, false, dns::Reason::bad_response,
                        small.world.now);
    CHECK(small.last("flush", {"--failures"})["flushed"] == 1);
    CHECK(small.last("flush", {"--all"})["flushed"] == 5);
    CHECK(small.cache.statistics().entries == 0);
}

TEST_CASE("a flushed zone goes with what denies it from above", "[verbs]") {
    SmallWorld small;
    fill(small);
    const dns::Name zone = dns::name_of("zone.no.example.");
    cache::Denial denial;
    denial.name = dns::name_of("no.example.");
    denial.soa = rrset_of("example. 100 IN SOA a. b. 1 2 3 4 60");
    denial.security = dns::Security::secure;
    small.cache.store_denial(denial, dns::Type::a, small.world.now);
    REQUIRE(small.cache.known_at(denial.name, dns::Type::a, small.world.now).denied);
    CHECK(small.last("flush", {"--zone", to_text(zone.view())})["flushed"] == 1);
    CHECK_FALSE(small.cache.known_at(denial.name, dns::Type::a, small.world.now).denied);
    CHECK(small.cache.find(dns::name_of("www.example."), dns::Type::a, small.world.now,
                           cache::Rank::hint));
}

TEST_CASE("servers tells what is known of each, and delegation who they are", "[verbs]") {
    SmallWorld small;
    fill(small);
    small.config.forward.push_back(
        {.zone = dns::name_of("corp."), .addresses = {*Endpoint::from_text("192.0.2.77:5353")}});
    const Endpoint server = *Endpoint::from_text("192.0.2.9:53");
    small.servers.note_reply(server, std::chrono::milliseconds(20), small.world.now);
    small.servers.note_lame(server, dns::name_of("sub.example."), true, small.world.now);
    const Json one = small.all("servers", {"a.sub.example."}, "servers").at(0);
    CHECK(one["zone"] == "sub.example.");
    CHECK(one["name"] == "ns.sub.example.");
    CHECK(one["address"] == "192.0.2.9:53");
    CHECK(one["round_trip_ms"] == 20.0);
    CHECK(one["lame"] == true);
    CHECK(one["cookie"] == false);
    const Json all = small.all("servers", {}, "servers");
    REQUIRE(all.size() == 2);
    CHECK(all.at(0)["source"] == "forward");
    CHECK(small.all("servers", {"www.corp"}, "servers").at(0)["address"] == "192.0.2.77:5353");
    const Json cut = small.last("delegation", {"x.sub.example."});
    CHECK(cut["zone"] == "sub.example.");
    CHECK(cut["servers"].at(0)["glue"].at(0) == "192.0.2.9");
    CHECK(cut["ttl"] == 3600);
    CHECK(small.last("delegation", {"other."})["known"] == false);
}

TEST_CASE("what is configured is listed, and what was counted is told", "[verbs]") {
    SmallWorld small;
    small.config.stub.push_back({.zone = dns::name_of("stub."), .addresses = {}});
    small.config.dnssec.negative_anchors.push_back(
        {.zone = dns::name_of("broken."), .until = small.world.wall_now});
    small.stats.add(Counter::queries_udp, 3);
    small.stats.add_reply(dns::Rcode::nxdomain, dns::Reason::from_cache);
    CHECK(small.all("forward list", {}, "forward").empty());
    CHECK(small.all("stub list", {}, "stub").at(0)["zone"] == "stub.");
    const Json insecure = small.all("insecure list", {}, "insecure").at(0);
    CHECK(insecure["until"] == "2025-11-30T19:02:56Z");
    CHECK(insecure["ended"] == true);
    const Json stats = small.last("stats", {});
    CHECK(stats["counters"]["queries-udp"] == 3);
    CHECK(stats["rcodes"]["NXDOMAIN"] == 1);
    CHECK(stats["reasons"]["from-cache"] == 1);
    CHECK(stats["cache"]["entries"] == 0);
}

struct Waiting {
    explicit Waiting(std::size_t questions) {
        for (std::size_t i = 0; i < questions; ++i) {
            Waiter waiter;
            waiter.client.address = *Endpoint::from_text("192.0.2.1:5353");
            waiter.since = Instant(std::chrono::seconds(998));
            waiter.facts.question = dns::Question{dns::name_of(fmt::format("q{}.sub.example.", i)),
                                                  dns::Type::a, dns::Class::in};
            in_flight.join(waiter);
        }
    }

    StandInSource source;
    SeededRandom random{1};
    Places places{1'000, 1'000, HashKey{1, 2}};
    InFlight in_flight{source, places, {}, random, [](const Waiter&, const Answer&) {}};
};

TEST_CASE("queries goes from worker to worker", "[verbs]") {
    SmallWorld small;
    fill(small);
    Waiting first(40);
    Waiting second(3);
    small.world.workers = 2;
    std::set<std::string> names;
    LinkReply reply;
    do {
        const std::size_t worker =
            worker_of({.verb = "queries", .who = {}, .cursor = reply.cursor}, 2);
        small.world.worker = worker;
        small.world.in_flight = worker == 0 ? &first.in_flight : &second.in_flight;
        reply = small.step("queries", {}, reply.cursor);
        const Json parsed = Json::parse(reply.json);
        for (const Json& each : parsed.at("queries")) {
            names.insert(std::to_string(worker) + each["name"].get<std::string>());
            CHECK(each["age_ms"] == 2'000);
            CHECK(each["zone"] == "sub.example.");
            CHECK(each["waits_for"] == "1 servers");
        }
    } while (reply.more);
    CHECK(names.size() == 43);
}

TEST_CASE("operations are passed on, and answered when they are done", "[verbs]") {
    struct Recorder final : Operations {
        void reload(std::optional<Duration> within, Told told) override {
            confirm_within = within;
            later = std::move(told);
        }

        void undo(Told told) override { told(Status::failed, "there is nothing to go back to"); }

        void confirm(Told told) override { told(Status::done, "{}"); }

        void stop(Told told) override { told(Status::done, "{}"); }

        void set_log_level(LogLevel wanted, Told told) override {
            level = wanted;
            told(Status::done, "{}");
        }

        void change_config(const LinkRequest& request, Told told) override {
            changed = request.verb;
            told(Status::done, "{}");
        }

        std::string changed;
        std::optional<Duration> confirm_within;
        LogLevel level = LogLevel::info;
        Told later;
    };

    SmallWorld small;
    CHECK(small.step("stop", {}).status == Status::refused);
    Recorder recorder;
    small.world.operations = &recorder;
    std::vector<LinkReply> heard;
    run_verb(
        {.id = 9, .verb = "reload", .arguments = {"--confirm", "300"}, .who = {}, .cursor = {}},
        small.world, [&](LinkReply reply) { heard.push_back(std::move(reply)); });
    CHECK(heard.empty());
    CHECK(recorder.confirm_within == Duration(std::chrono::seconds(300)));
    recorder.later(Status::done, "{}");
    REQUIRE(heard.size() == 1);
    CHECK(heard.front().id == 9);
    CHECK(small.step("undo", {}).status == Status::failed);
    CHECK(small.step("log level", {"debug"}).status == Status::done);
    CHECK(recorder.level == LogLevel::debug);
    CHECK(small.step("forward add", {"corp.example", "192.0.2.53"}).status == Status::done);
    CHECK(recorder.changed == "forward add");
    CHECK(small.step("log level", {"loud"}).status == Status::refused);
    CHECK(small.step("reload", {"--confirm", "0"}).status == Status::refused);
}

TEST_CASE("the configuration is shown with where each value comes from, by name or pointer",
          "[verbs]") {
    SmallWorld small;
    const std::vector<Origin> origins = {{"log.level", "\"info\"", "default"},
                                         {"workers", "2", "wend.json:3:4"}};
    small.world.origins = origins;
    CHECK(small.step("config show", {}).json ==
          R"({"keys":[{"key":"log.level","value":"\"info\"","origin":"default"},)"
          R"({"key":"workers","value":"2","origin":"wend.json:3:4"}]})");
    const std::string workers =
        R"({"keys":[{"key":"workers","value":"2","origin":"wend.json:3:4"}]})";
    CHECK(small.step("config show", {"workers"}).json == workers);
    CHECK(small.step("config show", {"-p", "/workers"}).json == workers);
    CHECK(small.step("config show", {"worker"}).status == Status::refused);
    CHECK(small.step("config show", {"workers", "log.level"}).status == Status::refused);
}

TEST_CASE("a dump of a million entries is paged, each page by a bounded number", "[verbs]") {
    SmallWorld small(std::size_t{128} << 20);
    std::vector<std::uint8_t> address = {192, 0, 2, 1};
    for (int i = 0; i < 1'000'000; ++i) {
        dns::RRsetBuilder builder(dns::name_of(fmt::format("n{}.example.", i)), dns::Type::a);
        builder.add(address);
        small.cache.store(builder.finish(3'000), cache::Rank::answer, small.world.now);
    }
    const std::size_t kept = small.cache.statistics().entries;
    CHECK(kept == 1'000'000);
    std::size_t lines = 0;
    std::size_t pages = 0;
    std::size_t longest = 0;
    LinkReply reply;
    do {
        reply = small.step("cache dump", {}, reply.cursor);
        REQUIRE(reply.json.size() < 65'000);
        const auto here =
            static_cast<std::size_t>(std::ranges::count(reply.json, ';'));  // one a line
        longest = std::max(longest, here);
        lines += here;
        ++pages;
    } while (reply.more);
    CHECK(lines == kept);
    CHECK(longest <= 64 + 16);
    CHECK(pages < 30'000);
}

}  // namespace
}  // namespace wend
