#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Security;
using dns::Type;
using make::a;
using make::at;

std::uint32_t ttl_of(const Cache& cache, std::string_view owner, Type type, Instant now) {
    const auto found = cache.find(name_of(owner), type, now, Rank::hint);
    return found ? found->rrset.ttl() : 0;
}

std::uint8_t last_octet(const Cache& cache, std::string_view owner, Instant now) {
    const auto found = cache.find(name_of(owner), Type::a, now, Rank::hint);
    return found ? found->rrset.rdatas().front()[3] : std::uint8_t{0};
}

TEST_CASE("what is stored is found under its owner in any letter case", "[cache][rfc4343-3]") {
    Cache cache(make::small_cache());
    cache.store(a("www.Example.com.", 300), Rank::answer_from_aa, at(10));
    const auto found = cache.find(name_of("WWW.eXample.COM."), Type::a, at(10));
    REQUIRE(found);
    CHECK(dns::to_text(found->rrset.owner()) == "www.Example.com.");
    CHECK(found->rrset.ttl() == 300);
    CHECK(found->rank == Rank::answer_from_aa);
    CHECK(dns::same_data(found->rrset, a("www.example.com.", 1)));
    CHECK_FALSE(cache.find(name_of("www.example.com."), Type::aaaa, at(10)));
    CHECK_FALSE(cache.find(name_of("ww.example.com."), Type::a, at(10)));
    CHECK_FALSE(cache.find(name_of("example.com."), Type::a, at(10)));
}

TEST_CASE("what is stored is told for how long it is kept, what is not kept is not", "[cache]") {
    Options options = make::small_cache();
    options.ttl_min = 10;
    options.ttl_max = 100;
    Cache cache(options);
    CHECK(cache.store(a("a.test.", 60), Rank::answer_from_aa, at(0)) == 60);
    CHECK(cache.store(a("short.test.", 5), Rank::answer, at(0)) == 10);
    CHECK(cache.store(a("long.test.", 500), Rank::answer, at(0)) == 100);
    CHECK(cache.store(a("bogus.test.", 90, 1, Security::bogus), Rank::answer, at(0)) == 60);
    CHECK(cache.store(a("zero.test.", 0), Rank::answer, at(0)) == 10);
    CHECK(cache.store(a("sign.test.", 0x80000001), Rank::answer, at(0)) == 10);
    CHECK_FALSE(cache.store(a("a.test.", 90, 2), Rank::additional, at(20)));
    CHECK(cache.store(make::ns("test.", 60, "a.test."), Rank::answer, at(0)) == 60);
    CHECK(cache.store(make::ns("test.", 90, "a.test."), Rank::answer, at(20)) == 40);
    CHECK(ttl_of(cache, "test.", Type::ns, at(20)) == 40);
}

TEST_CASE("records, order, signatures and state come back as they were", "[cache]") {
    const std::vector<std::uint8_t> large(300, 7);
    const std::vector<std::uint8_t> octet(1, 5);
    const std::vector<dns::RRset> kept = {
        make::rrset("a.test.", Type::a, 60, {{1, 2, 3, 4}, {4, 3, 2, 1}}, Security::insecure),
        make::rrset("a.test.", Type::aaaa, 60, {std::vector<std::uint8_t>(16, 9)}),
        make::rrset("a.test.", Type::a, 60, {{1, 2, 3, 4}}, Security::secure, {large}),
        make::rrset("a.test.", Type::txt, 60, {large, octet, {}}, Security::indeterminate, {octet}),
        make::rrset("a.test.", Type{65400}, 60, {{}}),
        make::rrset(".", Type::ns, 60, {make::name_rdata("a.root-servers.net.")}),
    };
    for (const dns::RRset& rrset : kept) {
        Cache cache(make::small_cache());
        cache.store(rrset, Rank::answer, at(0));
        const auto found = cache.find(rrset.owner(), rrset.type(), at(0));
        REQUIRE(found);
        const Octets before = rrset.packed().octets();
        const Octets after = found->rrset.packed().octets();
        CHECK(std::vector(before.begin(), before.end()) == std::vector(after.begin(), after.end()));
        CHECK(found->rrset.security() == rrset.security());
    }
}

