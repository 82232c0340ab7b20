// The resolver in the lab, in virtual time: every RRset of every zone, and what is not there.
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/frame.h"
#include "base/task.h"
#include "compare.h"
#include "resolver/resolver.h"
#include "sim/event_queue.h"
#include "sim/lab.h"
#include "sim/oracle.h"
#include "sim/sim_clock.h"

using namespace wend;
using namespace wend::sim;

namespace {

constexpr std::size_t entries_max = 1000;
constexpr std::array<std::uint8_t, 6> absent = {'a', 'b', 's', 'e', 'n', 't'};

struct LabWorld {
    EventQueue queue{};
    SimClock clock{queue, WallTime{std::chrono::seconds(1'800'000'000)}};
    SeededRandom random{1};
    LabNetwork network{clock, random};
    cache::Cache cache{cache::Options{}};
    cache::ServerMemory servers{entries_max, HashKey{}};
    cache::Failures failures{entries_max, HashKey{}};
    Resolver resolver{World{network, clock, random, cache, servers, failures}, options()};

    static ResolverOptions options() {
        ConfiguredZone root;
        root.addresses = lab_root_hints().addresses;
        ResolverOptions options;
        options.root_hints.push_back(root);
        return options;
    }

    Answer ask(const dns::Question& question) {
        Task<Answer> task = resolver.resolve(question, ResolveOptions{});
        task.start();
        while (!task.done() && queue.step()) {
        }
        REQUIRE(task.done());
        return task.result();
    }
};

std::vector<dns::Question> everything_in(const SimInternet& internet) {
    std::vector<dns::Question> questions;
    for (const auto& [apex, zone] : internet.zones().zones()) {
        for (const auto& [name, node] : zone->nodes()) {
            // The NSEC record of an alias is data for its server; a cache follows the alias.
            const bool is_alias = node.find(dns::Type::cname) != nullptr;
            for (const dns::RRset& rrset : node.rrsets()) {
                if (!is_alias || rrset.type() != dns::Type::nsec) {
                    questions.push_back({name, rrset.type()});
                }
            }
            questions.push_back({name, dns::Type::rp});  // nobody has one
        }
        questions.push_back({*apex.with_label(absent), dns::Type::a});
    }
    return questions;
}

}  // namespace

TEST_CASE("every name of the lab resolves as its zones say, cold and from the cache",
          "[sim][lab][resolver]") {
    SimInternet internet;
    add_lab(internet, WallTime{std::chrono::seconds(1'800'000'000)});
    const Oracle oracle(internet);
    {
        LabWorld world;
        for (int round = 1; round <= 2; ++round) {
            for (const dns::Question& question : everything_in(internet)) {
                INFO("round " << round << ": " << to_text(question.qname.view()) << ' '
                              << dns::to_text(question.qtype));
                const std::string what = difference(world.ask(question), oracle.answer(question));
                CHECK(what == "");
            }
        }
        CHECK(world.network.in_flight() == 0);
    }
    CHECK(live_frames() == 0);
}
