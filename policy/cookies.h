// DNS cookies (RFC 7873) in the form that servers share (RFC 9018). Pure.
//
//   COOKIE option   client cookie (8 octets), server cookie (none, or 8 to 32; ours 16)
//   server cookie   version 1, 3 reserved octets, time of issue (u32, seconds), SipHash-2-4 (8)
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/hash.h"
#include "base/octets.h"

namespace wend::policy {

inline constexpr std::size_t client_cookie_size = 8;
inline constexpr std::size_t server_cookie_size = 16;
inline constexpr std::size_t cookie_size = client_cookie_size + server_cookie_size;

// RFC 9018 4.3: how old a server cookie may be, how far it may lie ahead, and when a client gets a
// new one, all in seconds.
inline constexpr std::uint32_t cookie_age_max = 3'600;
inline constexpr std::uint32_t cookie_ahead_max = 300;
inline constexpr std::uint32_t cookie_renewed_after = 1'800;

enum class CookieVerdict : std::uint8_t {
    none,       // the query has no cookie
    malformed,  // of a length that no cookie has: FORMERR (RFC 7873 5.2.2)
    learning,   // a client cookie alone
    invalid,    // not ours, not this client's, or too old
    valid,      // the client's address is proved
};

using Cookie = std::array<std::uint8_t, cookie_size>;  // the client's part, then the server's

// The option's data for a client at that address. `secret` is that of RFC 9018 4.4: its halves in
// little-endian order.
Cookie make_cookie(const HashKey& secret, Octets client_cookie, const IpAddress& client,
                   std::uint32_t now);

// Whether the server cookie in the option's data was made with `secret` for this client, whatever
// its age.
bool is_made_with(const HashKey& secret, Octets option, const IpAddress& client);

// Makes and checks cookies with a secret that changes every day: the day of its issue says which
// secret a cookie was made with. Threads may share it.
class Cookies {
  public:
    explicit Cookies(const HashKey& master) : master_(master) {}

    struct Judged {
        CookieVerdict verdict = CookieVerdict::none;
        std::optional<Cookie> reply{};  // what the response's option says
    };

    // `option`: the data of the query's COOKIE option, if it has one. `now` in seconds since 1970.
    Judged judge(std::optional<Octets> option, const IpAddress& client, std::uint32_t now) const;

  private:
    HashKey secret_of_day(std::uint32_t time) const;

    HashKey master_;
};

}  // namespace wend::policy