TEST_CASE("a TTL counts down to its end and not past it", "[cache][rfc1035-3.2.1]") {
    Cache cache(make::small_cache());
    cache.store(a("a.test.", 10), Rank::answer, at(100));
    CHECK(ttl_of(cache, "a.test.", Type::a, at(103)) == 7);
    CHECK(ttl_of(cache, "a.test.", Type::a, at(109)) == 1);
    CHECK_FALSE(cache.find(name_of("a.test."), Type::a, at(110)));
    cache.store(a("b.test.", 10), Rank::answer, at(100) + std::chrono::milliseconds(900));
    CHECK(ttl_of(cache, "b.test.", Type::a, at(109)) == 1);
    CHECK_FALSE(cache.find(name_of("b.test."), Type::a, at(110)));
}

TEST_CASE("a TTL of nothing is not kept and a long one is cut", "[cache][rfc2181-8]") {
    Options options = make::small_cache();
    options.ttl_max = 3600;
    Cache cache(options);
    cache.store(a("zero.test.", 0), Rank::answer, at(0));
    cache.store(a("sign.test.", 0x80000001), Rank::answer, at(0));
    cache.store(a("short.test.", 1), Rank::answer, at(0));
    cache.store(a("long.test.", 0x7fffffff), Rank::answer, at(0));
    cache.store(a("bogus.test.", 3000, 1, Security::bogus), Rank::answer, at(0));
    CHECK(ttl_of(cache, "zero.test.", Type::a, at(0)) == 0);
    CHECK(ttl_of(cache, "sign.test.", Type::a, at(0)) == 0);
    CHECK(ttl_of(cache, "short.test.", Type::a, at(0)) == 1);
    CHECK(ttl_of(cache, "long.test.", Type::a, at(0)) == 3600);
    CHECK(ttl_of(cache, "bogus.test.", Type::a, at(0)) == 60);
}

TEST_CASE("whose alias it is comes with the data, or is learnt by data that stays",
          "[cache][rfc4035-3.1.4]") {
    const auto alias = [](std::string_view target, Security security = Security::unchecked) {
        return make::rrset("a.test.", Type::cname, 60, {make::name_rdata(target)}, security);
    };
    const auto side = [](const Cache& cache) {
        return cache.find(name_of("a.test."), Type::cname, at(0))->side;
    };
    Cache cache(make::small_cache());
    cache.store(alias("b.test."), Rank::answer_from_aa, at(0));
    CHECK(side(cache) == Side::unknown);
    cache.store(alias("c.test."), Rank::answer, at(0), Side::parent);  // other data
    CHECK(side(cache) == Side::unknown);
    cache.store(alias("b.test."), Rank::answer, at(0), Side::parent);
    CHECK(side(cache) == Side::parent);
    cache.store(alias("b.test."), Rank::answer, at(0));
    CHECK(side(cache) == Side::parent);
    cache.store(alias("b.test."), Rank::answer_from_aa, at(0));
    CHECK(side(cache) == Side::unknown);
    cache.store(alias("b.test.", Security::secure), Rank::answer_from_aa, at(0), Side::parent);
    CHECK(side(cache) == Side::parent);
    cache.store(alias("b.test.", Security::secure), Rank::answer_from_aa, at(0));
    cache.store(alias("b.test."), Rank::answer_from_aa, at(0), Side::parent);  // not trusted so far
    CHECK(side(cache) == Side::unknown);
    std::vector<std::uint8_t> octets(512);
    CHECK(cache.find_packed(name_of("a.test."), Type::cname, at(0), octets)->side == Side::unknown);
}

TEST_CASE("a least TTL holds for all that is less, 0 too", "[cache][rfc1035-3.2.1]") {
    Options options = make::small_cache();
    options.ttl_min = 5;
    options.ttl_max = 3600;
    Cache cache(options);
    for (const std::uint32_t ttl : {0U, 1U, 4U, 0x80000000U}) {
        cache.store(a("a.test.", ttl), Rank::answer, at(0));
        CHECK(ttl_of(cache, "a.test.", Type::a, at(0)) == 5);
        cache.remove(name_of("a.test."), Type::a);
    }
    cache.store(a("b.test.", 6), Rank::answer, at(0));
    CHECK(ttl_of(cache, "b.test.", Type::a, at(0)) == 6);
    cache.store(a("c.test.", 0, 1, Security::bogus), Rank::answer, at(0));
    CHECK(ttl_of(cache, "c.test.", Type::a, at(0)) == 5);
}

TEST_CASE("data below the rank asked for is not found", "[cache][rfc2181-5.4.1]") {
    Cache cache(make::small_cache());
    cache.store(a("ns.test.", 60), Rank::additional, at(0));
    CHECK_FALSE(cache.find(name_of("ns.test."), Type::a, at(0)));
    CHECK(cache.find(name_of("ns.test."), Type::a, at(0), Rank::additional));
}

