// How one worker answers under one generation of the configuration: resolver, local zones, the
// query path and who waits in it. Replaced whole, never changed.
#pragma once
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "observe/board.h"
#include "policy/local_zones.h"
#include "resolver/resolver.h"
#include "server/answer/guarded_source.h"
#include "server/answer/resolver_source.h"
#include "server/clients/cpu_share.h"
#include "server/clients/local_networks.h"
#include "server/generation.h"
#include "server/serve.h"
#include "transport/network.h"

namespace wend {

// The worker's; all outlive its engines.
struct EngineWorld {
    Network& network;
    Clock& clock;
    Random& random;
    WorkerBoard& board;
    const LocalNetworks::Seen& local_networks;
    std::function<Duration()> busy;  // as CpuShareWorld's
};

// One thread.
class Engine {
  public:
    // `stores` outlives it. `before`: the engine that it follows, or null; what that one has
    // counted of clients' effort goes on if cpu-share is the same.
    Engine(const EngineWorld& world, Stores& stores, GenerationPtr generation,
           const Engine* before);

    const Generation& generation() const { return *generation_; }

    Serve& serve() { return *serve_; }

    // Without the guard: for who follows the anchors' keys, which any clock may ask for.
    AnswerSource& source() { return source_; }

    // What clients are answered from, and what is answered before it.
    AnswerSource& guarded() { return guarded_; }

    const policy::LocalZones& local_zones() const { return local_zones_; }

    // Null where time is not shared.
    CpuShare* cpu() { return cpu_.get(); }

  private:
    std::shared_ptr<CpuShare> cpu_of(const EngineWorld& world, Stores& stores,
                                     const Engine* before) const;
    ServeWorld serve_world(const EngineWorld& world, Stores& stores);

    GenerationPtr generation_;
    Resolver resolver_;
    ResolverSource source_;
    GuardedSource guarded_;
    policy::LocalZones local_zones_;
    std::shared_ptr<CpuShare> cpu_;
    std::unique_ptr<Serve> serve_;
};

}  // namespace wend
