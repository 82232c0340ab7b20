#include "config/config.h"

#include <array>
#include <string_view>

#include "base/check.h"

namespace wend {
namespace {

template <std::size_t size>
std::vector<Prefix> prefixes(const std::array<std::string_view, size>& texts) {
    std::vector<Prefix> result;
    for (const std::string_view text : texts) {
        const auto prefix = Prefix::from_text(text);
        check(prefix.has_value(), "a built-in network is well formed");
        result.push_back(*prefix);
    }
    return result;
}

}  // namespace

std::vector<Endpoint> default_listen() {
    const std::array<std::uint8_t, 4> loopback4 = {127, 0, 0, 1};
    std::array<std::uint8_t, 16> loopback6{};
    loopback6[15] = 1;
    return {Endpoint{IpAddress::v4(loopback4), 53}, Endpoint{IpAddress::v6(loopback6), 53}};
}

std::vector<Prefix> default_never_queried() {
    return prefixes(
        std::array<std::string_view, 4>{"0.0.0.0/8", "127.0.0.0/8", "::/128", "::1/128"});
}

std::vector<Prefix> default_metrics_allowed() {
    return prefixes(std::array<std::string_view, 2>{"127.0.0.0/8", "::1/128"});
}

std::vector<std::string> default_locked() {
    return {"listen", "access", "control", "http", "workers"};
}

std::vector<std::uint8_t> default_disabled_algorithms() {
    return {5, 7};
}

std::vector<dns::Name> default_time_servers() {
    constexpr std::array<std::string_view, 6> names = {"pool.ntp.org.",    "time.nist.gov.",
                                                       "time.google.com.", "time.windows.com.",
                                                       "time.apple.com.",  "time.cloudflare.com."};
    std::vector<dns::Name> result;
    for (const std::string_view name : names) {
        result.push_back(dns::name_of(name));
    }
    return result;
}

}  // namespace wend
