// One play of a scenario. replay/replay.cc starts it; the steps are in replay/steps.cc.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "replay/clients.h"
#include "replay/network.h"
#include "replay/replay.h"
#include "replay/scenario/macros.h"
#include "replay/servers.h"
#include "replay/trace.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"

namespace wend::sim {

class ReplayRunner {
  public:
    ReplayRunner(const Scenario& scenario, const ScenarioSettings& settings,
                 SubjectFactory& factory, const ReplayOptions& options);

    ReplayResult run();

  private:
    // What one turn of the loop came to.
    enum class Turn : std::uint8_t { again, failed };

    // Unbound's loop (FORMAT.md 9) and Deckard's (10).
    void run_unbound();
    Turn turn(const Step& step);
    void run_deckard();
    void end();

    // replay/steps.cc. Each returns false after fail().
    bool execute(const Step& step);
    bool execute_deckard(const Step& step);
    bool ask_and_wait(const Step& step);
    bool answer_pending(const Step& step);
    bool fail_pending(const Step& step);
    bool pass_time(const Step& step);
    bool assign(const Step& step);
    bool check_file(const Step& step);
    bool check_last_answer(const Step& step);

    // Consumes the oldest answer that matches. Otherwise remembers the first difference.
    bool take_answer(const Step& step);
    bool take_out_query(const Step& step);
    // The pending query that a REPLY, TIMEOUT or ERROR step means; null if there is none.
    PendingQuery* meant_by(const Step& step);

    // Runs what is due at the present time.
    void settle();
    // Answers the newest pending query that has an answer. False: none has.
    bool deliver_one();
    void deliver(PendingQuery& query, const CannedAnswer& answer);
    // Time moves to the next event. False: nothing is left, or the step has waited for wait_max.
    bool wait();
    bool run_until(Instant until);

    std::uint32_t current_step() const;
    void go_on();
    bool fail(const Step& step, std::string why);
    MacroContext macros();
    std::optional<std::string> expand(const Step& step, std::string_view text);

    void say(std::string_view text) { trace_.say(queue_.now(), text); }

    bool deckard() const { return scenario_.dialect == Dialect::deckard; }

    const Scenario& scenario_;
    EventQueue queue_;
    SimClock clock_;
    SeededRandom random_;
    ReplayTrace trace_;
    ReplayNetwork network_;
    ReplayServers servers_;
    std::unique_ptr<Subject> subject_;
    ReplayClients clients_;
    std::map<std::string, std::string, std::less<>> variables_;
    std::size_t at_ = 0;  // the next step; in the Deckard dialect the one that is being executed
    std::optional<Instant> waiting_since_;
    std::string last_difference_;
    ReplayResult result_;
};

}  // namespace wend::sim
