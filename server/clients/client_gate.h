// What stands between a datagram and its answer: DNS cookies, and the rates of clients whose
// address nothing proves (policy/cookies.h, policy/rate_limit.h).
#pragma once
#include <cstdint>

#include "base/clock.h"
#include "base/random.h"
#include "dns/message.h"
#include "dns/reason.h"
#include "observe/stats.h"
#include "policy/access.h"
#include "policy/cookies.h"
#include "policy/rate_limit.h"
#include "server/query.h"
#include "transport/query_handler.h"

namespace wend {

// One in `slip` of the replies over a client's rate, by chance, is sent short, the others are not
// sent: an honest client gets through over TCP, and whoever forged its address has sent more than
// it got.
inline constexpr unsigned slip = 2;

// One for each worker; one thread. Costs nothing where `limiter` and `cookies` are null.
class ClientGate {
  public:
    enum class Verdict : std::uint8_t {
        pass,
        silence,
        truncated,   // header, question and TC: come over TCP
        bad_cookie,  // come again with the cookie in this reply (RFC 7873 5.2.3)
    };

    // Clients in `exempt`, which may change between calls, are not limited; null: none beside those
    // that the limiter knows.
    ClientGate(policy::RateLimiter* limiter, policy::RateMode mode, const policy::Cookies* cookies,
               const policy::AccessList* exempt, const Clock& clock, Random& random)
        : limiter_(limiter),
          mode_(mode),
          cookies_(cookies),
          exempt_(exempt),
          clock_(clock),
          random_(random) {}

    // Looks at the query's COOKIE option and notes in `facts` what the reply's says, and whether it
    // proves the client's address.
    policy::CookieVerdict read_cookie(const dns::Edns& edns, const Client& client,
                                      QueryFacts& facts) const;

    // Counts a query, and in `stats` what was limited or, in shadow mode, would have been.
    Verdict judge(const Client& client, policy::Asked asked, policy::CookieVerdict cookie,
                  Stats& stats);

    // Counts what is sent to a client that passed: a large reply is more than one query's worth.
    void charge(const Client& client, const QueryFacts& facts, std::size_t octets);

    // Whose rate it was, after a verdict that is not pass.
    dns::Reason limited_by() const {
        return over_ == policy::Over::network ? dns::Reason::network_rate_limited
                                              : dns::Reason::rate_limited;
    }

  private:
    policy::RateLimiter* limiter_;
    policy::RateMode mode_;
    const policy::Cookies* cookies_;
    const policy::AccessList* exempt_;
    const Clock& clock_;
    Random& random_;
    policy::Over over_ = policy::Over::nothing;
};

}  // namespace wend
