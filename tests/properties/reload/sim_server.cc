#include "tests/properties/reload/sim_server.h"

#include <algorithm>
#include <utility>

#include "dns/message_builder.h"
#include "server/service/change_plan.h"
#include "server/service/flushing.h"

namespace wend::sim {

namespace {

constexpr std::uint64_t events_max = 200'000;
constexpr std::size_t resumed_max = 3;

std::vector<std::uint8_t> query_of(const dns::Question& question, std::uint16_t id) {
    dns::Header header;
    header.id = id;
    header.rd = true;
    std::vector<std::uint8_t> octets(512);
    dns::MessageBuilder builder(octets, octets.size());
    builder.start(header, dns::Rcode::noerror, &question, nullptr);
    octets.resize(builder.finish().size());
    return octets;
}

}  // namespace

SimServer::SimServer(ServerModel& servers, Random& random, WallTime wall_start,
                     const ReadConfig& first)
    : random_(random),
      clock_(queue_, wall_start),
      network_(queue_, random, servers),
      board_(*make_board(1, "0", false)),
      stores_(first.config, &sandbox_, random) {
    add_engine(first);
}

SimServer::~SimServer() {
    engines_.clear();
    while (queue_.step()) {
    }
}

EngineWorld SimServer::world() {
    return {.network = network_,
            .clock = clock_,
            .random = random_,
            .board = board_.worker(0),
            .local_networks = local_networks_,
            .busy = [] { return Duration(); }};
}

void SimServer::add_engine(const ReadConfig& config) {
    const Engine* const before = engines_.empty() ? nullptr : engines_.back().get();
    const Generation* const in_force = before == nullptr ? nullptr : &before->generation();
    auto generation = make_generation(config, stores_, clock_.wall_now(), random_, in_force);
    engines_.push_back(std::make_shared<Engine>(world(), stores_, std::move(generation), before));
}

void SimServer::begin(const dns::Question& question) {
    const Client client{*Endpoint::from_text("127.0.0.1:5353"), Channel::tcp};
    std::vector<std::uint8_t> out(65'535);
    const std::uint64_t token = sink_.replies.size();
    sink_.replies.push_back(0);
    const auto query = query_of(question, static_cast<std::uint16_t>(token));
    const QueryResult result = engines_.back()->serve().on_query(query, client, sink_, token, out);
    sink_.replies[token] += result.outcome == Outcome::answered ? 1 : 0;
}

void SimServer::wait(Duration duration) {
    queue_.run_until(queue_.now() + duration, events_max);
}

void SimServer::some_events() {
    for (std::uint64_t i = random_.below(4); i > 0; --i) {
        queue_.step();
    }
}

void SimServer::reload(const ReadConfig& wanted) {
    const Plan plan = change_plan(generation(), wanted);
    add_engine(wanted);
    stores_.set_limits(wanted.config);
    Serve& serve = engines_.back()->serve();
    if (!plan.flushes.empty()) {
        serve.pause();
        for (auto old = engines_.begin(); old + 1 != engines_.end(); ++old) {
            serve.take_over((*old)->serve().release());
        }
        engines_.erase(engines_.begin(), engines_.end() - 1);
    }
    some_events();
    Flushing flushing(stores_, plan.flushes);
    while (flushing.step()) {  // ends: a flush only moves on
        some_events();
    }
    bool has_more = true;
    while (has_more) {  // ends: each turn begins one or more of those that wait
        has_more = false;
        for (const auto& engine : engines_) {
            has_more = engine->serve().resume(resumed_max) || has_more;
        }
        some_events();
    }
}

std::size_t SimServer::waiting() const {
    std::size_t waiting = 0;
    for (const auto& engine : engines_) {
        waiting += engine->serve().waiting();
    }
    return waiting;
}

bool SimServer::settle() {
    for (std::uint64_t i = 0; i < events_max && waiting() > 0 && queue_.step(); ++i) {
    }
    engines_.erase(engines_.begin(), engines_.end() - 1);
    return waiting() == 0 &&
           std::ranges::all_of(sink_.replies, [](int replies) { return replies == 1; });
}

std::optional<Answer> SimServer::ask(const dns::Question& question) {
    std::optional<Answer> answer = engines_.back()->guarded().from_cache(question, {});
    if (!answer) {
        Task<void> task = resolve(question, answer);
        task.start();
        const std::uint64_t until = queue_.events() + events_max;
        while (!answer && queue_.events() < until && queue_.step()) {
        }
    }
    return answer;
}

Task<void> SimServer::resolve(dns::Question question, std::optional<Answer>& answer) {
    Task<Answer> resolution = engines_.back()->guarded().resolve(std::move(question), {});
    answer = co_await std::move(resolution);
}

}  // namespace wend::sim
