// A validating resolver with everything that it remembers, in virtual time before a model of all
// servers; one question at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "base/random.h"
#include "base/task.h"
#include "resolver/event.h"
#include "resolver/resolver.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"
#include "tests/properties/signed/signed_internet.h"

namespace wend::sim {

// The most that one question cost.
struct Most {
    int packets = 0;
    std::uint64_t signatures = 0;
    std::uint64_t nsec3_blocks = 0;
    std::size_t aliases = 0;

    void take(const Most& other);
};

class Stage {
  public:
    // All outlive it. The wall shows `wall_start` when it begins.
    Stage(const SignedInternet& internet, ServerModel& servers, Random& random,
          WallTime wall_start);
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    Stage(Stage&&) = delete;
    Stage& operator=(Stage&&) = delete;
    ~Stage();

    // As a server does: from the cache, or else by resolving. Nothing if it never ended.
    std::optional<Answer> ask(const dns::Question& question, bool checking_disabled);

    void wait(Duration duration);

    const Most& most() const { return most_; }

    std::uint64_t upstream_queries() const { return network_.queries(); }

    SimNetwork& network() { return network_; }

    Instant now() const { return queue_.now(); }

  private:
    Task<void> resolve(dns::Question question, ResolveOptions options,
                       std::optional<Answer>& answer);

    struct PacketCount final : EventSink {
        int packets = 0;

        void on_event(const Event& event) override {
            packets += std::holds_alternative<event::QuerySent>(event.body) ? 1 : 0;
        }
    };

    EventQueue queue_;
    SimClock clock_;
    SimNetwork network_;
    std::unique_ptr<cache::Cache> cache_;
    std::unique_ptr<cache::Spans> spans_;
    std::unique_ptr<cache::ServerMemory> servers_;
    std::unique_ptr<cache::Failures> failures_;
    std::unique_ptr<Resolver> resolver_;
    Most most_;
};

}  // namespace wend::sim
