#include "replay/subject.h"

#include <optional>
#include <utility>
#include <vector>

#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/server_memory.h"
#include "config/config.h"
#include "dnssec/pretence.h"
#include "dnssec/trust_anchors.h"
#include "observe/stats.h"
#include "policy/access.h"
#include "policy/local_zones.h"
#include "resolver/resolver.h"
#include "resolver/trace_text.h"
#include "server/answer/answer_source.h"
#include "server/answer/guarded_source.h"
#include "server/keepers/clock_watch.h"
#include "server/serve.h"

namespace wend {

namespace {

constexpr std::size_t entries_max = 10'000;  // of what is remembered about servers and failures

// The resolver, with somebody who listens.
class TracedSource final : public AnswerSource {
  public:
    TracedSource(Resolver& resolver, EventSink* sink) : resolver_(resolver), sink_(sink) {}

    WEND_TASK_WRAPPER Task<Answer> resolve(dns::Question question,
                                           ResolveOptions options) override {
        options.sink = sink_;
        return resolver_.resolve(std::move(question), options);
    }

    std::optional<Answer> from_cache(const dns::Question& question,
                                     ResolveOptions options) const override {
        options.sink = sink_;
        return resolver_.from_cache(question, options);
    }

  private:
    Resolver& resolver_;
    EventSink* sink_;
};

cache::Options cache_options(const sim::ScenarioSettings& settings, Random& random) {
    cache::Options options;
    options.key = HashKey::draw(random);
    options.ttl_min = settings.ttl_min.value_or(options.ttl_min);
    options.ttl_max = settings.ttl_max.value_or(options.ttl_max);
    options.negative_ttl_min = settings.negative_ttl_min.value_or(options.negative_ttl_min);
    options.negative_ttl_max = settings.negative_ttl_max.value_or(options.negative_ttl_max);
    return options;
}

std::shared_ptr<const dnssec::TrustAnchors> anchors_of(const sim::ScenarioSettings& settings) {
    auto anchors = std::make_shared<dnssec::TrustAnchors>();
    for (const dns::ZoneRecord& record : settings.trust_anchors) {
        anchors->add(record.owner, record.type, record.rdata);
    }
    for (const dns::Name& zone : settings.insecure) {
        anchors->add_negative(zone);
    }
    const bool validates = settings.validate && !anchors->empty();
    return validates ? std::move(anchors) : nullptr;
}

// Whoever makes a DSA key an anchor counts on a validator that knows DSA.
bool anchors_dsa(const sim::ScenarioSettings& settings) {
    return std::ranges::any_of(settings.trust_anchors, [](const dns::ZoneRecord& record) {
        const std::size_t algorithm_at = record.type == dns::Type::ds ? 2 : 3;
        const std::uint8_t algorithm = record.rdata[algorithm_at];
        return algorithm == 3 || algorithm == 6;
    });
}

dnssec::Pretence pretence_of(const sim::ScenarioSettings& settings) {
    constexpr std::uint16_t iterations_when_recorded = 150;
    return {.sha1 = settings.fake_sha1,
            .dsa = settings.fake_dsa || anchors_dsa(settings),
            .any_date = settings.ignore_signature_dates,
            .iterations_max = iterations_when_recorded};
}

ResolverOptions resolver_options(const sim::ScenarioSettings& settings) {
    ResolverOptions options;
    if (!settings.root_hints.empty()) {
        options.root_hints.push_back({.zone = dns::Name(), .addresses = settings.root_hints});
    }
    for (const sim::ConfiguredServers& servers : settings.zones) {
        options.zones.push_back({.zone = servers.zone,
                                 .addresses = servers.addresses,
                                 .forward = servers.forward,
                                 .first = servers.first});
    }
    options.never_query = settings.never_query;
    if (!settings.query_loopback) {
        const std::vector<Prefix> never = default_never_queried();
        options.never_query.insert(options.never_query.end(), never.begin(), never.end());
    }
    options.ipv4 = settings.ipv4;
    options.ipv6 = settings.ipv6;
    options.minimise_qname = *settings.minimise_qname;
    options.minimise_type = settings.minimise_type;
    options.prime = settings.prime;
    if (auto anchors = anchors_of(settings)) {
        options.anchors = std::make_shared<const dnssec::CurrentAnchors>(std::move(anchors));
    }
    return options;
}

std::vector<Prefix> allowed(const sim::ScenarioSettings& settings) {
    std::vector<Prefix> prefixes;
    for (const sim::AccessRule& rule : settings.access) {
        if (rule.action == sim::AccessAction::allow) {
            prefixes.push_back(rule.clients);
        }
    }
    return prefixes;
}

// Names that no local zone answers: what the scenario forwards, stubs or wants to be looked up.
std::vector<dns::Name> looked_up(const sim::ScenarioSettings& settings) {
    std::vector<dns::Name> names = settings.looked_up;
    for (const sim::ConfiguredServers& servers : settings.zones) {
        names.push_back(servers.zone);
    }
    return names;
}

class ReplaySubject final : public sim::Subject {
  public:
    ReplaySubject(const sim::ScenarioSettings& settings, const sim::SubjectWorld& world,
                  const std::function<void(const std::string&)>& trace)
        : clock_(world.clock),
          trace_(trace),
          pretence_(pretence_of(settings)),
          cache_(cache_options(settings, world.random)),
          servers_(entries_max, HashKey::draw(world.random)),
          failures_(entries_max, HashKey::draw(world.random)),
          spans_({.key = HashKey::draw(world.random)}),
          resolver_(World{.network = world.network,
                          .clock = world.clock,
                          .random = world.random,
                          .cache = cache_,
                          .servers = servers_,
                          .failures = failures_,
                          .spans = settings.aggressive ? &spans_ : nullptr},
                    resolver_options(settings)),
          source_(resolver_, trace ? &trace_ : nullptr),
          anchors_(anchors_of(settings)),
          guarded_(source_, {.anchors = anchors_,
                             .clock_watch = clock_watch_,
                             .time_servers = time_servers_,
                             .clock = world.clock}),
          access_(allowed(settings)),
          local_zones_(looked_up(settings)),
          serve_(ServeWorld{.source = guarded_,
                            .cache = cache_,
                            .clock = world.clock,
                            .random = world.random,
                            .access = access_,
                            .local_zones = local_zones_,
                            .stats = stats_},
                 ServeOptions{.validates = anchors_of(settings) != nullptr,
                              .udp_reply_max = settings.udp_reply_max}) {}

    QueryHandler& handler() override { return serve_; }

    void note_round_trip(const Endpoint& server, dns::NameView, Duration time) override {
        servers_.note_reply(server, time, clock_.now());
    }

    void forget(const dns::Question& question) override {
        cache_.remove(question.qname, question.qtype);
    }

  private:
    Clock& clock_;
    TextTrace trace_;
    dnssec::PretenceScope pretence_;
    cache::Cache cache_;
    cache::ServerMemory servers_;
    cache::Failures failures_;
    cache::Spans spans_;
    Resolver resolver_;
    TracedSource source_;
    dnssec::CurrentAnchors anchors_;
    ClockWatch clock_watch_{false};  // scenarios have dates of their own
    std::vector<dns::Name> time_servers_{};
    GuardedSource guarded_;
    policy::AccessList access_;
    policy::LocalZones local_zones_;
    Stats stats_;
    Serve serve_;
};

}  // namespace

std::unique_ptr<sim::Subject> ReplayFactory::make(const sim::ScenarioSettings& settings,
                                                  const sim::SubjectWorld& world) {
    return std::make_unique<ReplaySubject>(settings, world, trace_);
}

}  // namespace wend
