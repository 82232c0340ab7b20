#include "policy/cookies.h"

#include <algorithm>

namespace wend::policy {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t hash_at = client_cookie_size + 8;
constexpr std::size_t server_cookie_max = 32;
constexpr std::uint32_t day = 86'400;

// The first octet of a hash is its lowest, as SipHash's own reference writes it.
void store_hash(MutableOctets to, std::uint64_t hash) {
    for (std::size_t i = 0; i < 8; ++i) {
        to[i] = static_cast<std::uint8_t>(hash >> (8 * i));
    }
}

// Over all of the cookie before the hash, and the client's address (RFC 9018 4.4).
std::uint64_t hash_of(const HashKey& secret, Octets cookie, const IpAddress& client) {
    std::array<std::uint8_t, hash_at + 16> input{};
    std::copy_n(cookie.begin(), hash_at, input.begin());
    const Octets address = client.octets();
    std::ranges::copy(address, input.begin() + hash_at);
    return siphash_2_4(secret, Octets(input).first(hash_at + address.size()));
}

bool is_size_of_cookie(std::size_t size) {
    return size == client_cookie_size ||
           (size >= client_cookie_size + 8 && size <= client_cookie_size + server_cookie_max);
}

}  // namespace

Cookie make_cookie(const HashKey& secret, Octets client_cookie, const IpAddress& client,
                   std::uint32_t now) {
    Cookie cookie{};
    std::copy_n(client_cookie.begin(), client_cookie_size, cookie.begin());
    cookie[client_cookie_size] = version;
    store_u32(cookie, client_cookie_size + 4, now);
    store_hash(MutableOctets(cookie).subspan(hash_at), hash_of(secret, cookie, client));
    return cookie;
}

bool is_made_with(const HashKey& secret, Octets option, const IpAddress& client) {
    if (option.size() != cookie_size || option[client_cookie_size] != version) {
        return false;
    }
    std::array<std::uint8_t, 8> expected{};
    store_hash(expected, hash_of(secret, option, client));
    std::uint8_t difference = 0;  // all octets, so that time tells nothing
    for (std::size_t i = 0; i < expected.size(); ++i) {
        difference = static_cast<std::uint8_t>(difference | (expected[i] ^ option[hash_at + i]));
    }
    return difference == 0;
}

HashKey Cookies::secret_of_day(std::uint32_t time) const {
    std::array<std::uint8_t, 5> input{};
    store_u32(input, 0, time / day);
    HashKey secret;
    secret.k0 = siphash_2_4(master_, input);
    input[4] = 1;
    secret.k1 = siphash_2_4(master_, input);
    return secret;
}

Cookies::Judged Cookies::judge(std::optional<Octets> option, const IpAddress& client,
                               std::uint32_t now) const {
    if (!option) {
        return {};
    }
    if (!is_size_of_cookie(option->size())) {
        return {.verdict = CookieVerdict::malformed};
    }
    const Octets client_cookie = option->first(client_cookie_size);
    if (option->size() != cookie_size) {
        const bool learning = option->size() == client_cookie_size;
        return {.verdict = learning ? CookieVerdict::learning : CookieVerdict::invalid,
                .reply = make_cookie(secret_of_day(now), client_cookie, client, now)};
    }
    const std::uint32_t issued = load_u32(*option, client_cookie_size + 4);
    // RFC 1982: the difference tells past from future also when the seconds wrap.
    const auto age = static_cast<std::int32_t>(now - issued);
    const bool in_time = age <= static_cast<std::int32_t>(cookie_age_max) &&
                         age >= -static_cast<std::int32_t>(cookie_ahead_max);
    if (!in_time || !is_made_with(secret_of_day(issued), *option, client)) {
        return {.verdict = CookieVerdict::invalid,
                .reply = make_cookie(secret_of_day(now), client_cookie, client, now)};
    }
    Judged judged{.verdict = CookieVerdict::valid};
    const bool keep = age <= static_cast<std::int32_t>(cookie_renewed_after);
    if (keep) {
        judged.reply.emplace();
        std::ranges::copy(*option, judged.reply->begin());
    } else {
        judged.reply = make_cookie(secret_of_day(now), client_cookie, client, now);
    }
    return judged;
}

}  // namespace wend::policy
