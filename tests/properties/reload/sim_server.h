// What a worker has, in virtual time: stores, engines under their generations, clients who wait;
// and the steps of a change of its configuration.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "observe/board.h"
#include "server/engine.h"
#include "server/sandbox.h"
#include "server/service/service.h"
#include "server/stores.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"

namespace wend::sim {

class SimServer {
  public:
    // The first two outlive it. The wall shows `wall_start` when it begins.
    SimServer(ServerModel& servers, Random& random, WallTime wall_start, const ReadConfig& first);
    SimServer(const SimServer&) = delete;
    SimServer& operator=(const SimServer&) = delete;
    SimServer(SimServer&&) = delete;
    SimServer& operator=(SimServer&&) = delete;
    ~SimServer();

    // A client asks, and is answered at once or later.
    void begin(const dns::Question& question);

    // Lets time pass.
    void wait(Duration duration);

    // As the service does it; time passes between the steps.
    void reload(const ReadConfig& wanted);

    // Until nobody waits. False: somebody waits without end, or was not answered just once.
    bool settle();

    // What a client would hear. Nothing if it never ended.
    std::optional<Answer> ask(const dns::Question& question);

    const Generation& generation() const { return engines_.back()->generation(); }

    WallTime wall_now() const { return clock_.wall_now(); }

    void trace(PacketObserver& observer) { network_.trace().observe(&observer); }

  private:
    class Sink final : public ReplySink {
      public:
        void send(std::uint64_t token, const Client&, Octets) override { ++replies[token]; }

        std::vector<int> replies{};
    };

    EngineWorld world();
    void add_engine(const ReadConfig& config);
    void some_events();
    std::size_t waiting() const;
    Task<void> resolve(dns::Question question, std::optional<Answer>& answer);

    Random& random_;
    EventQueue queue_{Instant(std::chrono::hours(1))};
    SimClock clock_;
    SimNetwork network_;
    Sandbox sandbox_{};  // its being there alone counts: no clock is watched
    Board board_;
    LocalNetworks::Seen local_networks_;
    Stores stores_;
    Sink sink_;
    std::vector<std::shared_ptr<Engine>> engines_;  // newest last
};

}  // namespace wend::sim
