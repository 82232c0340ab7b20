// What is flushed goes, and nothing beside it.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/kept_entry.h"
#include "cache/server_memory.h"
#include "cache/spans.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Security;
using dns::Type;
using make::at;

bool has(const Cache& cache, std::string_view name, Type type = Type::a) {
    return cache.find(name_of(name), type, at(1)).has_value();
}

void store_all(Cache& cache, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        cache.store(make::a(name, 100), Rank::answer, at(0));
    }
}

std::size_t flushed_kinds(const Cache& cache, const Selection& selection) {
    std::size_t seen = 0;
    for (std::optional<Cursor> from = Cursor{}; from;) {
        from = cache
                   .walk(selection, *from, at(1),
                         [&](std::span<const KeptEntry> some) {
                             seen += some.size();
                             return true;
                         })
                   .next;
    }
    return seen;
}

TEST_CASE("a flushed name loses every type and every kind of entry", "[cache][flush]") {
    Cache cache(make::small_cache());
    store_all(cache, {"www.example.", "other.example."});
    cache.store(make::rrset("www.example.", Type::txt, 100, {{1, 'a'}}), Rank::answer, at(0));
    cache.store_denial(
        make::denial("www.example.", dns::Rcode::noerror, make::soa("example.", 100, 100)),
        Type::mx, at(0));
    cache.store_delegation({name_of("www.example."), {}, {}, false, {}, at(4)}, at(0));
    CHECK(cache.flush_name(name_of("WWW.example.")) == 4);
    CHECK_FALSE(has(cache, "www.example."));
    CHECK_FALSE(has(cache, "www.example.", Type::txt));
    CHECK_FALSE(cache.find_denial(name_of("www.example."), Type::mx, at(1)));
    CHECK_FALSE(cache.find_delegation(name_of("www.example."), at(1)));
    CHECK(has(cache, "other.example."));
    CHECK(cache.flush_name(name_of("www.example.")) == 0);
}

TEST_CASE("a flushed type leaves the name's other types", "[cache][flush]") {
    Cache cache(make::small_cache());
    store_all(cache, {"www.example."});
    cache.store(make::rrset("www.example.", Type::txt, 100, {{1, 'a'}}), Rank::answer, at(0));
    CHECK(cache.flush_name(name_of("www.example."), Type::a) == 1);
    CHECK_FALSE(has(cache, "www.example."));
    CHECK(has(cache, "www.example.", Type::txt));
}

TEST_CASE("a flushed name is no longer denied by a name error above it", "[cache][flush]") {
    Cache cache(make::small_cache());
    auto denial = make::denial("gone.example.", dns::Rcode::nxdomain,
                               make::soa("example.", 100, 100, Security::secure));
    denial.security = Security::secure;
    cache.store_denial(denial, Type::a, at(0));
    REQUIRE(cache.find_name_error(name_of("a.b.gone.example."), at(1)));
    CHECK(cache.flush_name(name_of("a.b.gone.example."), Type::a) == 1);
    CHECK_FALSE(cache.find_name_error(name_of("a.b.gone.example."), at(1)));
}

TEST_CASE("a flushed zone goes with all below it but other zones", "[cache][flush]") {
    Cache cache(make::small_cache());
    store_all(cache, {"corp.example.", "a.corp.example.", "x.lab.corp.example.",
                      "lab.corp.example.", "notcorp.example.", "example."});
    CHECK(cache.flush_zone(name_of("corp.example."), {name_of("lab.corp.example.")}) == 2);
    CHECK_FALSE(has(cache, "corp.example."));
    CHECK_FALSE(has(cache, "a.corp.example."));
    CHECK(has(cache, "x.lab.corp.example."));
    CHECK(has(cache, "lab.corp.example."));
    CHECK(has(cache, "notcorp.example."));
    CHECK(has(cache, "example."));
}

