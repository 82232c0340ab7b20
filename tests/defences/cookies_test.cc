// A12: DNS cookies (RFC 7873) towards servers and clients.
#include <algorithm>
#include <array>
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

constexpr std::string_view cookie_server = "10.0.1.2";

std::vector<std::uint8_t> cookie_in(Octets message) {
    const auto parsed = dns::Message::parse(message);
    const dns::EdnsOption* const option =
        parsed && parsed->edns() != nullptr ? parsed->edns()->find(OptionCode::cookie) : nullptr;
    if (option == nullptr) {
        return {};
    }
    return {option->data.begin(), option->data.end()};
}

// An honest server with a secret: eight octets that all its server cookies are.
struct CookieServer {
    std::uint8_t secret = 7;

    bool knows(Octets cookie) const {
        return cookie.size() == 16 &&
               std::ranges::all_of(cookie.subspan(8), [&](auto octet) { return octet == secret; });
    }

    std::vector<std::uint8_t> reply(const Heard& heard, const MessageText& text) const {
        std::vector<std::uint8_t> cookie = cookie_in(heard.octets);
        if (cookie.empty()) {
            return reply_to(heard, text);
        }
        cookie.resize(8);
        cookie.insert(cookie.end(), 8, secret);
        return with_option(reply_to(heard, text), OptionCode::cookie, cookie);
    }

    sim::ServerReply answer(const Heard& heard, Duration delay = 10ms) const {
        const std::string address = fmt::format("{} A 192.0.2.9", heard.name());
        sim::ServerReply all;
        add(all, reply(heard, {.answer = address}), delay);
        return all;
    }
};

struct WithCookies : Siege {
    WithCookies() {
        options.cookie_secret = HashKey{1, 2};
        with_attacker_and_victim();
        script(cookie_server, [this](const Heard& heard) { return server.answer(heard); });
    }

    CookieServer server;
};

}  // namespace

TEST_CASE("a server's cookie comes back to it, and to nobody else", "[defences][A12]") {
    WithCookies siege;
    siege.ask("a.vic.");
    CHECK(cookie_in(siege.sent().back().octets).size() == 8);
    siege.ask("b.vic.");
    CHECK(siege.server.knows(cookie_in(siege.sent().back().octets)));
    siege.ask("www.atk.");
    const auto to_other = cookie_in(siege.sent().back().octets);
    CHECK(to_other.size() == 8);
    CHECK_FALSE(std::ranges::equal(to_other, cookie_in(siege.sent().at(1).octets)));
    siege.pass(25h);
    siege.forget();
    siege.ask("c.vic.");
    CHECK(cookie_in(siege.sent().back().octets).size() == 8);
}

TEST_CASE("a reply without the cookie, or with another, is not believed though all else is right",
          "[defences][A12][A1]") {
    WithCookies siege;
    siege.ask("a.vic.");
    siege.forget();
    bool with_wrong_cookie = false;
    siege.script(cookie_server, [&](const Heard& heard) {
        sim::ServerReply reply = siege.server.answer(heard);
        if (heard.is_udp()) {
            const std::string claim = fmt::format("{} A 203.0.113.66", heard.name());
            std::vector<std::uint8_t> forged = reply_to(heard, {.answer = claim});
            const std::vector<std::uint8_t> wrong(16, 1);
            add(reply, with_wrong_cookie ? with_option(forged, OptionCode::cookie, wrong) : forged,
                1ms);
        }
        return reply;
    });
    CHECK(siege.ask("b.vic.").data() == "192.0.2.9");
    CHECK(siege.packets_over(Channel::tcp) == 1);
    with_wrong_cookie = true;
    CHECK(siege.ask("c.vic.").data() == "192.0.2.9");
    CHECK(siege.packets_over(Channel::tcp) == 1);
    CHECK(siege.packets() == 3);
}

