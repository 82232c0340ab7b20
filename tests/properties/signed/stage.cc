#include "tests/properties/signed/stage.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "dnssec/trust_anchors.h"
#include "tests/properties/signed/spent.h"

namespace wend::sim {

namespace {

constexpr std::uint64_t events_max = 100'000;  // for one question
constexpr std::size_t entries_max = 1'000;

cache::Options cache_options(Random& random) {
    cache::Options options;
    options.bytes_max = std::size_t{2} << 20;
    options.shards = 1;
    options.key = HashKey::draw(random);
    return options;
}

cache::SpanOptions span_options(Random& random) {
    cache::SpanOptions options;
    options.bytes_max = std::size_t{1} << 20;
    options.key = HashKey::draw(random);
    return options;
}

ResolverOptions options_for(const SignedInternet& internet) {
    ConfiguredZone root;
    root.addresses = internet.root_addresses();
    ResolverOptions options;
    options.root_hints.push_back(std::move(root));
    options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
        std::make_shared<const dnssec::TrustAnchors>(internet.anchors()));
    return options;
}

}  // namespace

void Most::take(const Most& other) {
    packets = std::max(packets, other.packets);
    signatures = std::max(signatures, other.signatures);
    nsec3_blocks = std::max(nsec3_blocks, other.nsec3_blocks);
    aliases = std::max(aliases, other.aliases);
}

Stage::Stage(const SignedInternet& internet, ServerModel& servers, Random& random,
             WallTime wall_start)
    : clock_(queue_, wall_start),
      network_(queue_, random, servers),
      cache_(std::make_unique<cache::Cache>(cache_options(random))),
      spans_(std::make_unique<cache::Spans>(span_options(random))),
      servers_(std::make_unique<cache::ServerMemory>(entries_max, HashKey::draw(random))),
      failures_(std::make_unique<cache::Failures>(entries_max, HashKey::draw(random))) {
    const World world{network_, clock_, random, *cache_, *servers_, *failures_, spans_.get()};
    resolver_ = std::make_unique<Resolver>(world, options_for(internet));
}

Stage::~Stage() {
    while (queue_.step()) {
    }
}

std::optional<Answer> Stage::ask(const dns::Question& question, bool checking_disabled) {
    PacketCount sink;
    ResolveOptions options;
    options.checking_disabled = checking_disabled;
    options.sink = &sink;
    const Spent before = spent();
    std::optional<Answer> answer = resolver_->from_cache(question, options);
    if (!answer) {
        Task<void> task = resolve(question, options, answer);
        task.start();
        const std::uint64_t until = queue_.events() + events_max;
        while (!answer && queue_.events() < until && queue_.step()) {
        }
    }
    Most cost;
    cost.packets = sink.packets;
    cost.signatures = spent().verifications - before.verifications;
    cost.nsec3_blocks = spent().nsec3_blocks - before.nsec3_blocks;
    cost.aliases = answer ? static_cast<std::size_t>(std::ranges::count(
                                answer->answer, dns::Type::cname, &dns::RRset::type))
                          : 0;
    most_.take(cost);
    return answer;
}

Task<void> Stage::resolve(dns::Question question, ResolveOptions options,
                          std::optional<Answer>& answer) {
    Task<Answer> resolution = resolver_->resolve(std::move(question), options);
    answer = co_await std::move(resolution);
}

void Stage::wait(Duration duration) {
    queue_.run_until(queue_.now() + duration, events_max);
}

}  // namespace wend::sim
