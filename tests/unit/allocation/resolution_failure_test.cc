// The whole query path in the lab, with each allocation of a resolution failing in turn.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include "base/frame.h"
#include "dns/message_builder.h"
#include "failing_new.h"
#include "policy/access.h"
#include "policy/local_zones.h"
#include "server/answer/resolver_source.h"
#include "server/serve.h"
#include "sim/event_queue.h"
#include "sim/lab.h"
#include "sim/sim_clock.h"
#include "transport/shared_exchanges.h"

using namespace wend;

namespace {

constexpr WallTime today{std::chrono::seconds(1'800'000'000)};

ResolverOptions lab_options(bool validates) {
    ResolverOptions options;
    ConfiguredZone& root = options.root_hints.emplace_back();
    root.addresses = sim::lab_root_hints().addresses;
    if (validates) {
        options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
            std::make_shared<const dnssec::TrustAnchors>(sim::lab_anchors()));
    }
    return options;
}

// A worker in virtual time, and two clients whose replies it writes where they need no memory.
class LabServer final : private ReplySink {
  public:
    LabServer(sim::SimInternet& internet, bool validates)
        : network_(queue_, random_, internet),
          resolver_({shared_, clock_, random_, cache_, servers_, failures_, &spans_},
                    lab_options(validates)),
          serve_({.source = source_,
                  .cache = cache_,
                  .clock = clock_,
                  .random = random_,
                  .access = access_,
                  .local_zones = local_zones_,
                  .stats = stats_},
                 {.validates = validates}) {}

    // Both clients ask the same and wait until they are told, or until nothing is left to happen.
    void ask(Octets query) {
        for (std::uint64_t client = 0; client < replies_.size(); ++client) {
            replies_[client].size = 0;
            const Client from{{IpAddress::v4(std::array<std::uint8_t, 4>{10, 0, 0, 1}), 5353}};
            const QueryResult result = serve_.on_query(query, from, *this, client, out_);
            if (result.outcome == Outcome::answered) {
                send(client, from, Octets(out_).first(result.size));
            }
        }
        while (serve_.waiting() > 0 && step()) {
        }
    }

    // Nothing if the client was told nothing.
    std::optional<dns::Message> told(std::size_t client) const {
        const Reply& reply = replies_.at(client);
        if (reply.size == 0) {
            return std::nullopt;
        }
        auto message = dns::Message::parse(Octets(reply.octets).first(reply.size));
        REQUIRE(message);
        return std::move(*message);
    }

    // Nobody waits, and nothing is asked of the network.
    bool is_idle() const {
        return serve_.waiting() == 0 && shared_.in_flight() == 0 && shared_.running() == 0 &&
               network_.in_flight() == 0;
    }

  private:
    struct Reply {
        std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(4'096);
        std::size_t size = 0;
    };

    void send(std::uint64_t client, const Client&, Octets message) override {
        Reply& reply = replies_.at(client);
        std::ranges::copy(message, reply.octets.begin());
        reply.size = message.size();
    }

    // A packet for whose arrival there is no memory is lost.
    bool step() {
        try {
            return queue_.step();
        } catch (const std::bad_alloc&) {
            return true;
        }
    }

    SeededRandom random_{1};
    sim::EventQueue queue_{Instant(std::chrono::hours(1))};
    sim::SimClock clock_{queue_, today};
    sim::SimNetwork network_;
    SharedExchanges shared_{network_, clock_, HashKey{}};
    cache::Cache cache_{cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1}};
    cache::ServerMemory servers_{64, HashKey{}};
    cache::Failures failures_{64, HashKey{}};
    cache::Spans spans_{cache::SpanOptions{}};
    policy::AccessList access_{policy::default_allowed()};
    policy::LocalZones local_zones_{{}};
    Stats stats_;
    std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(65'535);
    std::array<Reply, 2> replies_;
    Resolver resolver_;
    ResolverSource source_{resolver_};
    Serve serve_;
};

std::vector<std::uint8_t> query_for(std::string_view name) {
    std::vector<std::uint8_t> octets(512);
    dns::MessageBuilder builder(octets, octets.size());
    const dns::Question question{dns::name_of(name), dns::Type::a, dns::Class::in};
    const dns::EdnsToSend edns{.dnssec_ok = true};
    builder.start({.id = 7, .rd = true}, dns::Rcode::noerror, &question, &edns);
    octets.resize(builder.finish().size());
    return octets;
}

struct Outcomes {
    int allocations = 0;
    int answered = 0;  // the right answer all the same
    int failed = 0;    // SERVFAIL
    int dropped = 0;
};

void count(const std::optional<dns::Message>& told, bool validates, Outcomes& outcomes) {
    if (!told) {
        ++outcomes.dropped;
    } else if (told->rcode() == dns::Rcode::servfail) {
        ++outcomes.failed;
    } else {
        CHECK(told->rcode() == dns::Rcode::noerror);
        CHECK(told->records(dns::Section::answer).size() >= 1);
        CHECK(told->header().ad == validates);
        ++outcomes.answered;
    }
}

Outcomes fail_each_allocation_of(std::string_view name, bool validates) {
    sim::SimInternet internet;
    sim::add_lab(internet, today);
    const std::vector<std::uint8_t> query = query_for(name);
    Outcomes outcomes;
    for (bool reached = true; reached;) {
        {
            LabServer world(internet, validates);
            INFO("allocation " << outcomes.allocations + 1);
            fail_allocation(static_cast<std::size_t>(outcomes.allocations) + 1);
            world.ask(query);
            reached = !is_failure_ahead();
            fail_allocation(0);
            REQUIRE(world.is_idle());
            for (const std::size_t client : {0U, 1U}) {
                count(world.told(client), validates, outcomes);
            }
            world.ask(query);
            const auto told = world.told(0);
            REQUIRE(told);
            REQUIRE(told->rcode() == dns::Rcode::noerror);
            REQUIRE(told->header().ad == validates);
        }
        REQUIRE(live_frames() == 0);
        ++outcomes.allocations;
    }
    return outcomes;
}

}  // namespace

TEST_CASE(
    "whatever allocation of a resolution fails, its clients hear of it and the next query works",
    "[allocation][server][resolver]") {
    const Outcomes outcomes = fail_each_allocation_of("ftp.plain.lab.", false);
    CHECK(outcomes.allocations > 100);
    CHECK(outcomes.failed > outcomes.allocations);
    CHECK(outcomes.dropped < 10);
}

TEST_CASE(
    "whatever allocation of a validation fails, its clients hear of it and the next query works",
    "[allocation][server][dnssec]") {
    const Outcomes outcomes = fail_each_allocation_of("alias.ed25519.lab.", true);
    CHECK(outcomes.allocations > 100);
    CHECK(outcomes.failed > outcomes.allocations);
    CHECK(outcomes.dropped < 10);
}
