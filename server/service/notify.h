// What we tell a service manager of ourselves, by systemd's protocol (sd_notify(3)): that we serve,
// reload, end, and that every worker still turns. Where nobody listens nothing is said.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "observe/board.h"
#include "transport/uv_poller.h"

namespace wend {

// What the environment says of the service manager.
struct NotifyEnvironment {
    std::string socket{};                // a path, or "@" and an abstract name; empty: nobody hears
    std::optional<Duration> watchdog{};  // it wants a sign of life more often than that
};

// Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, and unsets them: what we start shall not
// speak for us. While the process has one thread.
NotifyEnvironment take_notify_environment();

// The same of values, where null is what is not set. Pure.
NotifyEnvironment notify_environment(const char* socket, const char* watchdog_usec,
                                     const char* watchdog_pid, std::uint64_t own_pid);

// When a sign of life is due. Pure.
class Watchdog {
  public:
    // A worker that was not seen to turn for this long does not live; it is half of `interval`,
    // but a stamp may always be this old.
    static constexpr Duration stamp_age_min = std::chrono::seconds(2);

    explicit Watchdog(Duration interval) : interval_(interval) {}

    // True: a quarter of the interval has passed since it was the last time, and every worker
    // lives.
    bool is_due(std::span<const WorkerBoard> workers, Instant now);

  private:
    Duration interval_;
    std::optional<Instant> last_;
};

// One thread. A message that the manager has no room for waits for the next look(); a newer one of
// its kind takes its place.
class Notifier {
  public:
    // Says nothing.
    Notifier() = default;

    explicit Notifier(const NotifyEnvironment& environment);

    // We serve. `status` is for people; it is shown on one line.
    void ready(std::string_view status);

    // A new configuration is being put in force; ready() ends it.
    void reloading();

    // We end.
    void stopping();

    // Every half second: the sign of life, if it is due, and what could not be said before.
    void look(std::span<const WorkerBoard> workers, Instant now);

    // Keeps a copy of a socket for whoever we are started as again, or forgets all of that name.
    // The name has neither control characters nor colons and at most 255 characters.
    void store(std::string_view name, int fd);
    void forget(std::string_view name);

    bool is_heard() const { return socket_.is_open(); }

  private:
    void say(std::string message);
    bool send(std::string_view message, int fd = -1) const;

    Descriptor socket_;
    std::string path_;
    std::optional<Watchdog> watchdog_;
    std::string unsaid_;
};

}  // namespace wend
