// A wire with a delay: what is sent into the device "wire" of this network namespace comes out of
// the device "wire" of a new one after so many milliseconds, in order, and the other way round. The
// far namespace is this process's own (/proc/PID/ns/net) and ends with it. As Linux's netem, which
// not every kernel has.
//
//   wire MILLISECONDS      one way
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace wend::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* device = "wire";
constexpr std::size_t packet_max = 2'048;        // above the device's MTU of 1,500
constexpr std::size_t under_way_max = 1U << 18;  // packets in one direction; more are dropped
constexpr unsigned turn_max = 256;               // packets read before others are let out
constexpr long delay_max_ms = 10'000;

// A file descriptor on a new device in the namespace the process is in now; -1 with errno.
int open_device() {
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    return ioctl(fd, TUNSETIFF, &request) == 0 ? fd : -1;
}

class Direction {
  public:
    Direction(int from, int to, Clock::duration delay) : from_(from), to_(to), delay_(delay) {}

    int from() const { return from_; }

    void take_in() {
        std::array<std::uint8_t, packet_max> octets;
        for (unsigned i = 0; i < turn_max; ++i) {
            const ssize_t got = read(from_, octets.data(), octets.size());
            if (got <= 0) {
                return;
            }
            if (under_way_.size() < under_way_max) {
                under_way_.push_back(
                    {Clock::now() + delay_, {octets.begin(), octets.begin() + got}});
            }
        }
    }

    // What the far end does not take is lost, as on any wire.
    void let_out(Clock::time_point now) {
        while (!under_way_.empty() && under_way_.front().due <= now) {
            const auto& octets = under_way_.front().octets;
            [[maybe_unused]] const ssize_t sent = write(to_, octets.data(), octets.size());
            under_way_.pop_front();
        }
    }

    // Until the first packet is due; nothing if there is none.
    std::optional<Clock::duration> pause(Clock::time_point now) const {
        return under_way_.empty()
                   ? std::nullopt
                   : std::optional(std::max(Clock::duration(0), under_way_.front().due - now));
    }

  private:
    struct Packet {
        Clock::time_point due;
        std::vector<std::uint8_t> octets;
    };

    int from_;
    int to_;
    Clock::duration delay_;
    std::deque<Packet> under_way_;
};

void wait(const std::array<Direction, 2>& directions) {
    std::optional<Clock::duration> pause;
    for (const Direction& direction : directions) {
        const auto its = direction.pause(Clock::now());
        pause = its && (!pause || *its < *pause) ? its : pause;
    }
    std::array<pollfd, 2> devices = {pollfd{directions[0].from(), POLLIN, 0},
                                     pollfd{directions[1].from(), POLLIN, 0}};
    timespec limit{};
    if (pause) {
        const auto nanoseconds = std::chrono::nanoseconds(*pause).count();
        limit = {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    }
    ppoll(devices.data(), devices.size(), pause ? &limit : nullptr, nullptr);
}

// Ends by a signal.
[[noreturn]] void carry(std::array<Direction, 2> directions) {
    while (true) {
        for (Direction& direction : directions) {
            direction.take_in();
            direction.let_out(Clock::now());
        }
        wait(directions);
    }
}

int run(const char* milliseconds) {
    char* end = nullptr;
    const long delay = std::strtol(milliseconds, &end, 10);
    if (*milliseconds == '\0' || *end != '\0' || delay < 0 || delay > delay_max_ms) {
        std::fprintf(stderr, "wire: %s is not between 0 and %ld milliseconds\n", milliseconds,
                     delay_max_ms);
        return 2;
    }
    const int here = open_device();
    const bool moved = here >= 0 && unshare(CLONE_NEWNET) == 0;
    const int there = moved ? open_device() : -1;
    if (there < 0) {
        std::fprintf(stderr, "wire: no device in this or a new namespace: %s\n",
                     std::strerror(errno));
        return 1;
    }
    const std::chrono::milliseconds each(delay);
    carry({Direction(here, there, each), Direction(there, here, each)});
}

}  // namespace
}  // namespace wend::bench

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: wire MILLISECONDS\n", stderr);
        return 2;
    }
    return wend::bench::run(arguments[1]);
}
