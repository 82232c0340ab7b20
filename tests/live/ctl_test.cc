// `wend ctl` against doors on real sockets, as people and tools meet it.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "control/ctl_words.h"
#include "tests/live/door_world.h"
#include "tests/live/wend_process.h"

namespace wend::live {
namespace {

struct Ran {
    int status = 0;
    std::string out;
    std::string errors;
};

Ran run_program(const std::string& program, std::vector<std::string> words) {
    words.insert(words.begin(), program);
    Child child(words);
    Ran ran;
    ran.out = child.read_lines(SIZE_MAX);
    ran.errors = child.read_errors();
    ran.status = child.wait();
    return ran;
}

Ran ctl(const DoorWorld& world, std::vector<std::string> words) {
    words.insert(words.begin(), {"ctl", "--socket", world.socket()});
    return run_program(WEND_PROGRAM, std::move(words));
}

Ran ctl_alone(std::vector<std::string> words) {
    words.insert(words.begin(), "ctl");
    return run_program(WEND_PROGRAM, std::move(words));
}

std::optional<LinkReply> three_pages(const LinkRequest& request) {
    if (request.verb == "flush") {
        return LinkReply{.json = R"({"flushed":7})"};
    }
    if (request.verb != "cache dump") {
        return LinkReply{.status = LinkReply::Status::refused, .json = "the name is none: \x1b[2J"};
    }
    const int part = request.cursor.empty() ? 0 : std::stoi(request.cursor);
    return LinkReply{.more = part < 2,
                     .cursor = std::to_string(part + 1),
                     .json = fmt::format(R"({{"lines":["line {} \u001b[2J"]}})", part)};
}

std::string text_in_file(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("ctl prints a list part by part, as text or as one JSON text, here or into a file") {
    DoorWorld world(three_pages);
    const Ran text = ctl(world, {"cache", "dump"});
    CHECK(text.status == 0);
    CHECK(text.out.starts_with("; wend cache 1 "));
    CHECK(text.out.substr(text.out.find('\n') + 1) ==
          "line 0 \\027[2J\nline 1 \\027[2J\nline 2 \\027[2J\n");
    const Ran json = ctl(world, {"dump_cache", "--json"});
    CHECK(json.status == 0);
    CHECK(nlohmann::json::parse(json.out)["lines"].size() == 3);
    const std::string file = world.folder().path() + "/dump";
    const Ran quiet = ctl(world, {"cache", "dump", "-o", file});
    CHECK(quiet.status == 0);
    CHECK(quiet.out.empty());
    CHECK(text_in_file(file).contains("line 2"));
    const Ran nowhere = ctl(world, {"cache", "dump", "-o", "/nonexistent/dump"});
    CHECK(nowhere.status == 1);
    CHECK(nowhere.errors ==
          "wend ctl: /nonexistent/dump cannot be written: No such file or directory\n");
    const Ran full = ctl(world, {"cache", "dump", "-o", "/dev/full"});
    CHECK(full.status == 1);
    CHECK(full.errors.contains("No space left on device"));
}

TEST_CASE("ctl says what is wrong in one sentence, with an exit status for each kind") {
    DoorWorld world(three_pages);
    const Ran refused = ctl(world, {"cache", "show", "x"});
    CHECK(refused.status == 1);
    CHECK(refused.errors == "wend ctl: the name is none: \\027[2J\n");
    CHECK(refused.out.empty());
    const Ran wrong = ctl(world, {"flsuh"});
    CHECK(wrong.status == 2);
    CHECK(wrong.errors ==
          "wend ctl: \"flsuh\" is no verb; did you mean \"flush\"; `wend ctl --help` lists them "
          "all\n");
    CHECK(ctl(world, {}).status == 2);
    const std::string nobody = world.folder().path() + "/nobody.sock";
    const Ran none = ctl_alone({"--socket", nobody, "status"});
    CHECK(none.status == 3);
    CHECK(none.errors.starts_with(
        fmt::format("wend ctl: no wend answers at {} (No such file or directory); start one with "
                    "`systemctl start wend`",
                    nobody)));
    const std::string config = world.folder().write("c.json", R"({"control": {"socket": null}})");
    const Ran closed = ctl_alone({"-c", config, "status"});
    CHECK(closed.status == 2);
    CHECK(closed.errors.contains("control.socket"));
    const std::string named = world.folder().write(
        "d.json", fmt::format(R"({{"control": {{"socket": "{}"}}}})", world.socket()));
    CHECK(ctl_alone({"-c", named, "ping"}).status == 0);
    CHECK(ctl_alone({"-c", "/nonexistent.json", "ping"}).status == 2);
    CHECK(ctl_alone({"--help"}).out.contains("cache dump [--zone ZONE]"));
}

TEST_CASE("ctl over TCP shows its token, and is told where that is not enough") {
    DoorWorld world(three_pages);
    const std::string url = "http://" + world.http().to_text();
    const std::string file =
        world.folder().write("token", world.token("reader", "read") + "\nsecond line\n");
    const Ran allowed = ctl_alone({"-s", url, "--token-file", file, "status"});
    CHECK(allowed.status == 0);
    CHECK(allowed.out.contains("version: 9.9.9\n"));
    const Ran refused = ctl_alone({"-s", url, "--token-file", file, "flush", "--all"});
    CHECK(refused.status == 4);
    CHECK(refused.errors == "wend ctl: this wants the scope operate; token reader has read\n");
    const Ran stranger = ctl_alone({"-s", url, "status"});
    CHECK(stranger.status == 4);
    CHECK(stranger.errors.contains("wend ctl token new"));
    CHECK(ctl_alone({"-s", "https://127.0.0.1:1", "status"}).status == 2);
    CHECK(ctl_alone({"-s", "ftp://127.0.0.1:1", "status"}).status == 2);
    CHECK(ctl_alone({"-s", "http://127.0.0.1:1", "status"}).status == 3);
    CHECK(ctl_alone({"-s", url, "--token-file", "/nonexistent", "status"}).status == 2);
}

TEST_CASE("a program of the name unbound-control speaks as that does") {
    DoorWorld world(three_pages);
    const std::string program = world.folder().path() + "/unbound-control";
    std::filesystem::create_symlink(WEND_PROGRAM, program);
    const auto run = [&](std::vector<std::string> words) {
        words.insert(words.begin(),
                     {"-c", "/etc/unbound/unbound.conf", "--socket", world.socket()});
        return run_program(program, std::move(words));
    };
    const Ran stats = run({"stats_noreset"});
    CHECK(stats.status == 0);
    CHECK(stats.out.contains("total.num.queries=0\n"));
    CHECK(stats.errors.empty());
    CHECK(run({"stats"}).errors.contains("never reset"));
    CHECK(run({"flush_zone", "example."}).out == "ok\n");
    CHECK(run({"status"}).out.ends_with("is running...\n"));
    const Ran stopped =
        run_program(program, {"--socket", world.folder().path() + "/nobody.sock", "status"});
    CHECK(stopped.status == 3);
    CHECK(stopped.out == "unbound is stopped\n");
    CHECK(ctl(world, {"--as", "pdns", "get-all"}).out.contains("questions\t0\n"));
    CHECK(ctl(world, {"wipe-cache", "example.$", "a."}).out ==
          "7 entries forgotten\n7 entries forgotten\n");
}

TEST_CASE("a dump is taken back in parts, each asked for once") {
    std::vector<std::vector<std::string>> parts;
    DoorWorld world([&](const LinkRequest& request) {
        parts.push_back(request.arguments);
        return std::optional(LinkReply{.json = R"({"kept":100,"known":1,"expired":0,"cut":0})"});
    });
    std::string text = dump_start(1'700'000'000);
    for (int i = 0; i < 250; ++i) {
        text += fmt::format("a{}. 60 IN A 192.0.2.1 ; 1/1 answer secure\n", i);
    }
    const Ran loaded = ctl(world, {"cache", "load", world.folder().write("dump", text)});
    CHECK(loaded.status == 0);
    CHECK(loaded.out == "200 RRsets kept, 2 known already, 0 expired meanwhile, 0 cut short\n");
    REQUIRE(parts.size() == 2);
    CHECK(parts[1][0] == "1700000000");
    CHECK(parts[1][1] == "201");
    const Ran none = ctl(world, {"cache", "load", world.folder().write("zone", "@ IN SOA\n")});
    CHECK(none.status == 1);
    CHECK(none.errors.contains("no dump of wend's cache"));
}

TEST_CASE("what answers and is no wend, or breaks off, is said to be that") {
    TemporaryDirectory folder;
    const std::string path = folder.path() + "/other.sock";
    auto listener = listen_on_unix_socket(path);
    REQUIRE(listener);
    const auto answer_with = [&](std::string_view octets) {
        std::thread other([&, octets] {
            pollfd wanted{listener->socket.get(), POLLIN, 0};
            poll(&wanted, 1, 10'000);
            const Descriptor client(accept(listener->socket.get(), nullptr, nullptr));
            std::string request(4'096, '\0');
            static_cast<void>(recv(client.get(), request.data(), request.size(), 0));
            static_cast<void>(send(client.get(), octets.data(), octets.size(), MSG_NOSIGNAL));
        });
        Ran ran = ctl_alone({"--socket", path, "status"});
        other.join();
        return ran;
    };
    const Ran ssh = answer_with("SSH-2.0-OpenSSH_9.2\r\n");
    CHECK(ssh.status == 1);
    CHECK(ssh.errors.contains("no control door of wend"));
    const Ran cut = answer_with("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    CHECK(cut.status == 1);
    CHECK(cut.errors.contains("broke off"));
    const Ran gone = answer_with("");
    CHECK(gone.status == 1);
    CHECK(gone.errors.contains("without an answer"));
    const Ran other_version = answer_with(
        "HTTP/1.1 404 Not Found\r\nX-Wend-Version: 7.0.0\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(other_version.status == 1);
    CHECK(other_version.errors.contains("is wend 7.0.0, which does not know `status`"));
    const Ran nonsense =
        answer_with("HTTP/1.1 200 OK\r\nX-Wend-Version: 7.0.0\r\nContent-Length: 2\r\n\r\n[]");
    CHECK(nonsense.status == 1);
    CHECK(nonsense.errors.contains("cannot be read; the server is wend 7.0.0"));
}

}  // namespace wend::live
