// The resolver in the lab, in virtual time: every RRset of every zone, and what is not there.
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

#include "base/frame.h"
#include "base/task.h"
#include "compare.h"
#include "resolver/event.h"
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
    cache::Spans spans{cache::SpanOptions{}};
    Resolver resolver;

    explicit LabWorld(bool validates = false, dns::Type minimise_type = dns::Type::a)
        : resolver({network, clock, random, cache, servers, failures, &spans},
                   options(validates, minimise_type)) {}

    static ResolverOptions options(bool validates, dns::Type minimise_type) {
        ConfiguredZone root;
        root.addresses = lab_root_hints().addresses;
        ResolverOptions options;
        options.root_hints.push_back(root);
        options.minimise_type = minimise_type;
        if (validates) {
            options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
                std::make_shared<const dnssec::TrustAnchors>(lab_anchors()));
        }
        return options;
    }

    Answer ask(const dns::Question& question, ResolveOptions how = {}) {
        Task<Answer> task = resolver.resolve(question, how);
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
    for (const dns::Type minimise_type : {dns::Type::a, dns::Type::ns}) {
        LabWorld world(false, minimise_type);
        for (int round = 1; round <= 2; ++round) {
            for (const dns::Question& question : everything_in(internet)) {
                INFO(dns::to_text(minimise_type)
                     << ", round " << round << ": " << to_text(question.qname.view()) << ' '
                     << dns::to_text(question.qtype));
                const std::string what = difference(world.ask(question), oracle.answer(question));
                CHECK(what == "");
            }
        }
        CHECK(world.network.in_flight() == world.resolver.probes());
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
    for (const dns::Type minimise_type : {dns::Type::a, dns::Type::ns}) {
        LabWorld world(true, minimise_type);
        for (const Worth& worth : worths()) {
            const Answer answer = world.ask({dns::name_of(worth.name), dns::Type::a});
            INFO(worth.name << ": " << dns::describe(answer.reason) << ' ' << answer.detail);
            const bool bogus = worth.security == dns::Security::bogus;
            CHECK((answer.rcode == dns::Rcode::servfail) == bogus);
            CHECK((bogus || answer.security == worth.security));
            CHECK(dns::to_text(answer.reason) == dns::to_text(worth.reason));
        }
    }
}

namespace {

// Queries that left for a server.
class Sent final : public EventSink {
  public:
    void on_event(const Event& event) override {
        if (const auto* sent = std::get_if<event::QuerySent>(&event.body)) {
            ++count;
            names.push_back(sent->question.qname);
        }
    }

    int count = 0;
    std::vector<dns::Name> names;
};

struct Told {
    Answer answer;
    int queries = 0;
    std::vector<dns::Name> names;  // that were asked for
};

Told ask(LabWorld& world, const char* name, bool checking_disabled = false) {
    Sent sent;
    Told told;
    told.answer = world.ask({dns::name_of(name), dns::Type::a},
                            {.checking_disabled = checking_disabled, .sink = &sent});
    told.queries = sent.count;
    told.names = sent.names;
    return told;
}

bool has_proofs(const Answer& answer) {
    return std::ranges::any_of(answer.authority, [](const dns::RRset& rrset) {
        return rrset.type() == dns::Type::nsec || rrset.type() == dns::Type::nsec3;
    });
}

}  // namespace

TEST_CASE("what came unchecked for CD is checked before anybody else gets it",
          "[sim][lab][dnssec][rfc4035-3.2.2]") {
    LabWorld world(true);
    const Told unchecked = ask(world, "www.bad-signature.lab.", true);
    CHECK(unchecked.answer.rcode == dns::Rcode::noerror);
    CHECK(unchecked.answer.security == dns::Security::unchecked);
    CHECK(ask(world, "www.bad-signature.lab.", true).queries == 0);
    const Told checked = ask(world, "www.bad-signature.lab.");
    CHECK(checked.answer.rcode == dns::Rcode::servfail);
    CHECK(checked.answer.reason == dns::Reason::bogus_signature);
    CHECK(ask(world, "www.bad-signature.lab.", true).answer.rcode == dns::Rcode::noerror);
}

TEST_CASE("a bogus answer is remembered for a minute, with its reason",
          "[sim][lab][dnssec][rfc4035-4.7]") {
    LabWorld world(true);
    REQUIRE(ask(world, "www.expired.lab.").queries > 0);
    const Told again = ask(world, "www.expired.lab.");
    CHECK(again.queries == 0);
    CHECK(again.answer.rcode == dns::Rcode::servfail);
    CHECK(again.answer.reason == dns::Reason::bogus_expired);
}

TEST_CASE("a clock that is ahead is told with the root's signatures, not with a zone's",
          "[sim][lab]") {
    LabWorld world(true);
    CHECK(ask(world, "www.expired.lab.").answer.detail == "expired.lab. DNSKEY");
    REQUIRE(world.queue.run_until(world.queue.now() + std::chrono::days(4'000), entries_max));
    const Told late = ask(world, "www.plain.lab.");
    CHECK(late.answer.reason == dns::Reason::bogus_expired);
    CHECK(late.answer.detail == ". DNSKEY: the clock says 2037-12-28T08:00:00Z");
}

TEST_CASE("below an ancestor that is validly denied no server is shown more of the name",
          "[sim][lab][dnssec][rfc8020-2][rfc9156-2]") {
    const auto shows = [](const Told& told, const char* name) {
        return std::ranges::find(told.names, dns::name_of(name)) != told.names.end();
    };
    LabWorld world(true);
    const Told told = ask(world, "private.host.absent.ed25519.lab.");
    CHECK(told.answer.rcode == dns::Rcode::nxdomain);
    CHECK(told.answer.security == dns::Security::secure);
    CHECK(has_proofs(told.answer));
    CHECK(shows(told, "absent.ed25519.lab."));
    CHECK_FALSE(shows(told, "host.absent.ed25519.lab."));
    CHECK_FALSE(shows(told, "private.host.absent.ed25519.lab."));
    CHECK(ask(world, "other.absent.ed25519.lab.").queries == 0);
    // An unsigned zone's word may be wrong: the full name is asked for.
    const Told plain = ask(world, "private.host.absent.plain.lab.");
    CHECK(plain.answer.rcode == dns::Rcode::nxdomain);
    CHECK(shows(plain, "private.host.absent.plain.lab."));
}

TEST_CASE("a span that was proved once denies its other names without a query",
          "[sim][lab][dnssec][rfc8198-5.1]") {
    for (const std::string zone : {"ed25519.lab.", "nsec3.lab."}) {
        LabWorld world(true);
        const std::string first = "absent." + zone;
        REQUIRE(ask(world, first.c_str()).answer.rcode == dns::Rcode::nxdomain);
        // For NSEC3 the order is that of the hashes, so the same name's child is asked for.
        const std::string second = zone == "nsec3.lab." ? "child." + first : "absentee." + zone;
        const Told told = ask(world, second.c_str());
        INFO(second);
        CHECK(told.queries == 0);
        CHECK(told.answer.rcode == dns::Rcode::nxdomain);
        CHECK(told.answer.security == dns::Security::secure);
        CHECK(has_proofs(told.answer));
    }
}

TEST_CASE("what a wildcard gave keeps its proofs in the cache, and answers for its siblings",
          "[sim][lab][dnssec][rfc8198-5.3]") {
    LabWorld world(true);
    REQUIRE(has_proofs(ask(world, "anything.wildcard.lab.").answer));
    const Told again = ask(world, "anything.wildcard.lab.");
    CHECK(again.queries == 0);
    CHECK(again.answer.security == dns::Security::secure);
    CHECK(has_proofs(again.answer));
    // A name that exists is no wildcard's.
    CHECK(ask(world, "solid.wildcard.lab.").queries > 0);
    const Told sibling = ask(world, "anything-else.wildcard.lab.");
    CHECK(sibling.queries == 0);
    CHECK(sibling.answer.rcode == dns::Rcode::noerror);
    CHECK(sibling.answer.security == dns::Security::secure);
    CHECK(has_proofs(sibling.answer));
}