TEST_CASE("flushing what is negative or bogus leaves the rest", "[cache][flush]") {
    Cache cache(make::small_cache());
    store_all(cache, {"www.example."});
    cache.store(make::a("bad.example.", 50, 1, Security::bogus), Rank::answer, at(0));
    cache.store_denial(
        make::denial("no.example.", dns::Rcode::nxdomain, make::soa("example.", 100, 100)), Type::a,
        at(0));
    CHECK(cache.flush_bogus() == 1);
    CHECK_FALSE(has(cache, "bad.example."));
    CHECK(cache.flush_negative() == 2);  // and its SOA
    CHECK_FALSE(cache.find_denial(name_of("no.example."), Type::a, at(1)));
    CHECK(has(cache, "www.example."));
    CHECK(cache.flush_all() == 1);
    CHECK(cache.statistics().entries == 0);
}

TEST_CASE("forgotten validation leaves the data unchecked", "[cache][flush]") {
    Cache cache(make::small_cache());
    cache.store(make::a("www.signed.example.", 100, 1, Security::secure), Rank::answer, at(0));
    cache.store(make::a("www.example.", 100, 1, Security::secure), Rank::answer, at(0));
    auto denial = make::denial("no.signed.example.", dns::Rcode::nxdomain,
                               make::soa("signed.example.", 100, 100, Security::secure));
    denial.security = Security::secure;
    cache.store_denial(denial, Type::a, at(0));
    CHECK(cache.forget_validation(name_of("signed.example.")) == 3);
    const auto kept = cache.find(name_of("www.signed.example."), Type::a, at(1));
    REQUIRE(kept);
    CHECK(kept->rrset.security() == Security::unchecked);
    CHECK(kept->rrset.ttl() == 99);
    const auto denied = cache.find_denial(name_of("no.signed.example."), Type::a, at(1));
    REQUIRE(denied);
    CHECK(denied->security == Security::unchecked);
    CHECK_FALSE(cache.find_name_error(name_of("x.no.signed.example."), at(1)));
    CHECK(cache.find(name_of("www.example."), Type::a, at(1))->rrset.security() ==
          Security::secure);
    CHECK(cache.forget_validation(name_of("signed.example.")) == 0);
}

TEST_CASE("a walk shows what an entry holds", "[cache][walk]") {
    Cache cache(make::small_cache());
    cache.store(make::a("www.example.", 100, 7, Security::insecure), Rank::answer_from_aa, at(0));
    std::size_t seen = 0;
    const Step step = cache.walk(at_name(name_of("www.example.")), {}, at(10),
                                 [&](std::span<const KeptEntry> some) {
                                     const KeptEntry& entry = some.front();
                                     seen += some.size();
                                     CHECK(entry.kind() == Kind::rrset);
                                     CHECK(entry.ttl() == 90);
                                     CHECK(entry.rank() == Rank::answer_from_aa);
                                     CHECK(entry.security() == Security::insecure);
                                     CHECK(entry.rrset().rdatas().front()[3] == 7);
                                     return true;
                                 });
    CHECK(seen == 1);
    CHECK_FALSE(step.next);
    CHECK(flushed_kinds(cache, {}) == 1);
    CHECK(flushed_kinds(cache, at_name(name_of("example."))) == 0);
}

TEST_CASE("a walk names the proofs of a denial and reads a delegation", "[cache][walk]") {
    Cache cache(make::small_cache());
    cache.store_denial(
        make::denial("no.example.", dns::Rcode::nxdomain, make::soa("example.", 100, 100)), Type::a,
        at(0));
    cache.store_delegation(
        {name_of("sub.example."), {{name_of("ns.sub.example."), {}}}, {}, false, {}, at(50)},
        at(0));
    std::size_t seen = 0;
    const auto look = [&](std::span<const KeptEntry> some) {
        const KeptEntry& entry = some.front();
        seen += some.size();
        if (entry.kind() == Kind::name_error) {
            CHECK(entry.proofs().at(0).owner == name_of("example."));
            CHECK(entry.proofs().at(0).type == Type::soa);
        } else {
            CHECK(entry.delegation().servers.at(0).name == name_of("ns.sub.example."));
        }
        return true;
    };
    cache.walk(at_name(name_of("no.example.")), {}, at(1), look);
    cache.walk(at_name(name_of("sub.example.")), {}, at(1), look);
    CHECK(seen == 2);
}

