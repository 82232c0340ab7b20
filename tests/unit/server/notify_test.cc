#include "server/service/notify.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/temporary_directory.h"

using namespace wend;

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A service manager's end.
class FakeManager {
  public:
    // "@..." is an abstract name.
    explicit FakeManager(const std::string& path)
        : path_(path), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::ranges::copy(path, address.sun_path);
        const bool is_abstract = path.front() == '@';
        if (is_abstract) {
            address.sun_path[0] = '\0';
        }
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() +
                                                 (is_abstract ? 0 : 1));
        REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    }

    // Empty if nothing came.
    std::string hear() {
        std::array<char, 4096> text{};
        std::array<char, 64> control{};
        iovec part{text.data(), text.size()};
        msghdr whole{};
        whole.msg_iov = &part;
        whole.msg_iovlen = 1;
        whole.msg_control = control.data();
        whole.msg_controllen = control.size();
        const ssize_t size = recvmsg(socket_.get(), &whole, MSG_CMSG_CLOEXEC);
        const cmsghdr* const header = size < 0 ? nullptr : CMSG_FIRSTHDR(&whole);
        if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
            handed_ = Descriptor(fd);
        }
        return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
    }

    // With the last message.
    const Descriptor& handed() const { return handed_; }

    Notifier notifier(std::optional<Duration> watchdog = std::nullopt) const {
        return Notifier({.socket = path_, .watchdog = watchdog});
    }

  private:
    std::string path_;
    Descriptor socket_;
    Descriptor handed_;
};

std::string abstract_name() {
    return "@wend-notify-test-" + std::to_string(getpid());
}

constexpr Instant start = Instant(seconds(1'000'000));

}  // namespace

TEST_CASE("a service manager hears on a path and on an abstract name", "[server][notify]") {
    const TemporaryDirectory directory;
    const std::string path = GENERATE(as<std::string>(), "", "abstract").empty()
                                 ? directory.path() + "/notify"
                                 : abstract_name();
    FakeManager manager(path);
    manager.notifier().ready("serves on 127.0.0.1:53");
    CHECK(manager.hear() == "READY=1\nSTATUS=serves on 127.0.0.1:53");
    CHECK(manager.hear().empty());
}

