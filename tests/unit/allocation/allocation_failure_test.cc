// The parser, the zone file reader and the cache, with each of their allocations failing in turn.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "dns/message.h"
#include "dns/zone_file.h"
#include "failing_new.h"
#include "tests/unit/resolver/message_text.h"
#include "tests/unit/server/records.h"

using namespace wend;

namespace {

// Its names, written out, need more room than the reader sets aside at once.
std::vector<std::uint8_t> large_message() {
    const std::string zone = std::string(60, 'a') + "." + std::string(60, 'b') + ".example.";
    std::string answer;
    for (int i = 0; i < 40; ++i) {
        answer += "www.example. 300 NS ns" + std::to_string(i) + "." + zone + "\n";
    }
    return test::octets_of({.qname = "www.example.", .qtype = dns::Type::ns, .answer = answer});
}

dns::RRset soa_with_minimum() {
    std::vector<std::uint8_t> rdata(22);  // both names are the root
    rdata.back() = 200;
    dns::RRsetBuilder builder(dns::name_of("example."), dns::Type::soa);
    builder.add(rdata);
    return builder.finish(300);
}

}  // namespace

TEST_CASE("a message whose parsing ran out of memory can be used for the next",
          "[allocation][dns]") {
    const std::vector<std::uint8_t> wire = large_message();
    const auto parse_anew = [&] {
        const auto message = dns::Message::parse(wire);
        fail_allocation(0);
        CHECK(message.has_value());
    };
    CHECK(fail_each_allocation(parse_anew, [] {}) > 3);

    dns::Message kept;
    std::size_t tries = 0;
    const auto assign = [&] {
        dns::Message fresh;
        kept = std::move(fresh);
        const bool read = kept.assign(wire).has_value();
        fail_allocation(0);
        CHECK(read);
    };
    const auto assign_again = [&] {
        ++tries;
        CHECK(kept.assign(wire).has_value());
        CHECK(kept.records(dns::Section::answer).size() == 40);
    };
    CHECK(fail_each_allocation(assign, assign_again) + 1 == tries);
}

TEST_CASE("a zone file whose reading ran out of memory leaves nothing behind",
          "[allocation][dns]") {
    const std::string text = "$ORIGIN example.\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
    const auto read = [&] {
        const auto records = dns::parse_zone_file(text, {});
        fail_allocation(0);
        CHECK(records.has_value());
    };
    CHECK(fail_each_allocation(read, [] {}) > 3);
}

TEST_CASE("a cache that ran out of memory keeps what it has and takes the next",
          "[allocation][cache]") {
    const Instant now(std::chrono::hours(1));
    const dns::Name kept = dns::name_of("kept.example.");
    const dns::Name gone = dns::name_of("no.example.");
    cache::Cache cache(cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1});
    cache.store(addresses_of("kept.example.", 3), cache::Rank::answer_from_aa, now);
    int name = 0;
    const auto use = [&] {
        const std::string owner = "n" + std::to_string(++name) + ".example.";
        const dns::RRset rrset = addresses_of(owner, 50);
        cache.store(rrset, cache::Rank::answer_from_aa, now);
        cache::Denial denial;
        denial.name = gone;
        denial.soa = soa_with_minimum();
        denial.ttl = 300;
        cache.store_denial(denial, dns::Type::a, now);
        cache::Delegation delegation;
        delegation.zone = dns::name_of("example.");
        delegation.servers.push_back({.name = kept, .glue = {IpAddress()}});
        delegation.expires_at = now + std::chrono::hours(1);
        cache.store_delegation(delegation, now);
        const bool has_data = cache.find(rrset.owner(), dns::Type::a, now).has_value();
        const bool has_delegation = cache.closest_delegation(gone, now).has_value();
        const bool has_denial = cache.find_denial(gone, dns::Type::a, now).has_value();
        fail_allocation(0);
        CHECK((has_data && has_delegation && has_denial));
    };
    const auto still_works = [&] {
        const auto found = cache.find(kept, dns::Type::a, now);
        REQUIRE(found);
        CHECK(found->rrset.rdatas().size() == 3);
        cache.store(addresses_of("next.example.", 2), cache::Rank::answer_from_aa, now);
        CHECK(cache.find(dns::name_of("next.example."), dns::Type::a, now).has_value());
    };
    CHECK(fail_each_allocation(use, still_works) > 3);
}