TEST_CASE("a step looks at no more entries than it may and any cursor is safe", "[cache][walk]") {
    Cache cache(make::small_cache());
    for (int i = 0; i < 5'000; ++i) {
        cache.store(make::a("n" + std::to_string(i) + ".example.", 100), Rank::answer, at(0));
    }
    const std::size_t most = GENERATE(std::size_t{16}, std::size_t{100}, std::size_t{100'000});
    std::size_t seen = 0;
    for (std::optional<Cursor> from = Cursor{}; from;) {
        const Step step = cache.walk(
            {}, *from, at(1),
            [&](std::span<const KeptEntry> some) {
                seen += some.size();
                return true;
            },
            most);
        CHECK(step.looked_at <= std::min(most, step_entries_max));
        CHECK(step.taken == step.looked_at);
        from = step.next;
    }
    CHECK(seen == 5'000);
    for (const Cursor odd : {Cursor{99'999, 1}, Cursor{0, ~0ULL}, Cursor{3, 12'345'678'901}}) {
        CHECK(
            cache.walk({}, odd, at(1), [](std::span<const KeptEntry>) { return true; }).looked_at <=
            step_entries_max);
    }
}

TEST_CASE("a failure is flushed by its name, and all of them by a zone", "[failures][flush]") {
    Failures failures(1'000, {1, 2});
    const auto note = [&](std::string_view name, dns::Reason reason) {
        failures.note(name_of(name), Type::a, false, reason, at(1));
    };
    note("a.example.", dns::Reason::bad_response);
    failures.note_errand(Failures::Errand::own_need, name_of("a.example."), Type::aaaa,
                         dns::Reason::bad_response, at(1));
    note("b.example.", dns::Reason::bad_response);
    note("c.example.", dns::Reason::bogus_signature);
    CHECK(failures.flush_name(name_of("A.example.")) == 2);
    CHECK_FALSE(failures.find(name_of("a.example."), Type::a, false, at(2)));
    CHECK(failures.find(name_of("b.example."), Type::a, false, at(2)));
    CHECK(failures.flush_bogus() == 1);
    CHECK_FALSE(failures.find(name_of("c.example."), Type::a, false, at(2)));
    note("a.example.", dns::Reason::bad_response);
    CHECK(failures.flush_zone(name_of("a.example.")) == 2);
    CHECK_FALSE(failures.find(name_of("b.example."), Type::a, false, at(2)));
}

TEST_CASE("a flushed server is unknown for every zone and others are not", "[servers][flush]") {
    ServerMemory servers(5'000, {1, 2});
    const Endpoint one{*IpAddress::from_text("192.0.2.1"), 53};
    const Endpoint two{*IpAddress::from_text("192.0.2.2"), 53};
    const std::array<std::uint8_t, 8> cookie{1, 2, 3, 4, 5, 6, 7, 8};
    for (const Endpoint& server : {one, two}) {
        servers.note_reply(server, std::chrono::milliseconds(10), at(1));
        servers.note_lame(server, name_of("example."), true, at(1));
        servers.note_cookie(server, cookie, at(1));
    }
    servers.note_lame(one, name_of("test."), true, at(1));
    CHECK(servers.flush(one) == 4);
    CHECK_FALSE(servers.find(one, name_of("example."), at(2)).known);
    CHECK_FALSE(servers.find(one, name_of("example."), at(2)).lame);
    CHECK(servers.find(two, name_of("example."), at(2)).lame);
    CHECK(servers.find(two, name_of("example."), at(2)).known);
    CHECK(servers.flush_all() == 3);
    CHECK_FALSE(servers.find(two, name_of("example."), at(2)).lame);
}

dns::RRset nsec(std::string_view owner) {
    return make::rrset(owner, Type::nsec, 100, {make::name_rdata("z.example.")}, Security::secure);
}

TEST_CASE("spans go with their zone, and the one that denies a name with the name",
          "[spans][flush]") {
    Spans spans({.key = {1, 2}});
    spans.store_nsec(name_of("example."), nsec("a.example."), at(0));
    spans.store_nsec(name_of("example."), nsec("f.example."), at(0));
    spans.store_nsec(name_of("sub.example."), nsec("a.sub.example."), at(0));
    spans.store_nsec3(name_of("sub.example."),
                      make::rrset("abc.sub.example.", Type::nsec3, 100, {{1}}, Security::secure),
                      {}, at(0));
    spans.store_nsec(name_of("test."), nsec("a.test."), at(0));
    CHECK(spans.flush_name(name_of("c.example.")) == 1);
    CHECK_FALSE(spans.at_or_before(name_of("example."), name_of("c.example."), Type::nsec, at(1)));
    CHECK(spans.at_or_before(name_of("example."), name_of("g.example."), Type::nsec, at(1)));
    CHECK(spans.flush_zone(name_of("example."), {name_of("sub.example.")}) == 1);
    CHECK(spans.flush_name(name_of("b.sub.example.")) == 2);
    CHECK(spans.statistics().spans == 1);
    CHECK(spans.flush_all() == 1);
    CHECK(spans.statistics().bytes == 0);
}

TEST_CASE("the zones above a zone no longer deny it or what is below it", "[spans][flush]") {
    Spans spans({.key = {1, 2}});
    const auto proved = [&](std::string_view zone, std::string_view owner) {
        return spans.at_or_before(name_of(zone), name_of(owner), Type::nsec, at(1)).has_value();
    };
    for (const char* owner : {"a.example.", "b.example.", "cut.b.example.", "c.example."}) {
        spans.store_nsec(name_of("example."), nsec(owner), at(0));
    }
    spans.store_nsec(name_of("."), nsec("example."), at(0));
    spans.store_nsec(name_of("."), nsec("a."), at(0));
    spans.store_nsec(name_of("."), nsec("z."), at(0));
    spans.store_nsec3(name_of("example."),
                      make::rrset("abc.example.", Type::nsec3, 100, {{1}}, Security::secure), {},
                      at(0));
    spans.store_nsec(name_of("b.example."), nsec("x.b.example."), at(0));
    const auto above = [&](Cursor at) { return spans.flush_above(name_of("b.example."), at); };
    CHECK(take_all(above) == 5);
    CHECK_FALSE(proved("example.", "b.example."));
    CHECK(proved("example.", "c.example."));
    CHECK(proved(".", "z."));
    CHECK(proved(".", "b."));
    CHECK(proved("b.example.", "x.b.example."));
    CHECK_FALSE(
        spans.at_or_before(name_of("example."), name_of("abc.example."), Type::nsec3, at(1)));
}

TEST_CASE("many spans about a zone go from the zone above it in several steps", "[spans][flush]") {
    Spans spans({.key = {1, 2}});
    for (int i = 0; i < 700; ++i) {
        spans.store_nsec(name_of("example."), nsec("n" + std::to_string(i) + ".b.example."), at(0));
    }
    spans.store_nsec(name_of("example."), nsec("a.example."), at(0));
    spans.store_nsec(name_of("example."), nsec("a0.example."), at(0));
    std::size_t steps = 0;
    const auto above = [&](Cursor at) {
        ++steps;
        const Step step = spans.flush_above(name_of("b.example."), at);
        CHECK(step.taken <= step_entries_max);
        return step;
    };
    CHECK(take_all(above) == 701);  // with the one before
    CHECK(steps >= 4);
    CHECK(spans.statistics().spans == 1);
}

TEST_CASE("a flush of many zones of spans leaves none and no octet", "[spans][flush]") {
    Spans spans({.key = {1, 2}});
    for (int i = 0; i < 3'000; ++i) {
        const std::string zone = "z" + std::to_string(i) + ".example.";
        spans.store_nsec(name_of(zone), nsec("a." + zone), at(0));
    }
    const std::size_t kept = spans.statistics().spans;
    CHECK(kept > 1'000);
    CHECK(spans.flush_zone(name_of("example.")) == kept);
    CHECK(spans.statistics().bytes == 0);
    CHECK(spans.statistics().zones == 0);
}

}  // namespace
}  // namespace wend::cache
