#include "policy/cookies.h"

#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "base/encoding.h"

using namespace wend;
using namespace wend::policy;

namespace {

std::vector<std::uint8_t> hex(std::string_view text) {
    std::vector<std::uint8_t> octets;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        octets.push_back(
            static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return octets;
}

HashKey secret(std::string_view text) {
    const std::vector<std::uint8_t> octets = hex(text);
    HashKey key;
    for (std::size_t i = 8; i > 0; --i) {
        key.k0 = key.k0 << 8 | octets[i - 1];
        key.k1 = key.k1 << 8 | octets[i + 7];
    }
    return key;
}

std::vector<std::uint8_t> octets_of(const Cookie& cookie) {
    return {cookie.begin(), cookie.end()};
}

const IpAddress client = *IpAddress::from_text("198.51.100.100");
const IpAddress other = *IpAddress::from_text("203.0.113.203");
const HashKey one_secret = secret("e5e973e5a6b2a43f48e7dc849e37bfcf");
const std::vector<std::uint8_t> client_cookie = hex("2464c4abcf10c957");

}  // namespace

TEST_CASE("a server cookie is what RFC 9018 appendix A says", "[policy][rfc9018-A]") {
    CHECK(octets_of(make_cookie(one_secret, client_cookie, client, 1559731985)) ==
          hex("2464c4abcf10c957010000005cf79f111f8130c3eee29480"));
    CHECK(octets_of(make_cookie(one_secret, client_cookie, client, 1559734385)) ==
          hex("2464c4abcf10c957010000005cf7a871d4a564a1442aca77"));
    CHECK(octets_of(make_cookie(one_secret, hex("fc93fc62807ddb86"), other, 1559734700)) ==
          hex("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"));
    const IpAddress v6 = *IpAddress::from_text("2001:db8:220:1:59de:d0f4:8769:82b8");
    const HashKey rolled = secret("445536bcd2513298075a5d379663c962");
    CHECK(octets_of(make_cookie(rolled, hex("22681ab97d52c298"), v6, 1559741961)) ==
          hex("22681ab97d52c298010000005cf7c609a6bb79d16625507a"));
    // Made with the secret before: its hash is checked with that one.
    const auto before = hex("22681ab97d52c298010000005cf7c57926556bd0934c72f8");
    CHECK(is_made_with(secret("dd3bdf9344b678b185a6f5cb60fca715"), before, v6));
    CHECK_FALSE(is_made_with(rolled, before, v6));
    // Reserved octets count as they came.
    CHECK(is_made_with(one_secret, hex("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5"), other));
}

TEST_CASE("a cookie is good for its client, for an hour, and none other", "[policy][rfc9018-4.3]") {
    const Cookies cookies(one_secret);
    constexpr std::uint32_t now = 1'800'000'000;
    const auto learned = cookies.judge(client_cookie, client, now);
    CHECK(learned.verdict == CookieVerdict::learning);
    REQUIRE(learned.reply);
    const std::vector<std::uint8_t> whole = octets_of(*learned.reply);
    const auto at = [&](std::uint32_t time) { return cookies.judge(whole, client, time); };
    CHECK(at(now).verdict == CookieVerdict::valid);
    CHECK(at(now + cookie_age_max).verdict == CookieVerdict::valid);
    CHECK(at(now + cookie_age_max + 1).verdict == CookieVerdict::invalid);
    CHECK(at(now + 86'400).verdict == CookieVerdict::invalid);
    CHECK(at(now - cookie_ahead_max).verdict == CookieVerdict::valid);
    CHECK(at(now - cookie_ahead_max - 1).verdict == CookieVerdict::invalid);
    CHECK(at(now + cookie_renewed_after).reply == learned.reply);
    CHECK_FALSE(at(now + cookie_renewed_after + 1).reply == learned.reply);
    CHECK(cookies.judge(whole, other, now).verdict == CookieVerdict::invalid);
    CHECK(Cookies(HashKey{1, 2}).judge(whole, client, now).verdict == CookieVerdict::invalid);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::vector<std::uint8_t> changed = whole;
        changed[i] ^= 1;
        CHECK(cookies.judge(changed, client, now).verdict == CookieVerdict::invalid);
    }
}

TEST_CASE("a cookie stays good over midnight, when the secret changes", "[policy][rfc9018-5]") {
    const Cookies cookies(one_secret);
    constexpr std::uint32_t midnight = 86'400 * 20'000;
    const auto before = cookies.judge(client_cookie, client, midnight - 60);
    const auto after = cookies.judge(octets_of(*before.reply), client, midnight + 60);
    CHECK(after.verdict == CookieVerdict::valid);
    const Cookie renewed = *cookies.judge(client_cookie, client, midnight - 60 + 86'400).reply;
    CHECK_FALSE(std::equal(renewed.end() - 8, renewed.end(), before.reply->end() - 8));
}

TEST_CASE("a cookie of a length that none has is malformed", "[policy][rfc7873-5.2.2]") {
    const Cookies cookies(one_secret);
    for (std::size_t size = 0; size <= 60; ++size) {
        const std::vector<std::uint8_t> option(size, 1);
        const auto judged = cookies.judge(option, client, 1'000'000);
        const bool well_formed = size == 8 || (size >= 16 && size <= 40);
        CHECK((judged.verdict == CookieVerdict::malformed) == !well_formed);
        CHECK(judged.reply.has_value() == well_formed);
    }
    CHECK(cookies.judge(std::nullopt, client, 1).verdict == CookieVerdict::none);
}
