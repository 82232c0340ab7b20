#include "simulation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/frame.h"
#include "base/random.h"
#include "base/task.h"
#include "compare.h"
#include "generated_internet.h"
#include "liars.h"
#include "resolver/event.h"
#include "resolver/resolver.h"
#include "sim/event_queue.h"
#include "sim/faults.h"
#include "sim/forgery.h"
#include "sim/oracle.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"

namespace wend::sim {

namespace {

using std::chrono::seconds;

constexpr Duration arrivals_over = seconds(120);
constexpr std::uint64_t events_max = 2'000'000;
constexpr std::size_t entries_max = 10'000;
constexpr WallTime wall_start{seconds(1'800'000'000)};

// What this seed is about.
struct Weather {
    bool faults = false;    // between resolver and servers
    bool mangling = false;  // bits are inverted: answers are not compared
    bool liars = false;
    bool cancels = false;  // clients go away while they wait
    InternetTraits traits{};

    static Weather draw(Random& random) {
        Weather weather;
        weather.faults = random.chance(40);
        weather.mangling = weather.faults && random.chance(15);
        weather.liars = random.chance(30);
        weather.cancels = random.chance(20);
        weather.traits.bad_servers = random.chance(60);
        weather.traits.odd_servers = random.chance(60);
        return weather;
    }

    bool honest() const { return !faults && !liars; }
};

// Counts what one client query sends.
struct PacketCount final : EventSink {
    int packets = 0;

    void on_event(const Event& event) override {
        packets += std::holds_alternative<event::QuerySent>(event.body) ? 1 : 0;
    }
};

struct Client {
    dns::Question question{};
    Instant arrives{};
    std::uint64_t queries_before = 0;  // of the network when it arrived
    bool quiet = false;                // nobody else was being served then
    std::unique_ptr<PacketCount> sink = std::make_unique<PacketCount>();
    std::optional<Task<void>> task{};
    bool answered = false;
};

struct PrintPackets final : PacketObserver {
    void on_packet(const TraceEntry& entry, Octets message) override {
        fmt::print("{}{}\n", to_text(entry), describe(message));
    }

    static std::string describe(Octets octets) {
        const auto message = dns::Message::parse(octets);
        if (!message || !message->question()) {
            return {};
        }
        const dns::Question& question = *message->question();
        return fmt::format(" {} {} {} {}/{}/{}", to_text(question.qname.view()),
                           dns::to_text(question.qtype), dns::to_text(message->rcode()),
                           message->records(dns::Section::answer).size(),
                           message->records(dns::Section::authority).size(),
                           message->records(dns::Section::additional).size());
    }
};

FaultPlan draw_faults(const Weather& weather, Random& random) {
    FaultPlan plan;
    if (weather.faults) {
        plan = FaultPlan::draw(random);
        plan.mangle_percent = weather.mangling ? 10 : 0;
    }
    return plan;
}

// The servers of one zone lie about names that are not under it: that the forged address is www of
// another zone, that such a zone is served from there, and that all names to which the liars' zone
// points have it too.
Liars::Lies draw_lies(const GeneratedInternet& internet, bool lying, Random& random) {
    Liars::Lies lies;
    const auto& apexes = internet.apexes();
    const std::size_t liar = 1 + random.below(apexes.size() - 1);
    if (!lying) {
        return lies;
    }
    lies.liars.insert(internet.addresses_of(liar).begin(), internet.addresses_of(liar).end());
    const auto claim_address = [&lies](dns::NameView name) {
        dns::RRsetBuilder address(name, dns::Type::a);
        address.add(forged_address().octets());
        lies.additional.push_back(address.finish(86'400));
        lies.answers.push_back(address.finish(86'400));
    };
    for (const dns::Name& name : internet.foreign_names_in(liar)) {
        claim_address(name);
    }
    constexpr std::array<std::uint8_t, 3> www = {'w', 'w', 'w'};
    for (int i = 0; i < 4; ++i) {
        const dns::Name& victim = apexes[1 + random.below(apexes.size() - 1)];
        const auto name = victim.with_label(www);
        if (!name || victim.view().is_subdomain_of(apexes[liar])) {
            continue;
        }
        claim_address(*name);
        dns::RRsetBuilder servers(victim, dns::Type::ns);
        servers.add(name->wire());
        lies.authority.push_back(servers.finish(86'400));
    }
    return lies;
}

bool is_alias(const dns::RRset& rrset) {
    return rrset.type() == dns::Type::cname || rrset.type() == dns::Type::dname;
}

// Of all that the answer was made from; 0 if there is nothing.
std::uint32_t least_ttl(const Answer& answer) {
    std::uint32_t least = UINT32_MAX;
    for (const auto* section : {&answer.answer, &answer.authority}) {
        for (const dns::RRset& rrset : *section) {
            least = std::min(least, rrset.ttl());
        }
    }
    return least == UINT32_MAX ? 0 : least;
}

class Simulation {
  public:
    Simulation(std::uint64_t seed, const SimulationOptions& options);
    SimulationReport run();

  private:
    Task<void> ask(Client& client);
    void plan_client(Client& client);
    void judge(const Client& client, const Answer& answer);
    void judge_content(const Client& client, const Answer& answer);
    void judge_later(const Client& client, const Answer& answer);
    void judge_aged(const dns::Question& question, const Answer& first, Instant then);
    void judge_end();
    void broken(const dns::Question& question, std::string what);

    SimulationOptions options_;
    SimulationReport report_;
    SeededRandom random_;
    Weather weather_;
    GeneratedInternet internet_;
    Oracle oracle_;
    Liars liars_;
    FaultyServers faulty_;
    EventQueue queue_;
    SimClock clock_;
    PrintPackets printer_;
    SimNetwork network_;
    std::unique_ptr<cache::Cache> cache_;
    std::unique_ptr<cache::ServerMemory> servers_;
    std::unique_ptr<cache::Failures> failures_;
    std::unique_ptr<Resolver> resolver_;
    std::vector<Client> clients_;
};

cache::Options small_cache(Random& random) {
    cache::Options options;
    options.bytes_max = std::size_t{8} << 20;
    options.shards = 1;
    options.key = HashKey::draw(random);
    return options;
}

ResolverOptions walk_from(const GeneratedInternet& internet, bool by_ns) {
    ConfiguredZone root;
    root.addresses = internet.root_addresses();
    ResolverOptions options;
    options.root_hints.push_back(std::move(root));
    options.minimise_type = by_ns ? dns::Type::ns : dns::Type::a;
    return options;
}

Simulation::Simulation(std::uint64_t seed, const SimulationOptions& options)
    : options_(options),
      random_(seed),
      weather_(Weather::draw(random_)),
      internet_(random_, weather_.traits),
      oracle_(internet_.servers()),
      liars_(internet_.servers(), draw_lies(internet_, weather_.liars, random_)),
      faulty_(liars_, draw_faults(weather_, random_), random_),
      clock_(queue_, wall_start),
      network_(queue_, random_, faulty_),
      cache_(std::make_unique<cache::Cache>(small_cache(random_))),
      servers_(std::make_unique<cache::ServerMemory>(entries_max, HashKey::draw(random_))),
      failures_(std::make_unique<cache::Failures>(entries_max, HashKey::draw(random_))) {
    if (options.trace) {
        network_.trace().observe(&printer_);
    }
    const World world{network_, clock_, random_, *cache_, *servers_, *failures_};
    resolver_ = std::make_unique<Resolver>(world, walk_from(internet_, options.by_ns));
}

SimulationReport Simulation::run() {
    clients_.resize(options_.queries);
    for (Client& client : clients_) {
        plan_client(client);
    }
    while (queue_.events() < events_max && queue_.step()) {
    }
    judge_end();
    report_.trace_hash = network_.trace().hash();
    report_.events = queue_.events();
    report_.upstream_queries = network_.queries();
    report_.faults = faulty_.faults();
    report_.last_events = network_.trace().last_events();
    report_.internet = internet_.to_text();
    return std::move(report_);
}

void Simulation::plan_client(Client& client) {
    const auto within = [this](Duration span) {
        return Duration(random_.below(static_cast<std::uint64_t>(span.count())));
    };
    client.question = internet_.draw_question(random_);
    client.arrives = queue_.now() + within(arrivals_over);
    client.task.emplace(ask(client));
    client.task->start();
    if (weather_.cancels && random_.chance(30)) {
        queue_.at(client.arrives + within(seconds(1)), [&client] { client.task.reset(); });
    }
}

Task<void> Simulation::ask(Client& client) {
    co_await clock_.sleep_until(client.arrives);
    client.queries_before = network_.queries();
    client.quiet = network_.in_flight() == 0;
    ResolveOptions options;
    options.sink = client.sink.get();
    Task<Answer> resolution = resolver_->resolve(client.question, options);
    Answer answer = co_await std::move(resolution);
    client.answered = true;
    judge(client, answer);
}

void Simulation::judge(const Client& client, const Answer& answer) {
    if (clock_.now() - client.arrives > query_time_max) {
        broken(client.question, "answered after its deadline");
    }
    if (client.sink->packets > upstream_packets_max) {
        broken(client.question, fmt::format("sent {} packets", client.sink->packets));
    }
    if (answer.rcode == dns::Rcode::servfail && answer.reason == dns::Reason::none) {
        broken(client.question, "failed without a reason");
    }
    if (!weather_.mangling) {
        judge_content(client, answer);
        judge_later(client, answer);
    }
}

void Simulation::judge_content(const Client& client, const Answer& answer) {
    const OracleAnswer expected = oracle_.answer(client.question);
    std::string what = difference(answer, expected);
    if (what.empty()) {
        ++report_.answers_as_the_oracle;
        what = grown_ttl(answer, expected);
    } else if (!weather_.honest() && answer.rcode == dns::Rcode::servfail) {
        ++report_.failures_by_faults;
        return;
    }
    if (!what.empty()) {
        broken(client.question, std::move(what));
    }
}

// While nothing is asked of the network, what was answered stays in the cache and grows older. Only
// where nobody else was served meanwhile: another's reply may have renewed an alias since it was
// read.
void Simulation::judge_later(const Client& client, const Answer& answer) {
    const auto own = static_cast<std::uint64_t>(client.sink->packets);
    if (!client.quiet || network_.queries() != client.queries_before + own) {
        return;
    }
    // A cache may count in whole seconds, rounded down; and the first alias has waited there since
    // it came, while the walk went on.
    const Duration walked = clock_.now() - client.arrives;
    const auto margin = static_cast<std::uint32_t>(2 + std::chrono::ceil<seconds>(walked).count());
    const std::uint32_t least = least_ttl(answer);
    if (answer.rcode == dns::Rcode::servfail || least <= margin) {
        return;
    }
    const Duration age = seconds(1 + random_.below(least - margin));
    const std::uint64_t queries = network_.queries();
    const Instant then = clock_.now();
    queue_.at(then + age, [this, question = client.question, first = answer, queries, then] {
        if (network_.queries() == queries) {
            judge_aged(question, first, then);
        }
    });
}

void Simulation::judge_aged(const dns::Question& question, const Answer& first, Instant then) {
    const auto age = std::chrono::floor<seconds>(clock_.now() - then).count();
    const std::optional<Answer> again = resolver_->from_cache(question, ResolveOptions{});
    // A later alias of a reply may have been there before, of a better rank and nearer its end.
    if (!again && std::ranges::count_if(first.answer, is_alias) > 1) {
        return;
    }
    if (!again || again->answer.size() != first.answer.size()) {
        broken(question, fmt::format("is not in the cache {} s after it was answered", age));
        return;
    }
    for (std::size_t i = 0; i < first.answer.size(); ++i) {
        const dns::RRset& before = first.answer[i];
        const dns::RRset& after = again->answer[i];
        if (!dns::same_data(before, after) || after.ttl() + age > before.ttl() + 1) {
            broken(question,
                   fmt::format("{} {} had TTL {} and has {} after {} s", to_text(before.owner()),
                               dns::to_text(before.type()), before.ttl(), after.ttl(), age));
        }
    }
}

void Simulation::judge_end() {
    if (queue_.size() > 0) {
        report_.broken.emplace_back("the simulation did not come to rest");
    }
    for (Client& client : clients_) {
        if (client.task && !client.answered) {
            broken(client.question, "was never answered");
        }
        client.task.reset();
    }
    if (network_.in_flight() > 0) {
        report_.broken.push_back(
            fmt::format("{} exchanges in flight at the end", network_.in_flight()));
    }
    resolver_.reset();
    if (live_frames() > 0) {
        report_.broken.push_back(fmt::format("{} frames live at the end", live_frames()));
    }
}

void Simulation::broken(const dns::Question& question, std::string what) {
    constexpr std::int64_t second = 1'000'000;
    const std::int64_t now = clock_.now().time_since_epoch().count();
    report_.broken.push_back(fmt::format("at {}.{:06}: {} {}: {}", now / second, now % second,
                                         to_text(question.qname.view()),
                                         dns::to_text(question.qtype), what));
}

}  // namespace

SimulationReport simulate(std::uint64_t seed, const SimulationOptions& options) {
    return Simulation(seed, options).run();
}

}  // namespace wend::sim