TEST_CASE("fresh data gives way to data of the same or a higher rank only",
          "[cache][rfc2181-5.4.1]") {
    struct Row {
        Rank first, second;
        std::uint8_t kept;
    };

    const auto row =
        GENERATE(Row{Rank::answer, Rank::answer_from_aa, 2},
                 Row{Rank::answer_from_aa, Rank::answer_from_aa, 2},
                 Row{Rank::answer_from_aa, Rank::authority_from_aa, 1},
                 Row{Rank::answer, Rank::additional, 1}, Row{Rank::hint, Rank::additional, 2});
    Cache cache(make::small_cache());
    cache.store(a("a.test.", 60, 1), row.first, at(0));
    cache.store(a("a.test.", 60, 2), row.second, at(1));
    CHECK(last_octet(cache, "a.test.", at(2)) == row.kept);
    // What has expired stands in nobody's way.
    cache.store(a("a.test.", 60, 3), Rank::hint, at(61));
    CHECK(last_octet(cache, "a.test.", at(61)) == 3);
}

TEST_CASE("among answers what was proved is not unsaid, whatever the rank",
          "[cache][rfc4035-4.3]") {
    Cache cache(make::small_cache());
    cache.store(a("a.test.", 60, 1, Security::secure), Rank::answer, at(0));
    cache.store(a("a.test.", 60, 2), Rank::answer, at(1));
    CHECK(last_octet(cache, "a.test.", at(1)) == 1);
    cache.store(a("a.test.", 60, 3, Security::secure), Rank::answer, at(1));
    CHECK(last_octet(cache, "a.test.", at(1)) == 3);
    cache.store(a("a.test.", 60, 4), Rank::answer_from_aa, at(1));
    CHECK(last_octet(cache, "a.test.", at(1)) == 3);
    // A flag that anybody can set keeps no proof out.
    cache.store(a("b.test.", 86'400, 1), Rank::answer_from_aa, at(0));
    CHECK(cache.store(a("b.test.", 60, 1, Security::secure), Rank::answer, at(1)) == 60);
    // What is no answer stays below answers.
    cache.store(a("b.test.", 60, 2, Security::secure), Rank::additional, at(1));
    CHECK(last_octet(cache, "b.test.", at(1)) == 1);
    cache.store(a("c.test.", 60, 1, Security::secure), Rank::additional, at(0));
    cache.store(a("c.test.", 60, 2), Rank::answer, at(0));
    CHECK(last_octet(cache, "c.test.", at(0)) == 2);
}

TEST_CASE("what a validator rejected does not displace what it let pass", "[cache]") {
    Cache cache(make::small_cache());
    cache.store(a("a.test.", 60, 1, Security::insecure), Rank::answer, at(0));
    cache.store(a("a.test.", 60, 2, Security::bogus), Rank::answer, at(1));
    CHECK(last_octet(cache, "a.test.", at(1)) == 1);
    cache.store(a("b.test.", 60, 1), Rank::answer, at(0));
    cache.store(a("b.test.", 60, 1, Security::bogus), Rank::answer, at(1));
    CHECK(cache.find(name_of("b.test."), Type::a, at(1))->rrset.security() == Security::bogus);
}

TEST_CASE("an NS set does not prolong its own life", "[cache][ghost-domains]") {
    Cache cache(make::small_cache());
    cache.store(make::ns("zone.test.", 100, "ns1.zone.test."), Rank::answer_from_aa, at(0));
    cache.store(make::ns("zone.test.", 100, "ns2.zone.test."), Rank::answer_from_aa, at(90));
    CHECK(ttl_of(cache, "zone.test.", Type::ns, at(90)) == 10);
    CHECK_FALSE(cache.find(name_of("zone.test."), Type::ns, at(100)));
    // A shorter life counts, and other types are renewed.
    cache.store(make::ns("zone.test.", 100, "ns1.zone.test."), Rank::answer_from_aa, at(100));
    cache.store(make::ns("zone.test.", 5, "ns1.zone.test."), Rank::answer_from_aa, at(101));
    CHECK(ttl_of(cache, "zone.test.", Type::ns, at(101)) == 5);
    cache.store(a("a.test.", 100), Rank::answer, at(0));
    cache.store(a("a.test.", 100), Rank::answer, at(90));
    CHECK(ttl_of(cache, "a.test.", Type::a, at(90)) == 100);
}

TEST_CASE("an RRset of over 100 records is not kept", "[cache][limits]") {
    for (const unsigned records : {100U, 101U}) {
        dns::RRsetBuilder builder(name_of("many.test."), Type::a);
        for (unsigned i = 0; i < records; ++i) {
            builder.add(make::Rdata{10, 0, 0, static_cast<std::uint8_t>(i)});
        }
        Cache cache(make::small_cache());
        cache.store(builder.finish(60), Rank::answer, at(0));
        const auto found = cache.find(name_of("many.test."), Type::a, at(0));
        CHECK(found.has_value() == (records == 100));
        CHECK((!found || found->rrset.rdatas().size() == 100));
    }
}

TEST_CASE("an RRset of nearly 64 KiB is kept, and one over it is not", "[cache][limits]") {
    Cache cache(make::small_cache());
    cache.store(make::rrset("a.test.", Type::txt, 60, {make::Rdata(65'000, 1)}), Rank::answer,
                at(0));
    const auto found = cache.find(name_of("a.test."), Type::txt, at(0));
    REQUIRE(found);
    CHECK(found->rrset.rdatas().front().size() == 65'000);
    cache.store(make::rrset("a.test.", Type::txt, 60, {make::Rdata(65'535, 1)}), Rank::answer,
                at(1));
    CHECK_FALSE(cache.find(name_of("a.test."), Type::txt, at(1)));
}

TEST_CASE("a packed hit is the RRset's octets, or nothing if they do not fit", "[cache]") {
    Cache cache(make::small_cache());
    const dns::RRset stored = make::rrset("a.test.", Type::txt, 60, {{1, 'x'}, {2, 'y', 'z'}},
                                          Security::secure, {{9, 9}});
    cache.store(stored, Rank::answer, at(0));
    const Octets octets = stored.packed().octets();
    std::vector<std::uint8_t> buffer(octets.size());
    const auto hit = cache.find_packed(name_of("a.test."), Type::txt, at(7), buffer);
    REQUIRE(hit);
    CHECK(hit->size == octets.size());
    CHECK(hit->ttl == 53);
    CHECK(hit->security == Security::secure);
    CHECK(buffer == std::vector(octets.begin(), octets.end()));
    for (std::size_t size = 0; size < octets.size(); ++size) {
        const MutableOctets less = MutableOctets(buffer).first(size);
        CHECK_FALSE(cache.find_packed(name_of("a.test."), Type::txt, at(7), less));
    }
}

TEST_CASE("a name that is hashed once serves more than one look", "[cache]") {
    Cache cache(make::small_cache());
    cache.store(make::rrset("a.test.", Type::txt, 60, {{1, 'x'}}), Rank::answer, at(0));
    std::vector<std::uint8_t> buffer(100);
    const dns::Name name = name_of("A.test.");
    const auto owner = cache.hashed(name);
    CHECK(owner.name == name);
    CHECK_FALSE(cache.find_packed(owner, Type::cname, at(7), buffer));
    const auto hit = cache.find_packed(owner, Type::txt, at(7), buffer);
    REQUIRE(hit);
    CHECK(hit->rank == Rank::answer);
    CHECK(cache.hashed(name_of("b.test.")).hash != owner.hash);
}

TEST_CASE("removing and clearing forget", "[cache]") {
    Cache cache(make::small_cache());
    const auto fill = [&cache] {
        cache.store(a("a.test.", 60), Rank::answer, at(0));
        cache.store(a("b.test.", 60), Rank::answer, at(0));
        cache.store_denial(
            make::denial("c.test.", dns::Rcode::nxdomain, make::soa("test.", 60, 60)), Type::a,
            at(0));
    };
    fill();
    CHECK(cache.statistics().entries == 4);
    cache.remove(name_of("A.test."), Type::a);
    cache.remove(name_of("c.test."), Type::a);
    CHECK_FALSE(cache.find(name_of("a.test."), Type::a, at(0)));
    CHECK(cache.find(name_of("b.test."), Type::a, at(0)));
    CHECK_FALSE(cache.find_denial(name_of("c.test."), Type::a, at(0)));
    cache.clear();
    CHECK(cache.statistics().entries == 0);
    CHECK_FALSE(cache.find(name_of("b.test."), Type::a, at(0)));
    fill();
    CHECK(cache.find(name_of("a.test."), Type::a, at(0)));
}

}  // namespace
}  // namespace wend::cache
