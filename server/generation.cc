#include "server/generation.h"

#include <utility>

#include "resolver/root_hints.h"

namespace wend {
namespace {

std::vector<Endpoint> root_servers(const ResolverOptions& options) {
    return options.root_hints.empty() ? built_in_root_hints().addresses
                                      : options.root_hints.front().addresses;
}

std::shared_ptr<Trust> trust_of(const Config& config, const ResolverOptions& resolver,
                                Stores& stores, WallTime now, const Generation* before) {
    auto positive = resolver.anchors == nullptr ? nullptr : resolver.anchors->get();
    if (before != nullptr && before->trust->is_of(config, positive.get())) {
        return before->trust;
    }
    return std::make_shared<Trust>(config, std::move(positive), stores.sandbox != nullptr, now,
                                   stores.files);
}

}  // namespace

WallTime wall_time_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Trust::Trust(const Config& of, std::shared_ptr<const dnssec::TrustAnchors> positive,
             bool in_sandbox, WallTime now, FileStore& files)
    : config(of),
      configured(std::move(positive)),
      clock_watch(of.dnssec.check_clock && !in_sandbox),
      anchors(std::make_shared<dnssec::CurrentAnchors>(nullptr)) {
    if (configured != nullptr) {
        keeper.emplace(config, *configured, now, files, *anchors, clock_watch);
    }
}

bool Trust::is_of(const Config& other, const dnssec::TrustAnchors* anchors_of_other) const {
    if (!(config.dnssec == other.dnssec) ||
        (configured == nullptr) != (anchors_of_other == nullptr)) {
        return false;
    }
    return configured == nullptr || configured->all() == anchors_of_other->all();
}

GenerationPtr make_generation(const ReadConfig& read, Stores& stores, WallTime now, Random& random,
                              const Generation* before) {
    const Config& config = read.config;
    const ResolverOptions& resolver = read.resolver;
    auto made = std::make_shared<Generation>(
        Generation{.number = before == nullptr ? 1 : before->number + 1,
                   .config = config,
                   .resolver = resolver,
                   .origins = read.origins,
                   .access = policy::AccessList(policy::with_loopback(config.access.allow)),
                   .trust = trust_of(config, resolver, stores, now, before),
                   .rate_limiter = {},
                   .roots = {}});
    if (resolver.anchors != nullptr) {
        made->resolver.anchors = made->trust->anchors;
    }
    if (config.upstream.cookies) {
        made->resolver.cookie_secret = stores.upstream_secret;
    }
    const bool limits_as_before =
        before != nullptr && before->config.rate_limit == config.rate_limit;
    made->rate_limiter = limits_as_before ? before->rate_limiter
                                          : std::make_shared<policy::RateLimiter>(
                                                config.rate_limit.limits, config.rate_limit.exempt,
                                                HashKey::draw(random));
    const std::vector<Endpoint> roots = root_servers(resolver);
    const bool roots_as_before = before != nullptr && root_servers(before->resolver) == roots;
    made->roots = roots_as_before ? before->roots : std::make_shared<RootWatch>(roots);
    return made;
}

}  // namespace wend
