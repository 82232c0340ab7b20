#include "dns/rrset.h"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using namespace wend::dns;

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes address_1 = {192, 0, 2, 1};
const Bytes address_2 = {192, 0, 2, 2};

RRset two_addresses() {
    RRsetBuilder builder(name_of("www.example."), Type::a);
    builder.add(address_1);
    builder.add(address_2);
    builder.add(address_1);
    builder.add_signature(Bytes{1, 2, 3});
    return builder.finish(300, Security::secure);
}

std::vector<Bytes> all(RdataRange range) {
    std::vector<Bytes> rdatas;
    for (const Octets rdata : range) {
        rdatas.emplace_back(rdata.begin(), rdata.end());
    }
    return rdatas;
}

}  // namespace

TEST_CASE("an RRset keeps what it was built from, in order and without duplicates",
          "[dns][rrset][rfc2181-5]") {
    const RRset rrset = two_addresses();
    REQUIRE(rrset);
    CHECK(rrset.owner() == name_of("www.example."));
    CHECK(rrset.type() == Type::a);
    CHECK(rrset.ttl() == 300);
    CHECK(rrset.security() == Security::secure);
    CHECK(all(rrset.rdatas()) == std::vector<Bytes>{address_1, address_2});
    CHECK(rrset.rdatas().size() == 2);
    CHECK(all(rrset.signatures()) == std::vector<Bytes>{{1, 2, 3}});
}

TEST_CASE("the packed form is type, counts, owner, then rdatas with their lengths",
          "[dns][rrset]") {
    const RRset rrset = two_addresses();
    const Octets packed = rrset.packed().octets();
    REQUIRE(packed.size() == 6 + 13 + 2 * (2 + 4) + (2 + 3));
    CHECK(Bytes(packed.begin() + 6, packed.begin() + 19) ==
          Bytes{3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0});
    const RRset copy = RRset::from_packed(packed, 60, Security::insecure);
    CHECK(all(copy.rdatas()) == all(rrset.rdatas()));
    CHECK(all(copy.signatures()) == all(rrset.signatures()));
    CHECK(copy.owner() == rrset.owner());
}

TEST_CASE("copies of an RRset share its octets and outlive each other", "[dns][rrset]") {
    RRset first = two_addresses();
    RRset second = first;
    const RRset third = second.with_ttl(5).with_security(Security::bogus);
    CHECK(third.packed().octets().data() == first.packed().octets().data());
    CHECK(third.ttl() == 5);
    CHECK(third.security() == Security::bogus);
    CHECK(second.ttl() == 300);
    first = RRset();
    CHECK_FALSE(first);
    const RRset moved = std::move(second);
    CHECK(all(moved.rdatas()) == all(third.rdatas()));
}

TEST_CASE("an RRset under another owner has the same rdata and signatures", "[dns][rrset]") {
    const RRset rrset = two_addresses();
    const RRset renamed = rrset.with_owner(name_of("a.much.longer.example.org."));
    CHECK(renamed.owner() == name_of("a.much.longer.example.org."));
    CHECK(all(renamed.rdatas()) == all(rrset.rdatas()));
    CHECK(all(renamed.signatures()) == all(rrset.signatures()));
    CHECK(renamed.with_owner(NameView()).owner().is_root());
    CHECK(renamed.ttl() == 300);
    CHECK(renamed.security() == Security::secure);
}

TEST_CASE("empty rdata and an RRset without rdata can be held", "[dns][rrset]") {
    RRsetBuilder builder(NameView(), Type{65400});
    CHECK(builder.empty());
    CHECK(builder.finish(0).rdatas().empty());
    builder.add({});
    builder.add({});
    CHECK(builder.size() == 1);
    const RRset rrset = builder.finish(0);
    CHECK(all(rrset.rdatas()) == std::vector<Bytes>{{}});
    CHECK(rrset.signatures().empty());
}

TEST_CASE("thousands of rdatas come out as they went in", "[dns][rrset]") {
    RRsetBuilder builder(name_of("many.example."), Type::a);
    std::vector<Bytes> wanted;
    for (unsigned i = 0; i < 5000; ++i) {
        const unsigned value = i * 2654435761U;
        wanted.push_back({static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
                          static_cast<std::uint8_t>(value >> 16),
                          static_cast<std::uint8_t>(value >> 24)});
        builder.add(wanted.back());
        builder.add(wanted.front());
    }
    CHECK(all(builder.finish(1).rdatas()) == wanted);
}
