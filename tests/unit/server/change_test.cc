// A new configuration beside the one in force: what is carried over, what is to be forgotten, and
// that it is.
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "server/generation.h"
#include "server/service/change_plan.h"
#include "server/service/flushing.h"
#include "server/setup.h"
#include "server/stores.h"
#include "tests/temporary_directory.h"
#include "tests/unit/cache/make.h"

namespace wend {
namespace {

namespace make = cache::make;
using dns::name_of;
using dns::Security;
using dns::Type;
using What = Flush::What;

const Endpoint server_one = *Endpoint::from_text("192.0.2.1:53");
const Endpoint server_two = *Endpoint::from_text("192.0.2.2:53");
constexpr WallTime some_day{std::chrono::seconds(1'764'529'376)};

Config one_worker() {
    Config config;
    config.workers = 1;
    config.cache.size = std::size_t{4} << 20;
    return config;
}

struct Process {
    GenerationPtr next(const Config& config, const GenerationPtr& before = nullptr) {
        return make_generation({.config = config, .resolver = *resolver_options(config, nullptr)},
                               stores, some_day, random, before.get());
    }

    Plan plan(const GenerationPtr& in_force, const Config& config) {
        return change_plan(*in_force, {config, *resolver_options(config, nullptr)});
    }

    // "example. corp.example.": whose addresses are known.
    std::string known(const std::vector<std::string_view>& names) const {
        std::string text;
        for (const std::string_view name : names) {
            const auto found = stores.cache.find(name_of(name), Type::a, make::at(1));
            if (found) {
                const bool is_judged = found->rrset.security() != Security::unchecked;
                text += (text.empty() ? "" : " ") + std::string(name) + (is_judged ? "!" : "");
            }
        }
        return text;
    }

    std::size_t carry_out(const std::vector<Flush>& flushes) {
        Flushing flushing(stores, flushes);
        while (flushing.step()) {  // ends: a flush only moves on
        }
        return flushing.gone();
    }

    SeededRandom random{1};
    Stores stores{one_worker(), nullptr, random};
};

// Names in three zones, with a span of each, a failure, and what is remembered of two servers.
struct Stored : Process {
    Stored() {
        for (const std::string_view zone : {"example.", "corp.example.", "lab.corp.example."}) {
            stores.cache.store(make::a(zone, 100, 1, Security::secure), cache::Rank::answer,
                               make::at(0));
            stores.spans.store_soa(make::soa(zone, 100, 60, Security::secure), make::at(0));
            stores.spans.store_nsec(
                name_of(zone),
                make::rrset(zone, Type::nsec, 100, {{0, 0, 1, 0x40}}, Security::secure),
                make::at(0));
        }
        stores.cache.store(make::ns(".", 100, "a.root."), cache::Rank::answer, make::at(0));
        stores.failures.note(name_of("bad.example."), Type::a, false, dns::Reason::lame_delegation,
                             make::at(0));
        stores.servers.note_no_edns(server_one, make::at(0));
        stores.servers.note_no_edns(server_two, make::at(0));
    }

    std::string names() const { return known({"example.", "corp.example.", "lab.corp.example."}); }

    // Zones whose spans are known.
    std::string spans() const {
        std::string text;
        for (const char* zone : {"example.", "corp.example.", "lab.corp.example."}) {
            const auto found =
                stores.spans.at_or_before(name_of(zone), name_of(zone), Type::nsec, make::at(1));
            text += found ? std::string(text.empty() ? "" : " ") + zone : std::string();
        }
        return text;
    }

    bool has_root() const {
        return stores.cache.find(dns::Name(), Type::ns, make::at(1)).has_value();
    }

    bool has_failure() const {
        return stores.failures.find(name_of("bad.example."), Type::a, false, make::at(1))
            .has_value();
    }

    bool knows(const Endpoint& server) const {
        return stores.servers.find(server, dns::Name(), make::at(1)).lacks_edns;
    }
};

}  // namespace

TEST_CASE("a zone that is flushed goes with its spans and failures, but for zones left out",
          "[server][reload]") {
    Stored process;
    REQUIRE(process.names() == "example.! corp.example.! lab.corp.example.!");
    REQUIRE(process.spans() == "example. corp.example. lab.corp.example.");
    REQUIRE(process.has_failure());
    Flush flush{.what = What::everything, .zone = name_of("corp.example.")};
    SECTION("all below it") {
        CHECK(process.carry_out({flush}) == 2);
        CHECK(process.names() == "example.!");
        CHECK(process.spans().find("corp") == std::string::npos);
    }
    SECTION("but for another zone") {
        flush.except = {name_of("lab.corp.example.")};
        CHECK(process.carry_out({flush}) == 1);
        CHECK(process.names() == "example.! lab.corp.example.!");
        CHECK(process.spans().ends_with("lab.corp.example."));
    }
    CHECK(!process.has_failure());
    CHECK(process.has_root());
    CHECK(process.knows(server_one));
}

TEST_CASE("what denies a zone from above it goes with the zone", "[server][reload]") {
    Process process;
    auto denial = make::denial("corp.example.", dns::Rcode::nxdomain,
                               make::soa("example.", 100, 100, Security::secure));
    denial.security = Security::secure;
    process.stores.cache.store_denial(denial, Type::a, make::at(0));
    process.stores.spans.store_soa(make::soa("example.", 100, 60, Security::secure), make::at(0));
    for (const std::string_view zone : {"example.", "a.corp.example."}) {
        process.stores.spans.store_nsec(
            name_of(zone), make::rrset(zone, Type::nsec, 100, {{0, 0, 1, 0x40}}, Security::secure),
            make::at(0));
    }
    REQUIRE(process.stores.cache.find_name_error(name_of("x.a.corp.example."), make::at(1)));
    process.carry_out({{.what = What::everything, .zone = name_of("a.corp.example.")}});
    CHECK(!process.stores.cache.find_name_error(name_of("x.a.corp.example."), make::at(1)));
    CHECK(!process.stores.spans.at_or_before(name_of("example."), name_of("a.corp.example."),
                                             Type::nsec, make::at(1)));
}

TEST_CASE("validation that is forgotten leaves the data and takes spans and failures",
          "[server][reload]") {
    Stored process;
    CHECK(process.carry_out({{.what = What::validation, .zone = name_of("corp.example.")}}) == 2);
    CHECK(process.names() == "example.! corp.example. lab.corp.example.");
    CHECK(process.spans() == "example.");
    CHECK(!process.has_failure());
    CHECK(process.has_root());
}

TEST_CASE("root servers, failures and servers are forgotten alone", "[server][reload]") {
    Stored process;
    SECTION("root servers") {
        CHECK(process.carry_out({flush_of_hints()}) == 1);
        CHECK(!process.has_root());
        CHECK(!process.has_failure());
        CHECK(process.knows(server_one));
    }
    SECTION("failures") {
        CHECK(process.carry_out({{.what = What::failures}}) == 0);
        CHECK(process.has_root());
        CHECK(!process.has_failure());
    }
    SECTION("servers") {
        CHECK(process.carry_out({{.what = What::servers, .servers = {server_one}}}) == 0);
        CHECK(!process.knows(server_one));
        CHECK(process.has_root());
        CHECK(process.has_failure());
    }
    SECTION("nothing") {
        CHECK(process.carry_out({}) == 0);
        CHECK(process.has_root());
        CHECK(process.has_failure());
        CHECK(process.knows(server_one));
    }
    CHECK(process.knows(server_two));
    CHECK(process.names() == "example.! corp.example.! lab.corp.example.!");
}

TEST_CASE("what is forgotten is forgotten a part at a time", "[server][reload]") {
    Process process;
    constexpr int names = 20'000;
    for (int i = 0; i < names; ++i) {
        process.stores.cache.store(make::a("n" + std::to_string(i) + ".corp.example.", 100),
                                   cache::Rank::answer, make::at(0));
    }
    REQUIRE(process.stores.cache.statistics().entries == names);
    Flushing flushing(process.stores,
                      {{.what = What::everything, .zone = name_of("corp.example.")}});
    std::size_t parts = 0;
    std::size_t most = 0;
    bool has_more = true;
    while (has_more) {  // ends: a flush only moves on
        const std::size_t before = flushing.gone();
        has_more = flushing.step();
        most = std::max(most, flushing.gone() - before);
        ++parts;
    }
    CHECK(parts >= names / flushed_in_step_max);
    CHECK(most <= flushed_in_step_max + cache::step_entries_max);
    CHECK(flushing.gone() == names);
    CHECK(process.stores.cache.statistics().entries == 0);
    CHECK(!flushing.step());
}

TEST_CASE("what did not change of the configuration goes on in the next generation",
          "[server][reload]") {
    Process process;
    const Config config = one_worker();
    const GenerationPtr first = process.next(config);
    CHECK(first->number == 1);
    Config other = config;
    SECTION("all of it") {
        other.tcp.clients = 7;
        const GenerationPtr second = process.next(other, first);
        CHECK(second->number == 2);
        CHECK(second->trust == first->trust);
        CHECK(second->rate_limiter == first->rate_limiter);
        CHECK(second->roots == first->roots);
        CHECK(second->resolver.anchors == first->trust->anchors);
    }
    SECTION("but a negative anchor") {
        other.dnssec.negative_anchors = {{.zone = name_of("example.")}};
        const GenerationPtr second = process.next(other, first);
        CHECK(second->trust != first->trust);
        CHECK(second->resolver.anchors == second->trust->anchors);
        CHECK(second->rate_limiter == first->rate_limiter);
        CHECK(second->roots == first->roots);
        // At once: nobody has to wait for the keeper.
        const auto before = first->trust->anchors->get();
        const auto now = second->trust->anchors->get();
        REQUIRE(now);
        CHECK(before->closest(name_of("www.example.")) != nullptr);
        CHECK(now->closest(name_of("www.example.")) == nullptr);
        CHECK(process.next(other, second)->trust == second->trust);
    }
    SECTION("but that names are validated") {
        other.dnssec.validate = false;
        const GenerationPtr second = process.next(other, first);
        CHECK(second->trust != first->trust);
        CHECK(second->resolver.anchors == nullptr);
        CHECK(!second->trust->keeper);
        CHECK(process.next(config, second)->resolver.anchors->get() != nullptr);
    }
    SECTION("but the limits of clients") {
        other.rate_limit.exempt_local_networks = !other.rate_limit.exempt_local_networks;
        const GenerationPtr second = process.next(other, first);
        CHECK(second->rate_limiter != first->rate_limiter);
        CHECK(second->trust == first->trust);
    }
    SECTION("but the root servers") {
        const TemporaryDirectory directory;
        other.root.hints = directory.write("hints", ". 1 NS a.root.\na.root. 1 A 192.0.2.1\n");
        const GenerationPtr second = process.next(other, first);
        CHECK(second->roots != first->roots);
        CHECK(second->trust == first->trust);
    }
}

TEST_CASE("a file that reads otherwise at an equal path is a change", "[server][reload]") {
    Process process;
    const TemporaryDirectory directory;
    Config config = one_worker();
    config.root.hints = directory.write("hints", ". 1 NS a.root.\na.root. 1 A 192.0.2.1\n");
    config.root.anchors = directory.write(
        "anchors",
        ". 1 DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n");
    const GenerationPtr in_force = process.next(config);
    CHECK(process.plan(in_force, config) == Plan{});
    SECTION("hints") {
        directory.write("hints", ". 1 NS a.root.\na.root. 1 A 192.0.2.2\n");
        CHECK(process.plan(in_force, config).flushes == std::vector{flush_of_hints()});
    }
    SECTION("hints of other names") {
        directory.write("hints", ". 1 NS b.root.\nb.root. 1 A 192.0.2.1\n");
        CHECK(process.plan(in_force, config).flushes == std::vector{flush_of_hints()});
    }
    SECTION("anchors") {
        directory.write("anchors",
                        ". 1 DS 20327 8 2 "
                        "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n");
        CHECK(process.plan(in_force, config).flushes == std::vector{flush_of_anchors()});
        CHECK(process.next(config, in_force)->trust != in_force->trust);
    }
    SECTION("nothing but white space and comments") {
        directory.write("hints", "; ours\n. 1 NS a.root.\n\na.root.  1  A 192.0.2.1\n");
        CHECK(process.plan(in_force, config) == Plan{});
        CHECK(process.next(config, in_force)->roots == in_force->roots);
    }
    SECTION("and a path that changes is told once") {
        config.root.hints = directory.write("others", ". 1 NS a.root.\na.root. 1 A 192.0.2.2\n");
        const Plan plan = process.plan(in_force, config);
        CHECK(plan.keys.size() == 1);
        CHECK(plan.flushes == std::vector{flush_of_hints()});
    }
}

TEST_CASE("what changes at a restart alone stays as it is in force, and all else changes",
          "[server][reload]") {
    const Config in_force = one_worker();
    Config wanted = in_force;
    wanted.workers = 3;
    wanted.cache.size = std::size_t{8} << 20;
    wanted.cache.ttl_max = 7;
    wanted.listen = {*Endpoint::from_text("192.0.2.1:53")};
    Config expected = wanted;
    expected.workers = 1;
    expected.cache.size = in_force.cache.size;
    const Plan plan = plan_of(in_force, wanted);
    CHECK(plan.needs_restart());
    keep_what_wants_a_restart(in_force, wanted);
    CHECK(wanted == expected);
    CHECK(!plan_of(in_force, wanted).needs_restart());
}

TEST_CASE("a generation gives back what it was made from", "[server][reload]") {
    Process process;
    for (const bool validates : {true, false}) {
        Config config = one_worker();
        config.dnssec.validate = validates;
        config.dnssec.negative_anchors = {{.zone = name_of("example.")}};
        const GenerationPtr first = process.next(config);
        const ReadConfig read = read_config_of(*first);
        CHECK(read.config == config);
        CHECK(change_plan(*first, read) == Plan{});
        const GenerationPtr again = make_generation(read, process.stores, some_day, process.random);
        CHECK((again->resolver.anchors != nullptr) == validates);
        if (validates) {
            CHECK(again->trust->anchors->get()->all() == first->trust->anchors->get()->all());
            CHECK(again->trust->anchors->get()->closest(name_of("a.example.")) == nullptr);
        }
    }
}

TEST_CASE("the limits of a configuration hold for what is stored after it", "[server][reload]") {
    Process process;
    cache::Cache& kept = process.stores.cache;
    kept.store(make::a("old.example.", 5'000), cache::Rank::answer, make::at(0));
    Config config = one_worker();
    config.cache.ttl_max = 60;
    config.cache.ttl_min = 10;
    config.cache.negative_ttl_max = 20;
    config.waiting = {.clients = 30, .per_address = 3};
    process.stores.set_limits(config);
    kept.store(make::a("new.example.", 5'000), cache::Rank::answer, make::at(0));
    kept.store(make::a("short.example.", 0), cache::Rank::answer, make::at(0));
    kept.store_denial(
        make::denial("no.example.", dns::Rcode::nxdomain, make::soa("example.", 50, 50)), Type::a,
        make::at(0));
    kept.store_delegation({name_of("cut.example."), {}, {}, false, {}, make::at(5'000)},
                          make::at(0));
    CHECK(kept.find(name_of("old.example."), Type::a, make::at(0))->rrset.ttl() == 5'000);
    CHECK(kept.find(name_of("new.example."), Type::a, make::at(0))->rrset.ttl() == 60);
    CHECK(kept.find(name_of("short.example."), Type::a, make::at(0))->rrset.ttl() == 10);
    CHECK(kept.find_denial(name_of("no.example."), Type::a, make::at(0))->ttl == 20);
    process.stores.spans.store_nsec(
        name_of("example."),
        make::rrset("example.", Type::nsec, 5'000, {{0, 0, 1, 0x40}}, Security::secure),
        make::at(0));
    CHECK(process.stores.spans
              .at_or_before(name_of("example."), name_of("example."), Type::nsec, make::at(0))
              ->ttl() == 20);
    CHECK(process.stores.places.all() == 30);
    config.cache.ttl_max = 86'400;
    process.stores.set_limits(config);
    kept.store(make::a("later.example.", 5'000), cache::Rank::answer, make::at(0));
    CHECK(kept.find(name_of("later.example."), Type::a, make::at(0))->rrset.ttl() == 5'000);
}

}  // namespace wend
