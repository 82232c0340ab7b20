#include "control/failure_limit.h"

#include <chrono>

#include "base/random.h"

namespace wend {
namespace {

constexpr Duration minute = std::chrono::minutes(1);

}  // namespace

FailureLimit::FailureLimit(Random& random) : key_(HashKey::draw(random)) {}

std::uint64_t FailureLimit::client_of(const IpAddress& address) const {
    constexpr std::size_t network_octets = 8;  // a /64
    const Octets octets = address.octets();
    return siphash(key_, address.is_v4() ? octets : octets.first(network_octets), 0, false);
}

bool FailureLimit::is_over(const IpAddress& address, Instant now) const {
    const std::uint64_t client = client_of(address);
    const Place& place = places_[client % places_.size()];
    return place.client == client && place.failures >= failures_a_minute_max &&
           now - place.since < minute;
}

void FailureLimit::add(const IpAddress& address, Instant now) {
    const std::uint64_t client = client_of(address);
    Place& place = places_[client % places_.size()];
    if (place.client != client || place.failures == 0 || now - place.since >= minute) {
        place = {client, now, 0};
    }
    ++place.failures;
}

}  // namespace wend
