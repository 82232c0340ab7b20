// What the process keeps whatever its configuration becomes: what it has learned, its secrets, and
// who waits. Shared by all workers.
#pragma once
#include <cstddef>

#include "base/durable_file.h"
#include "base/hash.h"
#include "base/random.h"
#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/server_memory.h"
#include "cache/spans.h"
#include "config/config.h"
#include "policy/cookies.h"
#include "server/clients/limit_notes.h"
#include "server/clients/local_networks.h"
#include "server/clients/places.h"
#include "server/sandbox.h"
#include "transport/uv_upstream.h"

namespace wend {

// How many workers a process has: those of the configuration, or one for each core.
unsigned worker_count(const Config& config);

// Any thread.
struct Stores {
    // `in_sandbox` outlives it; null: the real internet. cache.size and workers are the
    // configuration's for good.
    Stores(const Config& config, const Sandbox* in_sandbox, Random& random);

    // From here on the configuration's limits hold. What is kept already stays as long as it was
    // given.
    void set_limits(const Config& config);

    const Sandbox* sandbox;
    const unsigned workers;
    std::size_t exchanges_max = UvNetworkOptions().exchanges_max;  // of each worker
    KernelFiles files;
    LocalNetworks local_networks;
    cache::Cache cache;
    cache::ServerMemory servers;
    cache::Failures failures;
    cache::Spans spans;
    policy::Cookies cookies;        // of clients
    const HashKey upstream_secret;  // of our own cookies (RFC 7873)
    Places places;
    LimitNotes notes;
};

}  // namespace wend
