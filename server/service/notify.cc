#include "server/service/notify.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace wend {
namespace {

constexpr std::size_t status_octets_max = 1'024;

std::optional<std::uint64_t> number_of(const char* text) {
    if (text == nullptr) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    const char* const end = text + std::strlen(text);
    const auto read = std::from_chars(text, end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::string on_one_line(std::string_view text) {
    std::string line(text.substr(0, status_octets_max));
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return line;
}

// A path, or an abstract name that begins with a zero instead of "@".
socklen_t address_of(std::string_view path, sockaddr_un& to) {
    to = {};
    to.sun_family = AF_UNIX;
    std::ranges::copy(path, to.sun_path);
    const bool is_abstract = path.front() == '@';
    if (is_abstract) {
        to.sun_path[0] = '\0';
    }
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() +
                                  (is_abstract ? 0 : 1));
}

}  // namespace

NotifyEnvironment notify_environment(const char* socket, const char* watchdog_usec,
                                     const char* watchdog_pid, std::uint64_t own_pid) {
    NotifyEnvironment environment;
    const std::string_view path = socket == nullptr ? "" : socket;
    const bool is_address = path.size() > 1 && path.size() < sizeof(sockaddr_un::sun_path) &&
                            (path.front() == '/' || path.front() == '@');
    if (!is_address) {
        return environment;
    }
    environment.socket = path;
    const auto interval = number_of(watchdog_usec);
    const bool is_for_us = watchdog_pid == nullptr || number_of(watchdog_pid) == own_pid;
    constexpr std::uint64_t interval_max = 365ULL * 86'400 * 1'000'000;
    if (interval && *interval > 0 && is_for_us) {
        environment.watchdog = Duration(std::min(*interval, interval_max));
    }
    return environment;
}

NotifyEnvironment take_notify_environment() {
    NotifyEnvironment environment =
        notify_environment(std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC"),
                           std::getenv("WATCHDOG_PID"), static_cast<std::uint64_t>(getpid()));
    for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
        unsetenv(name);
    }
    return environment;
}

bool Watchdog::is_due(std::span<const WorkerBoard> workers, Instant now) {
    if (last_ && now - *last_ < interval_ / 4) {
        return false;
    }
    const Instant oldest = now - std::max(interval_ / 2, stamp_age_min);
    const auto since = static_cast<std::int64_t>(oldest.time_since_epoch().count());
    const bool all_live = std::ranges::all_of(workers, [since](const WorkerBoard& worker) {
        return static_cast<std::int64_t>(worker.alive_at_us.load(std::memory_order_relaxed)) >=
               since;
    });
    if (all_live) {
        last_ = now;
    }
    return all_live;
}

Notifier::Notifier(const NotifyEnvironment& environment) : path_(environment.socket) {
    if (path_.empty()) {
        return;
    }
    socket_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (environment.watchdog) {
        watchdog_.emplace(*environment.watchdog);
    }
}

void Notifier::ready(std::string_view status) {
    say(fmt::format("READY=1\nSTATUS={}", on_one_line(status)));
}

void Notifier::reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    say(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reloading",
                    static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000));
}

void Notifier::stopping() {
    say("STOPPING=1\nSTATUS=ending: who waits is answered");
}

void Notifier::look(std::span<const WorkerBoard> workers, Instant now) {
    if (!unsaid_.empty() && send(unsaid_)) {
        unsaid_.clear();
    }
    if (watchdog_ && watchdog_->is_due(workers, now)) {
        send("WATCHDOG=1");
    }
}

void Notifier::store(std::string_view name, int fd) {
    // Not polled: a pending error of a socket of ours is no reason to give it up.
    send(fmt::format("FDSTORE=1\nFDNAME={}\nFDPOLL=0", name), fd);
}

void Notifier::forget(std::string_view name) {
    send(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", name));
}

// Each message tells the whole state, so an older one is not missed.
void Notifier::say(std::string message) {
    unsaid_ = std::move(message);
    if (!is_heard() || send(unsaid_)) {
        unsaid_.clear();
    }
}

// False: there is no room for it now. A manager that is gone is told nothing.
bool Notifier::send(std::string_view message, int fd) const {
    if (!is_heard()) {
        return true;
    }
    sockaddr_un address;
    const socklen_t size = address_of(path_, address);
    iovec part{const_cast<char*>(message.data()), message.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr whole{};
    whole.msg_name = &address;
    whole.msg_namelen = size;
    whole.msg_iov = &part;
    whole.msg_iovlen = 1;
    if (fd >= 0) {
        whole.msg_control = control.data();
        whole.msg_controllen = control.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&whole);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    return sendmsg(socket_.get(), &whole, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ||
           (errno != EAGAIN && errno != EINTR && errno != ENOBUFS);
}

}  // namespace wend
