#include "server/engine.h"

#include <utility>

#include "server/setup.h"
#include "transport/uv_clock.h"

namespace wend {
namespace {

ServeOptions serve_options(const Generation& generation) {
    const Config& config = generation.config;
    return {.identity = config.chaos.identity,
            .version = config.chaos.version,
            .in_flight = {.clients_max = config.waiting.clients,
                          .clients_per_address = config.waiting.per_address},
            .rate_mode = config.rate_limit.mode,
            .validates = generation.resolver.anchors != nullptr};
}

World resolver_world(const EngineWorld& world, Stores& stores) {
    return {.network = world.network,
            .clock = world.clock,
            .random = world.random,
            .cache = stores.cache,
            .servers = stores.servers,
            .failures = stores.failures,
            .spans = &stores.spans};
}

}  // namespace

Engine::Engine(const EngineWorld& world, Stores& stores, GenerationPtr generation,
               const Engine* before)
    : generation_(std::move(generation)),
      resolver_(resolver_world(world, stores), generation_->resolver),
      source_(resolver_),
      guarded_(source_, {.anchors = *generation_->trust->anchors,
                         .clock_watch = generation_->trust->clock_watch,
                         .time_servers = generation_->config.dnssec.time_servers,
                         .clock = world.clock}),
      local_zones_(configured_zones(generation_->resolver)),
      cpu_(cpu_of(world, stores, before)),
      serve_(std::make_unique<Serve>(serve_world(world, stores), serve_options(*generation_))) {}

std::shared_ptr<CpuShare> Engine::cpu_of(const EngineWorld& world, Stores& stores,
                                         const Engine* before) const {
    const Config::CpuShare& share = generation_->config.cpu_share;
    if (share.mode == policy::RateMode::off) {
        return nullptr;
    }
    if (before != nullptr && before->generation_->config.cpu_share == share) {
        return before->cpu_;
    }
    const CpuShareWorld share_world{.clock = world.clock,
                                    .random = world.random,
                                    .stats = world.board.stats,
                                    .busy = world.busy,
                                    .notes = &stores.notes};
    return std::make_shared<CpuShare>(share_world, share.mode, share.percent);
}

ServeWorld Engine::serve_world(const EngineWorld& world, Stores& stores) {
    const Config& config = generation_->config;
    const policy::AccessList* const local = &world.local_networks.networks;
    return {.source = guarded_,
            .cache = stores.cache,
            .clock = world.clock,
            .random = world.random,
            .access = generation_->access,
            .local_zones = local_zones_,
            .stats = world.board.stats,
            .rate_limiter = generation_->rate_limiter.get(),
            .cookies = config.cookies.answer ? &stores.cookies : nullptr,
            .local_networks = config.access.local_networks ? local : nullptr,
            .exempt_networks = config.rate_limit.exempt_local_networks ? local : nullptr,
            .places = &stores.places,
            .notes = &stores.notes,
            .roots = generation_->roots.get(),
            .cpu = cpu_.get(),
            .response = &world.board.response,
            .precise_now = &UvClock::precise_now};
}

}  // namespace wend
