// What operators ask of a server that runs, several of them at once.
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/live/wend_process.h"
#include "tests/temporary_directory.h"
#include "transport/unix_socket.h"
#include "transport/uv_poller.h"

namespace wend::live {
namespace {

using namespace std::chrono_literals;

// One request over a connection of its own, which is there before it is sent.
class Operator {
  public:
    explicit Operator(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const auto* const to = reinterpret_cast<const sockaddr*>(&address);
        int connected = -1;
        for (int i = 0; i < 500 && connected != 0;
             ++i) {  // the door opens a moment after the server
            connected = connect(socket_.get(), to, sizeof address);
            if (connected != 0) {
                std::this_thread::sleep_for(20ms);
            }
        }
        REQUIRE(connected == 0);
    }

    void post(std::string_view verb, std::string_view arguments = "") const {
        const std::string body = fmt::format(R"({{"arguments": [{}]}})", arguments);
        send(
            fmt::format("POST /v1/{} HTTP/1.1\r\nHost: wend\r\nContent-Type: application/json\r\n"
                        "X-Wend: 1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                        verb, body.size(), body));
    }

    void get(std::string_view path) const {
        send(fmt::format("GET /v1/{} HTTP/1.1\r\nHost: wend\r\nConnection: close\r\n\r\n", path));
    }

    // The whole answer; empty if the server ended.
    std::string answer() const {
        std::string text;
        std::array<char, 4096> part{};
        ssize_t size = 0;
        while ((size = recv(socket_.get(), part.data(), part.size(), 0)) > 0) {  // to its end
            text.append(part.data(), static_cast<std::size_t>(size));
        }
        return text;
    }

  private:
    void send(std::string_view octets) const {
        REQUIRE(::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(octets.size()));
    }

    Descriptor socket_;
};

struct Operated {
    TemporaryDirectory folder;
    std::string socket = folder.path() + "/c.sock";
    Daemon server{fmt::format(R"(, "control": {{"socket": "{}"}}, "state": {{"folder": "{}"}},)"
                              R"( "lock": ["workers"])",
                              socket, folder.path()),
                  {"--lab"}};

    std::string post(std::string_view verb, std::string_view arguments = "") const {
        const Operator one(socket);
        one.post(verb, arguments);
        return one.answer();
    }

    // As the configuration in force has it.
    std::string pipeline() const {
        const Operator one(socket);
        one.get("config/show/tcp.pipeline");
        const std::string text = one.answer();
        const std::string_view before = R"("value":")";
        const std::size_t at = text.find(before);
        REQUIRE(at != std::string::npos);
        return text.substr(at + before.size(),
                           text.find('"', at + before.size()) - at - before.size());
    }

    void keep_pipeline(int value) const {
        folder.write("changes.json",
                     fmt::format(R"({{"version": 1, "changes": [{{"key": "tcp.pipeline", )"
                                 R"("value": {}, "who": "test", "when": "2026-01-01"}}]}})",
                                 value));
    }
};

}  // namespace

TEST_CASE("to undo more often than there is something to undo ends no server", "[operations]") {
    Operated operated;
    std::size_t undone = 0;
    for (int round = 0; round < 4; ++round) {
        REQUIRE(operated.post("reload").contains("200 OK"));
        std::vector<Operator> all;
        for (int i = 0; i < 8; ++i) {
            all.emplace_back(operated.socket);
        }
        for (const Operator& one : all) {
            one.post("undo");
        }
        for (const Operator& one : all) {
            const std::string answer = one.answer();
            undone += answer.contains("200 OK") ? 1U : 0U;
            CHECK((answer.contains("200 OK") || answer.contains("no generation before this one")));
        }
    }
    CHECK(undone == 4);
    CHECK(operated.server.process().runs());
}

TEST_CASE("what nobody confirms goes, whatever is put in force meanwhile", "[operations]") {
    Operated operated;
    CHECK(operated.pipeline() == "32");
    operated.keep_pipeline(7);
    REQUIRE(operated.post("reload", R"("--confirm", "2s")").contains("200 OK"));
    REQUIRE(operated.post("reload").contains("200 OK"));
    CHECK(operated.pipeline() == "7");
    for (int i = 0; i < 1'000 && operated.pipeline() != "32"; ++i) {
        std::this_thread::sleep_for(20ms);
    }
    CHECK(operated.pipeline() == "32");
    CHECK(operated.post("confirm").contains("nothing waits"));
    // Twice: what comes back is what was confirmed last.
    REQUIRE(operated.post("reload", R"("--confirm", "60s")").contains("200 OK"));
    operated.keep_pipeline(8);
    REQUIRE(operated.post("reload", R"("--confirm", "1s")").contains("200 OK"));
    for (int i = 0; i < 1'000 && operated.pipeline() != "32"; ++i) {
        std::this_thread::sleep_for(20ms);
    }
    CHECK(operated.pipeline() == "32");
    REQUIRE(operated.post("reload", R"("--confirm", "1s")").contains("200 OK"));
    CHECK(operated.post("confirm").contains("200 OK"));
    std::this_thread::sleep_for(1'200ms);
    CHECK(operated.pipeline() == "8");
}

TEST_CASE("a change that cannot be put in force takes no other one with it", "[operations]") {
    Operated operated;
    const Descriptor busy(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(busy.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(busy.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const std::string listen =
        fmt::format(R"("listen", "[\"127.0.0.1:0\", \"127.0.0.1:{}\"]")", ntohs(address.sin_port));
    for (int round = 0; round < 10; ++round) {
        const Operator first(operated.socket);
        const Operator second(operated.socket);
        const Operator third(operated.socket);
        first.post("reload");
        second.post("config/set", listen);
        third.post("config/set", fmt::format(R"("tcp.pipeline", "{}")", 40 + round));
        CHECK(first.answer().contains("200 OK"));
        CHECK(second.answer().contains("another program listens there"));
        CHECK(third.answer().contains("200 OK"));
        CHECK(operated.pipeline() == std::to_string(40 + round));
    }
}

TEST_CASE("each reload opens the doors that are wanted and not there", "[operations]") {
    Operated operated;
    REQUIRE(operated.post("reload").contains("200 OK"));
    const std::string other = operated.folder.path() + "/other.sock";
    {
        const auto taken = listen_on_unix_socket(other);
        REQUIRE(taken);
        operated.folder.write("changes.json",
                              fmt::format(R"({{"version": 1, "changes": [{{"key": )"
                                          R"("control.socket", "value": "{}", "who": "test", )"
                                          R"("when": "2026-01-01"}}]}})",
                                          other));
        operated.server.process().signal(SIGHUP);
        for (int i = 0; i < 500 && std::filesystem::exists(operated.socket); ++i) {
            std::this_thread::sleep_for(20ms);
        }
        REQUIRE_FALSE(std::filesystem::exists(operated.socket));
    }
    const auto is_open_after_reload = [&] {
        operated.server.process().signal(SIGHUP);
        for (int i = 0; i < 250 && !std::filesystem::exists(other); ++i) {
            std::this_thread::sleep_for(20ms);
        }
        return std::filesystem::exists(other);
    };
    REQUIRE(is_open_after_reload());
    std::filesystem::remove(other);
    REQUIRE(is_open_after_reload());
    const Operator one(other);
    one.get("ping");
    CHECK(one.answer().contains("pong"));
}

}  // namespace wend::live
