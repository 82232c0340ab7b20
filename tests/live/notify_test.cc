// What a service manager hears of a server from its start to its end.
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/live/wend_process.h"
#include "tests/temporary_directory.h"
#include "transport/uv_poller.h"

using namespace wend;
using namespace wend::live;

namespace {

class Manager {
  public:
    explicit Manager(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0);
        setenv("NOTIFY_SOCKET", path.c_str(), 1);
        setenv("WATCHDOG_USEC", "2000000", 1);
    }

    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    Manager(Manager&&) = delete;
    Manager& operator=(Manager&&) = delete;

    ~Manager() {
        unsetenv("NOTIFY_SOCKET");
        unsetenv("WATCHDOG_USEC");
    }

    // The next message that begins so; empty after ten seconds.
    std::string hear(std::string_view start) const {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < end) {
            pollfd wanted{socket_.get(), POLLIN, 0};
            std::array<char, 4096> text{};
            const ssize_t size =
                poll(&wanted, 1, 1'000) > 0 ? recv(socket_.get(), text.data(), text.size(), 0) : 0;
            const std::string message(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
            if (message.starts_with(start)) {
                return message;
            }
        }
        return {};
    }

  private:
    Descriptor socket_;
};

}  // namespace

TEST_CASE("a service manager hears of the start, each reload, the end, and that it lives",
          "[live][notify]") {
    const TemporaryDirectory directory;
    const Manager manager(directory.path() + "/notify");
    const std::string config =
        directory.write("wend.json", R"({"listen": ["127.0.0.1:0"], "control": {"socket": null}})");
    Child server({WEND_PROGRAM, "serve", "--lab", "--config", config});
    CHECK(manager.hear("READY=1").starts_with("READY=1\nSTATUS=generation 1 on 127.0.0.1:"));
    CHECK(manager.hear("WATCHDOG=1") == "WATCHDOG=1");
    server.signal(SIGHUP);
    CHECK(manager.hear("RELOADING=1").find("MONOTONIC_USEC=") != std::string::npos);
    CHECK(manager.hear("READY=1").starts_with("READY=1\nSTATUS=generation 2 on "));
    directory.write("wend.json", "{");
    server.signal(SIGHUP);
    CHECK(manager.hear("RELOADING=1").starts_with("RELOADING=1"));
    CHECK(manager.hear("READY=1").find("the last reload changed nothing") != std::string::npos);
    CHECK(manager.hear("WATCHDOG=1") == "WATCHDOG=1");
    server.signal(SIGTERM);
    CHECK(manager.hear("STOPPING=1").starts_with("STOPPING=1"));
    CHECK(server.wait() == 0);
}
