// Whether any root server can be reached: said once when none can, and once when one can again.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "cache/server_memory.h"
#include "resolver/answer.h"

namespace wend {

// From one line that no root server can be reached to the next.
inline constexpr Duration root_line_time = std::chrono::seconds(60);

enum class RootNews : std::uint8_t { none, unreachable, reachable_again };

// True for a resolution that ended at the root since none of its servers said anything of
// use: silence, and ports that nobody listens on. Pure.
bool ended_at_the_root(const Answer& answer);

// Any thread.
class RootWatch {
  public:
    // `servers`: of the root hints.
    explicit RootWatch(std::vector<Endpoint> servers);

    // What each resolution came to.
    void note(const Answer& answer);

    // To be called now and then. Where the way comes and goes, a pair of news in root_line_time. A
    // server is heard again when what is remembered of it says so, and is not what it was when none
    // could be reached.
    RootNews look(const cache::ServerMemory& memory, Instant now);

    // What look() said last.
    bool is_unreachable() const;

  private:
    std::vector<cache::ServerRecord> records(const cache::ServerMemory& memory, Instant now) const;

    std::vector<Endpoint> servers_;
    std::atomic<bool> failed_{false};  // since the last look
    mutable std::mutex mutex_;
    std::optional<Instant> said_;            // that none can be reached, last
    std::vector<cache::ServerRecord> then_;  // when it was said that none can be reached; else none
};

}  // namespace wend
