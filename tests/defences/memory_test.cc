// M: what others can do to the cache, and to the work of an answer.
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "resolver/budget.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

constexpr std::string_view attacker = "10.0.1.1";

// `count` records of a type at one name, as a zone file has them.
std::string many_addresses(std::string_view owner, int count) {
    std::string records;
    for (int i = 0; i < count; ++i) {
        records += fmt::format("{} 3600 A 10.{}.{}.{}\n", owner, 200 + i / 62'500, i / 250 % 250,
                               1 + i % 250);
    }
    return records;
}

}  // namespace

TEST_CASE("one query brings 256 records and 64 KiB into the cache at most", "[defences][M1]") {
    Siege siege;
    std::string chain;
    for (int i = 0; i < 9; ++i) {
        chain += fmt::format("c{0} CNAME c{1}\n", i, i + 1);
    }
    siege.with_attacker_and_victim(chain + many_addresses("c9", 95) + "n A 10.0.9.1\n");
    const auto before = siege.cache.statistics();
    CHECK(siege.ask("c0.atk.").data() != "");
    const auto after = siege.cache.statistics();
    CHECK(after.entries - before.entries <= static_cast<std::size_t>(cached_records_max));
    CHECK(after.bytes - before.bytes <= cached_octets_max + 8'192);
}

TEST_CASE("an RRset of 4,000 addresses is served once and not kept", "[defences][M3]") {
    Siege siege;
    siege.with_attacker_and_victim(many_addresses("big", 4'000));
    const Told told = siege.ask("big.atk.", Type::a, {.channel = Channel::tcp});
    CHECK(told.rcode() == Rcode::noerror);
    CHECK(told.answers().size() >= 3'000);
    CHECK_FALSE(siege.knows("big.atk.", Type::a));
}

TEST_CASE("500 types at a name neither slow nor push out each other", "[defences][M3][M7]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(attacker, [](const Heard& heard) {
        const std::string answer =
            fmt::format("www.atk. 3600 TYPE{} \\# 1 01", std::to_underlying(heard.type()));
        return say(heard, {.answer = answer});
    });
    CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
    for (std::uint16_t type = 0; type < 500; ++type) {
        siege.ask("www.atk.", static_cast<Type>(60'000 + type));
    }
    siege.forget();
    CHECK(siege.ask("www.atk.", static_cast<Type>(60'000)).answers().size() == 1);
    CHECK(siege.ask("www.atk.", static_cast<Type>(60'499)).answers().size() == 1);
    CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
    CHECK(siege.packets() == 0);
    CHECK(siege.cache.statistics().evictions == 0);
}

TEST_CASE("an answer looks nothing up for its additional section", "[defences][M5]") {
    Siege siege;
    std::string records;
    for (int i = 0; i < 100; ++i) {
        records += fmt::format("s SRV 1 1 1 t{0}.vic.\nm MX 1 t{0}.vic.\n", i);
    }
    siege.with_attacker_and_victim(records);
    for (const auto& [name, type] :
         {std::pair("s.atk.", Type::srv), std::pair("m.atk.", Type::mx)}) {
        const Told told = siege.ask(name, type, {.channel = Channel::tcp});
        CHECK(told.answers().size() == 100);
        CHECK(told.message.records(dns::Section::additional).empty());
    }
    CHECK(siege.packets_about("vic.") == 0);
}

TEST_CASE("2,000 targets without a common suffix are written with 120 comparisons",
          "[defences][M4]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(attacker, [](const Heard& heard) {
        if (heard.is_udp()) {
            return say(heard, {.tc = true});
        }
        std::string answer;
        for (int i = 0; i < 2'000; ++i) {
            answer += fmt::format("www.atk. 300 MX 1 a{0}.b{0}.c{0}.\n", i);
        }
        return say(heard, {.answer = answer});
    });
    const Told told = siege.ask("www.atk.", Type::mx, {.channel = Channel::tcp});
    CHECK(told.answers().size() == 2'000);  // the count is held in tests/unit/dns
}
