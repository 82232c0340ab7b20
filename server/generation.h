// The configuration in force: read once, numbered, never changed. A worker's engines hold theirs
// until the last query that began under it has ended.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/durable_file.h"
#include "base/random.h"
#include "base/time.h"
#include "config/changes.h"
#include "config/config.h"
#include "dnssec/trust_anchors.h"
#include "policy/access.h"
#include "policy/rate_limit.h"
#include "resolver/resolver.h"
#include "server/keepers/anchor_keeper.h"
#include "server/keepers/clock_watch.h"
#include "server/keepers/root_watch.h"
#include "server/stores.h"

namespace wend {

// What validation rests on, who follows it, and the clock that it needs. Lives on from one
// generation to the next while nothing of it was changed: what was observed of keys (RFC 5011) and
// of the clock stays known.
struct Trust {
    // Null anchors: nothing is validated. `files` outlives it.
    Trust(const Config& of, std::shared_ptr<const dnssec::TrustAnchors> positive, bool in_sandbox,
          WallTime now, FileStore& files);

    // Whether these would say the same.
    bool is_of(const Config& other, const dnssec::TrustAnchors* anchors) const;

    const Config config;
    const std::shared_ptr<const dnssec::TrustAnchors> configured;  // positive ones
    ClockWatch clock_watch;
    std::shared_ptr<dnssec::CurrentAnchors> anchors;  // the resolver's
    std::optional<AnchorKeeper> keeper;               // where names are validated
    std::atomic<bool> keeper_runs{false};             // on one of the workers
};

// A configuration and what its files say, without mistakes.
struct ReadConfig {
    Config config;
    ResolverOptions resolver;
    std::vector<Origin> origins{};  // of each key's value
};

struct Generation {
    std::uint64_t number = 1;
    Config config;
    ResolverOptions resolver;
    std::vector<Origin> origins;
    policy::AccessList access;
    std::shared_ptr<Trust> trust;
    std::shared_ptr<policy::RateLimiter> rate_limiter;
    std::shared_ptr<RootWatch> roots;
};

using GenerationPtr = std::shared_ptr<const Generation>;

// What `before` counts and watches goes on where the configuration of it is the same; null: the
// first generation.
GenerationPtr make_generation(const ReadConfig& read, Stores& stores, WallTime now, Random& random,
                              const Generation* before = nullptr);

WallTime wall_time_now();

}  // namespace wend