TEST_CASE("a reload begins with the time of the monotonic clock and ends with READY",
          "[server][notify]") {
    FakeManager manager(abstract_name());
    Notifier notifier = manager.notifier();
    timespec before{};
    clock_gettime(CLOCK_MONOTONIC, &before);
    notifier.reloading();
    const std::string begun = manager.hear();
    const std::string wanted = "RELOADING=1\nMONOTONIC_USEC=";
    REQUIRE(begun.starts_with(wanted));
    const long long told = std::stoll(begun.substr(wanted.size()));
    CHECK(told >= before.tv_sec * 1'000'000LL + before.tv_nsec / 1'000);
    CHECK(told <= (before.tv_sec + 60) * 1'000'000LL);
    notifier.ready("generation 2");
    CHECK(manager.hear() == "READY=1\nSTATUS=generation 2");
    notifier.stopping();
    CHECK(manager.hear().starts_with("STOPPING=1\n"));
}

TEST_CASE("a status that has line ends tells the manager nothing else", "[server][notify]") {
    FakeManager manager(abstract_name());
    manager.notifier().ready("one\nMAINPID=1\n\ttwo");
    CHECK(manager.hear() == "READY=1\nSTATUS=one MAINPID=1  two");
    manager.notifier().ready(std::string(100'000, 'x'));
    CHECK(manager.hear().size() < 1'100);
}

TEST_CASE("a manager without room hears the last word later", "[server][notify]") {
    FakeManager manager(abstract_name());
    Notifier notifier = manager.notifier();
    constexpr int more_than_a_queue_holds = 5'000;
    for (int i = 0; i < more_than_a_queue_holds; ++i) {
        notifier.reloading();
    }
    notifier.ready("at last");
    std::string last;
    for (std::string heard = manager.hear(); !heard.empty(); heard = manager.hear()) {
        last = heard;
    }
    CHECK(last.starts_with("RELOADING=1"));
    notifier.look({}, start);
    CHECK(manager.hear() == "READY=1\nSTATUS=at last");
    notifier.look({}, start);
    CHECK(manager.hear().empty());
}

TEST_CASE("nothing is said where nobody listens, or to a manager that is gone",
          "[server][notify]") {
    Notifier none;
    none.ready("x");
    none.look({}, start);
    CHECK_FALSE(none.is_heard());
    Notifier gone({.socket = "/nonexistent/notify", .watchdog = seconds(1)});
    gone.ready("x");
    gone.look({}, start);
    gone.stopping();
}

TEST_CASE("the sign of life comes at a quarter of the interval while every worker turns",
          "[server][notify]") {
    FakeManager manager(abstract_name());
    Notifier notifier = manager.notifier(seconds(30));
    std::vector<WorkerBoard> workers(2);
    int signs = 0;
    for (Instant now = start; now < start + seconds(60); now += milliseconds(500)) {
        workers[0].stamp(now);
        workers[1].stamp(now - milliseconds(499));
        notifier.look(workers, now);
        signs += manager.hear() == "WATCHDOG=1" ? 1 : 0;
    }
    CHECK(signs == 8);
}

TEST_CASE("one worker that stands still ends the signs of life before the interval is over",
          "[server][notify]") {
    const std::size_t stuck = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{2});
    Watchdog watchdog(seconds(30));
    std::vector<WorkerBoard> workers(3);
    Instant last{};
    const Instant stops = start + seconds(20);
    for (Instant now = start; now < start + seconds(120); now += milliseconds(500)) {
        for (std::size_t i = 0; i < workers.size(); ++i) {
            if (i != stuck || now <= stops) {
                workers[i].stamp(now);
            }
        }
        last = watchdog.is_due(workers, now) ? now : last;
    }
    CHECK(last <= stops + seconds(15));
    CHECK(last >= stops - seconds(8));
    // It turns again before the manager has lost its patience.
    for (WorkerBoard& worker : workers) {
        worker.stamp(start + seconds(120));
    }
    CHECK(watchdog.is_due(workers, start + seconds(120)));
}

TEST_CASE("a worker that has not turned yet gives no sign of life", "[server][notify]") {
    Watchdog watchdog(seconds(30));
    const std::vector<WorkerBoard> workers(1);
    CHECK_FALSE(watchdog.is_due(workers, start));
}

TEST_CASE("an interval shorter than the workers' own half second is still kept",
          "[server][notify]") {
    Watchdog watchdog(seconds(1));
    std::vector<WorkerBoard> workers(1);
    for (Instant now = start; now < start + seconds(5); now += milliseconds(500)) {
        workers[0].stamp(now - milliseconds(499));
        CHECK(watchdog.is_due(workers, now));
    }
}

TEST_CASE("a socket goes to the manager under its name and is taken out by it",
          "[server][notify]") {
    FakeManager manager(abstract_name());
    Notifier notifier = manager.notifier();
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    const Descriptor out(ends[0]);
    const Descriptor in(ends[1]);
    notifier.store("udp-0-127.0.0.1-53", in.get());
    CHECK(manager.hear() == "FDSTORE=1\nFDNAME=udp-0-127.0.0.1-53\nFDPOLL=0");
    REQUIRE(manager.handed().is_open());
    REQUIRE(write(manager.handed().get(), "x", 1) == 1);
    char read_back = 0;
    CHECK(read(out.get(), &read_back, 1) == 1);
    notifier.forget("udp-0-127.0.0.1-53");
    CHECK(manager.hear() == "FDSTOREREMOVE=1\nFDNAME=udp-0-127.0.0.1-53");
}

TEST_CASE("the environment of a service manager is read once and kept from children",
          "[server][notify]") {
    setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
    const NotifyEnvironment taken = take_notify_environment();
    CHECK(taken.socket == "/run/systemd/notify");
    CHECK(taken.watchdog == Duration(seconds(30)));
    for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
        CHECK(getenv(name) == nullptr);
    }
    CHECK(take_notify_environment().socket.empty());
}

TEST_CASE("a watchdog that waits for another process, and what is no number, count for nothing",
          "[server][notify]") {
    const auto watchdog = [](const char* usec, const char* pid) {
        return notify_environment("@x", usec, pid, 4711).watchdog;
    };
    CHECK(watchdog("1000", nullptr) == Duration(1'000));
    CHECK(watchdog("1000", "4711") == Duration(1'000));
    CHECK_FALSE(watchdog("1000", "4712"));
    CHECK_FALSE(watchdog("1000", "x"));
    CHECK_FALSE(watchdog("0", nullptr));
    CHECK_FALSE(watchdog("-1", nullptr));
    CHECK_FALSE(watchdog("1000 ", nullptr));
    CHECK_FALSE(watchdog(nullptr, nullptr));
    CHECK(watchdog("18446744073709551615", nullptr) > Duration(0));
    for (const char* const nowhere : {"", "@", "relative", "vsock:2:1234"}) {
        CHECK(notify_environment(nowhere, nullptr, nullptr, 1).socket.empty());
    }
    CHECK(notify_environment(std::string(108, '/').c_str(), nullptr, nullptr, 1).socket.empty());
}
