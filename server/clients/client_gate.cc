#include "server/clients/client_gate.h"

#include <optional>

namespace wend {

using policy::CookieVerdict;

CookieVerdict ClientGate::read_cookie(const dns::Edns& edns, const Client& client,
                                      QueryFacts& facts) const {
    const dns::EdnsOption* const option =
        cookies_ == nullptr ? nullptr : edns.find(dns::OptionCode::cookie);
    if (option == nullptr) {
        return CookieVerdict::none;
    }
    const auto now = static_cast<std::uint32_t>(clock_.wall_now().time_since_epoch().count());
    policy::Cookies::Judged judged = cookies_->judge(option->data, client.address.ip, now);
    facts.cookie = judged.reply;
    facts.proved = facts.proved || judged.verdict == CookieVerdict::valid;
    return judged.verdict;
}

ClientGate::Verdict ClientGate::judge(const Client& client, policy::Asked asked,
                                      CookieVerdict cookie, Stats& stats) {
    const bool proved = client.channel != Channel::udp || cookie == CookieVerdict::valid;
    if (cookie == CookieVerdict::valid) {
        stats.add(Counter::cookies_valid);
    }
    if (limiter_ == nullptr || mode_ == policy::RateMode::off || proved) {
        return Verdict::pass;
    }
    // Who is exempt uses nothing of what the neighbours have.
    if (exempt_ != nullptr && exempt_->allows(client.address.ip)) {
        return Verdict::pass;
    }
    over_ = limiter_->judge(client.address.ip, asked, clock_.now());
    if (over_ == policy::Over::nothing) {
        return Verdict::pass;
    }
    if (mode_ == policy::RateMode::shadow) {
        stats.add(Counter::rate_shadowed);
        return Verdict::pass;
    }
    stats.add(Counter::rate_limited);
    if (asked == policy::Asked::error || random_.below(slip) != 0) {
        return Verdict::silence;
    }
    const bool has_client_cookie =
        cookie == CookieVerdict::learning || cookie == CookieVerdict::invalid;
    return has_client_cookie ? Verdict::bad_cookie : Verdict::truncated;
}

void ClientGate::charge(const Client& client, const QueryFacts& facts, std::size_t octets) {
    const bool is_limited = limiter_ != nullptr && mode_ != policy::RateMode::off && !facts.proved;
    const bool is_exempt = exempt_ != nullptr && exempt_->allows(client.address.ip);
    if (is_limited && !is_exempt && octets > policy::query_octets) {
        limiter_->charge(client.address.ip, octets, clock_.now());
    }
}

}  // namespace wend
