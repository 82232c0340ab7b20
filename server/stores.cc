#include "server/stores.h"

#include <algorithm>
#include <thread>

namespace wend {
namespace {

// Servers and failed questions that are remembered; about 48 octets each.
constexpr std::size_t servers_remembered = 65'536;
constexpr std::size_t failures_remembered = 65'536;

cache::Options cache_options(const Config& config, Random& random) {
    return {.bytes_max = config.cache.size,
            .ttl_min = config.cache.ttl_min,
            .ttl_max = config.cache.ttl_max,
            .negative_ttl_max = config.cache.negative_ttl_max,
            .key = HashKey::draw(random)};
}

cache::SpanOptions span_options(const Config& config, Random& random) {
    constexpr std::size_t share = 20;  // 5 % of the cache
    return {.bytes_max = config.cache.size / share,
            .ttl_max = config.cache.negative_ttl_max,
            .key = HashKey::draw(random)};
}

}  // namespace

unsigned worker_count(const Config& config) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return config.workers == 0 ? cores : config.workers;
}

Stores::Stores(const Config& config, const Sandbox* in_sandbox, Random& random)
    : sandbox(in_sandbox),
      workers(worker_count(config)),
      cache(cache_options(config, random)),
      servers(servers_remembered, HashKey::draw(random)),
      failures(failures_remembered, HashKey::draw(random)),
      spans(span_options(config, random)),
      cookies(HashKey::draw(random)),
      upstream_secret(HashKey::draw(random)),
      places(config.waiting.clients * workers, config.waiting.per_address, HashKey::draw(random)) {}

void Stores::set_limits(const Config& config) {
    cache.set_ttl_limits({.ttl_min = config.cache.ttl_min,
                          .ttl_max = config.cache.ttl_max,
                          .negative_ttl_max = config.cache.negative_ttl_max});
    spans.set_ttl_max(config.cache.negative_ttl_max);
    places.set_limits(config.waiting.clients * workers, config.waiting.per_address);
}

}  // namespace wend
