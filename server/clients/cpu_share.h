// A worker's time shared among clients over TCP (policy/effort.h): what serving them costs is
// charged here, and listeners ask here whom to read.
#pragma once
#include <cstddef>
#include <functional>

#include "base/clock.h"
#include "base/random.h"
#include "observe/stats.h"
#include "policy/effort.h"
#include "policy/rate_limit.h"
#include "resolver/answer.h"
#include "server/clients/limit_notes.h"
#include "transport/query_handler.h"
#include "transport/reading_order.h"

namespace wend {

// Units of what a resolution cost after it had begun, as far as its answer shows it. Pure.
std::uint64_t effort_of(const Answer& answer);

struct CpuShareWorld {
    const Clock& clock;
    Random& random;
    Stats& stats;
    std::function<Duration()> busy;  // in all, for how long the worker has not waited
    LimitNotes* notes = nullptr;     // null: nobody reads them
};

// One for each worker; one thread.
class CpuShare final : public ReadingOrder {
  public:
    // `mode` is shadow (nobody waits, who would have is counted) or enforce.
    CpuShare(const CpuShareWorld& world, policy::RateMode mode, unsigned client_percent);

    Instant may_read_at(const IpAddress& client) override;
    bool is_turn_over() const override;
    void accepted(const IpAddress& client) override;
    void moved(const IpAddress& client, std::size_t octets) override;

    void began_resolution(const Client& client);
    // Who began it waited to the end.
    void ended_resolution(const Client& client, const Answer& answer);

  private:
    void charge(const Client& client, std::uint64_t units);

    CpuShareWorld world_;
    bool enforces_;
    policy::Effort effort_;
    std::uint64_t datagrams_ = 0;  // charged already
};

}  // namespace wend
