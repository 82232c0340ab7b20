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
    Resolver resolver;

    explicit LabWorld(bool validates = false)
        : resolver({network, clock, random, cache, servers, failures}, options(validates)) {}

    static ResolverOptions options(bool validates) {
        ConfiguredZone root;
        root.addresses = lab_root_hints().addresses;
        ResolverOptions options;
        options.root_hints.push_back(root);
        if (validates) {
            options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
                std::make_shared<const dnssec::TrustAnchors>(lab_anchors()));
        }
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

namespace {

struct Worth {
    const char* name;
    dns::Security security = dns::Security::secure;
    dns::Reason reason = dns::Reason::resolved;
};

// What lab.manifest says of each zone.
const std::vector<Worth>& worths() {
    using enum dns::Reason;
    constexpr auto insecure = dns::Security::insecure;
    constexpr auto bogus = dns::Security::bogus;
    static const std::vector<Worth> all = {
        {"www.rsasha1.lab."},
        {"www.rsasha1-nsec3.lab."},
        {"www.rsasha256.lab."},
        {"www.rsasha512.lab."},
        {"www.ecdsap256.lab."},
        {"www.ecdsap384.lab."},
        {"www.ed25519.lab."},
        {"www.ed448.lab."},
        {"www.nsec3.lab."},
        {"www.opt-out.lab."},
        {"anything.wildcard.lab."},
        {"solid.wildcard.lab."},
        {"alias.ed25519.lab."},
        {"absent.ed25519.lab."},
        {"absent.nsec3.lab."},
        {"absent.lab."},
        {"www.unsigned.opt-out.lab.", insecure},
        {"www.plain.lab.", insecure},
        {"www.missing-ds.lab.", insecure},
        {"www.unsupported.lab.", insecure},
        {"absent.many-rounds.lab.", insecure},
        {"www.expired.lab.", bogus, bogus_expired},
        {"www.not-yet-valid.lab.", bogus, bogus_not_yet_valid},
        {"www.bad-signature.lab.", bogus, bogus_signature},
        {"www.wrong-ds.lab.", bogus, bogus_no_key},
    };
    return all;
}

}  // namespace

TEST_CASE("each zone of the lab is worth what its signing makes it", "[sim][lab][dnssec]") {
    LabWorld world(true);
    for (const Worth& worth : worths()) {
        const Answer answer = world.ask({dns::name_of(worth.name), dns::Type::a});
        INFO(worth.name << ": " << dns::describe(answer.reason) << ' ' << answer.detail);
        const bool bogus = worth.security == dns::Security::bogus;
        CHECK((answer.rcode == dns::Rcode::servfail) == bogus);
        CHECK((bogus || answer.security == worth.security));
        CHECK(dns::to_text(answer.reason) == dns::to_text(worth.reason));
    }
}