TEST_CASE("a server that always says BADCOOKIE gets three packets", "[defences][A12]") {
    WithCookies siege;
    siege.script(cookie_server, [&](const Heard& heard) {
        sim::ServerReply reply;
        add(reply, siege.server.reply(heard, {.rcode = Rcode::badcookie}), 1ms);
        return reply;
    });
    CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
    CHECK(siege.packets_to(cookie_server) == 3);
    CHECK(siege.packets_over(Channel::tcp) == 1);
}

TEST_CASE("a server that changed its secret costs one packet more", "[defences][A12]") {
    WithCookies siege;
    siege.script(cookie_server, [&](const Heard& heard) {
        sim::ServerReply reply;
        const auto cookie = cookie_in(heard.octets);
        if (cookie.size() > 8 && !siege.server.knows(cookie)) {
            add(reply, siege.server.reply(heard, {.rcode = Rcode::badcookie}), 1ms);
            return reply;
        }
        return siege.server.answer(heard);
    });
    siege.ask("a.vic.");
    siege.server.secret = 9;
    siege.forget();
    CHECK(siege.ask("b.vic.").data() == "192.0.2.9");
    CHECK(siege.packets_to(cookie_server) == 2);
    siege.forget();
    CHECK(siege.ask("c.vic.").data() == "192.0.2.9");
    CHECK(siege.packets_to(cookie_server) == 1);
}

TEST_CASE("a server that has given up cookies is asked over TCP once", "[defences][A12]") {
    WithCookies siege;
    siege.ask("a.vic.");
    siege.script(cookie_server, [](const Heard& heard) {
        return say(heard, {.answer = fmt::format("{} A 192.0.2.9", heard.name())});
    });
    CHECK(siege.ask("b.vic.").rcode() == Rcode::noerror);
    CHECK(siege.packets_over(Channel::tcp) == 1);
    siege.forget();
    CHECK(siege.ask("c.vic.").rcode() == Rcode::noerror);
    CHECK(siege.packets_over(Channel::tcp) == 0);
}

namespace {

struct CookieClient {
    Siege& siege;
    std::string address = "192.168.1.7:5353";
    std::vector<std::uint8_t> cookie = {1, 2, 3, 4, 5, 6, 7, 8};

    Told ask(std::string_view name) {
        Asking how{.from = address};
        how.options.push_back({OptionCode::cookie, cookie});
        Told told = siege.ask(name, Type::a, how);
        const dns::EdnsOption* const option = told.message.edns()->find(OptionCode::cookie);
        if (option != nullptr) {
            cookie.assign(option->data.begin(), option->data.end());
        }
        return told;
    }
};

}  // namespace

TEST_CASE("a client learns its cookie with any answer, and yesterday's is not taken",
          "[defences][A12]") {
    Siege siege;
    siege.answer_cookies = true;
    siege.with_attacker_and_victim();
    CookieClient client{siege};
    CHECK(client.ask("www.vic.").data() == "192.0.2.80");
    REQUIRE(client.cookie.size() == 24);
    const std::vector<std::uint8_t> learned = client.cookie;
    CHECK(siege.stats.get(Counter::cookies_valid) == 0);
    client.ask("www.vic.");
    CHECK(siege.stats.get(Counter::cookies_valid) == 1);
    CHECK(client.cookie == learned);
    CookieClient thief{siege, "192.168.1.8:5353", learned};
    thief.ask("www.vic.");
    CHECK(siege.stats.get(Counter::cookies_valid) == 1);
    siege.pass(24h);
    client.ask("www.vic.");
    CHECK(siege.stats.get(Counter::cookies_valid) == 1);
    CHECK(client.cookie != learned);
}

TEST_CASE("a cookie of a wrong length is a malformed query", "[defences][A12][F6]") {
    Siege siege;
    siege.answer_cookies = true;
    siege.with_attacker_and_victim();
    for (const std::size_t size : std::to_array<std::size_t>({0, 1, 7, 9, 15, 41, 200})) {
        CookieClient client{siege};
        client.cookie.assign(size, 1);
        CHECK(client.ask("www.vic.").rcode() == Rcode::formerr);
    }
    CHECK(siege.packets() == 0);
}
