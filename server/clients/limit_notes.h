// What limits did to clients, for the log: for each kind one line a minute, with how often and to
// which network most. Pure but for its memory, which is fixed: who counts and who writes the lines
// are others.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "dns/reason.h"

namespace wend {

// Between two lines of one kind. The first is written with the next look.
inline constexpr Duration limit_line_time = std::chrono::seconds(60);

// Networks told apart for one kind; what others are counted for goes to the least of them.
inline constexpr std::size_t limit_networks_max = 4;

// True for what turns a client away by a rule or a limit of ours.
bool is_noted(dns::Reason reason);

// What is to be said of one kind.
struct LimitLine {
    dns::Reason reason = dns::Reason::none;
    std::uint64_t count = 0;       // since the last line, or the start
    IpAddress network;             // an IPv4 /24 or an IPv6 /56: who had most
    std::uint64_t of_network = 0;  // at most so many of them
};

// "limit client-share: 412 queries, 400 of them from 192.0.2.0/24: this client has ...".
std::string to_text(const LimitLine& line);

// Any thread. Its lock is held for a few instructions, and never on the path of a hit.
class LimitNotes {
  public:
    // Nothing if the reason is not noted.
    void note(dns::Reason reason, const IpAddress& client, std::uint64_t times = 1);

    // A line that is due, or nothing: call again until there is none.
    std::optional<LimitLine> take_due(Instant now);

  private:
    struct Network {
        IpAddress first;
        std::uint64_t count = 0;
    };

    struct Kind {
        std::uint64_t count = 0;
        std::array<Network, limit_networks_max> networks{};
        std::optional<Instant> said;
    };

    std::mutex mutex_;
    std::array<Kind, dns::reason_count> kinds_{};
};

}  // namespace wend
