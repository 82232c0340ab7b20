// The addresses that one worker serves on, which a reload may change.
#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "observe/stats.h"
#include "server/clients/limit_notes.h"
#include "server/service/bound_sockets.h"
#include "transport/listener_tcp.h"
#include "transport/listener_udp.h"

namespace wend {

// How long an address that is taken off the list is still served: who has asked by then is
// answered, as long as a client waits for any answer.
inline constexpr Duration leaving_time = std::chrono::seconds(6);

// One for each worker; one thread.
class Listeners {
  public:
    // All outlive it.
    Listeners(UvLoop& loop, UvClock& clock, QueryHandler& handler)
        : loop_(loop), clock_(clock), handler_(handler) {}

    // Serves on them from here on. The error is one sentence, and then they are closed.
    std::expected<void, std::string> add(BoundSockets sockets, const TcpListenerOptions& options);

    // Of all that are there.
    void set_tcp_options(const TcpListenerOptions& options);

    // Nobody new is taken in over TCP on those whose address is not in `wanted`; they end
    // leaving_time after `now`.
    void keep_only(const std::vector<Endpoint>& wanted, Instant now);

    // Ends those whose time has come; `forget` hears of each sink first, which nobody may use after
    // that.
    void end_leaving(Instant now, const std::function<void(const ReplySink&)>& forget);

    // Ends the last `count` that were added, in the same way.
    void take_back(std::size_t count, const std::function<void(const ReplySink&)>& forget);

    // Ends them all.
    void clear() { all_.clear(); }

    // Without those that leave.
    std::vector<Endpoint> listening() const;

    // Connections of clients that are open.
    std::size_t connections() const;

    // The listeners know no counters of ours: adds what they counted since the last call.
    void note_connections(Stats& stats, LimitNotes& notes);

  private:
    struct Listener {
        Endpoint wanted;
        std::unique_ptr<UdpListener> udp;
        std::unique_ptr<TcpListener> tcp;
        TcpListenerCounts noted{};  // what is in the counters already
        std::optional<Instant> ends_at{};
    };

    UvLoop& loop_;
    UvClock& clock_;
    QueryHandler& handler_;
    std::vector<Listener> all_;
};

}  // namespace wend
