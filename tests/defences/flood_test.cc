// E1: what a forger of client addresses gets out of us, and what is left for honest clients.
#include <functional>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::OptionCode;
using dns::Rcode;
using dns::Type;

namespace {

std::string full_datagram() {
    std::string records;
    for (int i = 0; i < 70; ++i) {
        records += fmt::format("big A 198.18.1.{}\n", i);
    }
    return records;
}

struct Flooded : Siege {
    explicit Flooded(policy::RateMode mode = policy::RateMode::enforce) {
        serving.rate_mode = mode;
        allowed = {*Prefix::from_text("0.0.0.0/0")};
        limits.emplace();
        answer_cookies = true;
        with_attacker_and_victim({}, full_datagram());
        ask("big.vic.");  // cached from here on, by a private client
    }

    // 10,000 forged queries a second for `seconds` from that network; octets in and out.
    void flood(int seconds, const std::function<std::string(int)>& address) {
        const std::vector<std::uint8_t> query = query_for("big.vic.", Type::a);
        const std::size_t before = octets_told();
        for (int i = 0; i < 10'000 * seconds; ++i) {
            const auto port = static_cast<std::uint16_t>(1'024 + i % 60'000);
            send_octets(query, {{ip(address(i)), port}, Channel::udp});
            octets_in += query.size();
            pass(100us);
        }
        octets_out += octets_told() - before;
    }

    double ratio() const {
        return static_cast<double>(octets_out) / static_cast<double>(octets_in);
    }

    std::size_t octets_in = 0;
    std::size_t octets_out = 0;
};

}  // namespace

TEST_CASE("10,000 forged queries a second for a full datagram send out 1.5 times what came in",
          "[defences][E1]") {
    Flooded siege;
    const auto of_one_network = [](int i) { return fmt::format("198.51.100.{}", i % 256); };
    siege.flood(2, of_one_network);  // the first second's worth is free, twice
    siege.octets_in = 0;
    siege.octets_out = 0;
    siege.flood(2, of_one_network);
    CHECK(siege.ratio() <= 1.5);
    CHECK(siege.stats.get(Counter::rate_limited) > 30'000);
}

TEST_CASE("in a flooded network a client with a cookie loses nothing, one without gets TC or more",
          "[defences][E1]") {
    Flooded siege;
    std::vector<std::uint8_t> cookie(8, 3);
    const auto ask_with_cookie = [&] {
        Asking how{.from = "198.51.100.7:4000"};
        how.options.push_back({OptionCode::cookie, cookie});
        const auto number = siege.send("www.vic.", Type::a, how);
        siege.settle();
        Told told = siege.told(number);
        if (told.answered()) {
            const auto* option = told.message.edns()->find(OptionCode::cookie);
            cookie.assign(option->data.begin(), option->data.end());
        }
        return told;
    };
    ask_with_cookie();
    REQUIRE(cookie.size() == 24);
    const auto of_one_network = [](int i) { return fmt::format("198.51.100.{}", i % 256); };
    siege.flood(2, of_one_network);
    int with_cookie = 0;
    int without = 0;
    for (int i = 0; i < 200; ++i) {
        with_cookie += ask_with_cookie().data() == "192.0.2.80" ? 1 : 0;
        const auto number = siege.send("www.vic.", Type::a, {.from = "198.51.100.8:4000"});
        without += siege.told(number).answered() ? 1 : 0;
        siege.send_octets(query_for("big.vic.", Type::a), {{ip("198.51.100.9"), 2'000}, {}});
    }
    CHECK(with_cookie == 200);
    CHECK(without >= 60);  // about every second reply over the rate says TC
}

TEST_CASE("one who has a client cookie only is told BADCOOKIE and his cookie", "[defences][E1]") {
    Flooded siege;
    siege.flood(1, [](int) { return std::string("198.51.100.7"); });
    const std::vector<std::uint8_t> cookie(8, 3);
    Asking how{.from = "198.51.100.7:4000"};
    how.options.push_back({OptionCode::cookie, cookie});
    int told_so = 0;
    for (int i = 0; i < 20; ++i) {
        const Told told = siege.told(siege.send("www.vic.", Type::a, how));
        const bool bad = told.answered() && told.rcode() == Rcode::badcookie;
        told_so += bad ? 1 : 0;
        if (bad) {
            CHECK(told.message.edns()->find(OptionCode::cookie)->data.size() == 24);
            CHECK(told.answers().empty());
        }
    }
    CHECK(told_so >= 1);
}

TEST_CASE("a flood from 65,536 networks stays within each one's rate", "[defences][E1]") {
    Flooded siege;
    siege.flood(1, [](int i) { return fmt::format("100.{}.{}.1", 1 + i / 256 % 60, i % 256); });
    CHECK(siege.stats.get(Counter::rate_limited) == 0);  // none has asked more than twice
}

TEST_CASE("strangers' refusals have a rate too, and no reply is longer than its query",
          "[defences][E1]") {
    Siege siege;
    siege.limits.emplace();
    siege.with_attacker_and_victim();
    const std::vector<std::uint8_t> query = query_for("www.vic.", Type::a);
    int answered = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto number = siege.send_octets(query, {{ip("198.51.100.7"), 4'000}, Channel::udp});
        const Told told = siege.told(number);
        answered += told.answered() ? 1 : 0;
        CHECK(told.octets <= query.size() + 6);
        siege.pass(100us);
    }
    CHECK(answered <= 40 + 20);
    CHECK(siege.packets() == 0);
}

TEST_CASE("in shadow mode all is answered, and what would be limited is counted",
          "[defences][E1]") {
    Flooded siege(policy::RateMode::shadow);
    const std::size_t before = siege.replies();
    siege.flood(1, [](int) { return std::string("198.51.100.7"); });
    CHECK(siege.replies() == before + 10'000);
    CHECK(siege.stats.get(Counter::rate_shadowed) > 9'000);
    CHECK(siege.stats.get(Counter::rate_limited) == 0);
}

TEST_CASE("over TCP, where the address is proved, nobody is limited", "[defences][E1][E3]") {
    Flooded siege;
    std::size_t answered = 0;
    for (int i = 0; i < 2'000; ++i) {
        const Asking how{.from = "198.51.100.7:4000", .channel = Channel::tcp};
        answered += siege.told(siege.send("big.vic.", Type::a, how)).answered() ? 1U : 0U;
    }
    CHECK(answered == 2'000);
}
