// The configuration is changed again and again while wend is asked: nobody who asks notices.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/live/steady_load.h"
#include "tests/live/wend_process.h"

namespace wend::live {
namespace {

// The address sanitizer keeps what was freed for a while, to see who still uses it.
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
constexpr bool holds_on_to_memory = true;
#else
constexpr bool holds_on_to_memory = false;
#endif

using std::chrono::milliseconds;

constexpr std::string_view in_force = " is in force after ";
constexpr std::string_view common = R"("workers": 2, "control": {"socket": null})";

std::size_t resident_kib(int pid) {
    std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 1'024;
}

// Two servers of one zone in turn, or none named; other clients; another address of our own.
std::string config_of(unsigned number, const Endpoint& served) {
    const std::string other = fmt::format(", \"127.0.0.2:{}\"", served.port);
    constexpr std::array stubs = {"", R"({"zone": "plain.lab.", "addresses": ["198.18.10.1"]})",
                                  R"({"zone": "plain.lab.", "addresses": ["198.18.10.2"]})"};
    return fmt::format(R"({{"listen": ["127.0.0.1:0"{}], "stub": [{}],
                           "access": {{"allow": ["private", "192.0.2.{}/32"]}}, {}}})",
                       number % 2 == 0 ? "" : other, stubs[number % stubs.size()], number % 250,
                       common);
}

class ReloadingDaemon : public Daemon {
  public:
    ReloadingDaemon() : Daemon(fmt::format(", {}", common), {"--lab"}) {
        REQUIRE(ask(endpoint(), "www.plain.lab.", dns::Type::a));  // its loops run
    }

    // What it logs by then.
    std::string reload(std::string_view config) {
        write_config(config);
        process().signal(SIGHUP);
        return process().read_errors_until(in_force);
    }
};

std::string summary(const LoadCounts& counts) {
    return fmt::format(
        "{} asked: {} lost, {} SERVFAIL, {} other, {} connections broken, slowest {} "
        "ms",
        counts.asked, counts.lost, counts.servfail, counts.other, counts.broken, counts.slowest_ms);
}

void reload_under_load(unsigned per_second, unsigned reloads) {
    ReloadingDaemon daemon;
    SteadyLoad udp(daemon.endpoint(), {.per_second = per_second * 4 / 5});
    SteadyLoad tcp(daemon.endpoint(), {.over_tcp = true, .per_second = per_second / 5});
    std::this_thread::sleep_for(milliseconds(300));
    for (unsigned i = 1; i <= reloads; ++i) {
        const std::string log = daemon.reload(config_of(i, daemon.endpoint()));
        INFO(log);
        REQUIRE(log.find(fmt::format("generation {}{}", i + 1, in_force)) != std::string::npos);
        std::this_thread::sleep_for(milliseconds(20));
    }
    std::this_thread::sleep_for(milliseconds(300));
    const LoadCounts over_udp = udp.end();
    const LoadCounts over_tcp = tcp.end();
    const std::string told = fmt::format("UDP: {}; TCP: {}", summary(over_udp), summary(over_tcp));
    INFO(told);
    for (const LoadCounts& counts : {over_udp, over_tcp}) {
        CHECK(counts.asked > reloads);
        CHECK(counts.lost == 0);
        CHECK(counts.servfail == 0);
        CHECK(counts.other == 0);
        CHECK(counts.broken == 0);
    }
    if (per_second > 2'000) {
        WARN(told);
    }
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
}

// What an address that was left, and the memory of its listener, need to be gone.
constexpr milliseconds left_time = milliseconds(7'500);

// How much more memory it has after the second half of them than after the first. Each half ends
// when all addresses that came and went are gone.
void reload_many_times(unsigned reloads) {
    ReloadingDaemon daemon;
    SteadyLoad udp(daemon.endpoint(), {.per_second = 500});
    std::array<std::size_t, 2> kib{};
    unsigned done = 0;
    for (std::size_t& after : kib) {
        for (unsigned i = 0; i < reloads / 2; ++i) {
            daemon.reload(config_of(++done, daemon.endpoint()));
        }
        std::this_thread::sleep_for(left_time);
        after = resident_kib(daemon.process().pid());
    }
    const LoadCounts counts = udp.end();
    const std::string told = fmt::format("{} KiB after {} reloads, {} KiB after {}; {}", kib[0],
                                         reloads / 2, kib[1], reloads, summary(counts));
    INFO(told);
    if (!holds_on_to_memory) {
        CHECK(kib[1] < kib[0] + 2'048);
    }
    CHECK(counts.lost == 0);
    CHECK(counts.servfail == 0);
    if (reloads > 100) {
        WARN(told);
    }
}

}  // namespace

TEST_CASE("reloads under load lose no query and fail none", "[live][reload]") {
    reload_under_load(2'000, 50);
}

TEST_CASE("reloads under a heavy load lose no query and fail none", "[.long]") {
    reload_under_load(20'000, 50);
}

TEST_CASE("many reloads take no more memory than half as many", "[live][reload]") {
    reload_many_times(60);
}

TEST_CASE("500 reloads take no more memory than 250", "[.long]") {
    reload_many_times(500);
}

TEST_CASE("a reload with a mistake changes nothing and says where it is", "[live][reload]") {
    ReloadingDaemon daemon;
    daemon.write_config("{\"listen\": [\"127.0.0.1:0\"],\n  \"workers\": 2,\n  \"forwerd\": []}");
    daemon.process().signal(SIGHUP);
    const std::string log = daemon.process().read_errors_until("stays in force");
    INFO(log);
    CHECK(log.find("wend.json:3:3: ") != std::string::npos);
    CHECK(log.find("nothing is changed: generation 1 stays in force") != std::string::npos);
    CHECK(ask(daemon.endpoint(), "www.plain.lab.", dns::Type::a));
    // And the next one is taken.
    CHECK(daemon.reload(config_of(0, daemon.endpoint())).find("generation 2 is in force") !=
          std::string::npos);
}

TEST_CASE("a reload to an address that another program has changes nothing and names it",
          "[live][reload]") {
    ReloadingDaemon daemon;
    for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
        const int taken = socket(AF_INET, type | SOCK_CLOEXEC, 0);
        sockaddr_storage address;
        const unsigned size = Endpoint::from_text("127.0.0.3:0")->to_sockaddr(address);
        REQUIRE(bind(taken, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        if (type == SOCK_STREAM) {
            REQUIRE(listen(taken, 1) == 0);
        }
        socklen_t length = sizeof address;
        REQUIRE(getsockname(taken, reinterpret_cast<sockaddr*>(&address), &length) == 0);
        const std::string where =
            Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(address)).to_text();
        daemon.write_config(
            fmt::format(R"({{"listen": ["127.0.0.1:0", "{}"], "access": {{"allow": []}}, {}}})",
                        where, common));
        daemon.process().signal(SIGHUP);
        const std::string log = daemon.process().read_errors_until("stays in force");
        INFO(log);
        CHECK(log.find("cannot listen on " + where) != std::string::npos);
        CHECK(log.find("generation 1 stays in force") != std::string::npos);
        CHECK(ask(daemon.endpoint(), "www.plain.lab.", dns::Type::a));
        close(taken);
    }
}

TEST_CASE("an address that is added is served, and left again once it is taken away",
          "[live][reload]") {
    ReloadingDaemon daemon;
    Endpoint added = daemon.endpoint();
    added.ip = *IpAddress::from_text("127.0.0.2");
    for (int again = 0; again < 2; ++again) {  // the second time while it is still being left
        daemon.reload(config_of(1, daemon.endpoint()));
        CHECK(ask(added, "www.plain.lab.", dns::Type::a));
        CHECK(ask_over_tcp(added, "www.plain.lab.", dns::Type::a));
        const Socket stays(added, SOCK_STREAM);
        daemon.reload(config_of(2, daemon.endpoint()));
        REQUIRE(stays.send(query_for("www.plain.lab.", dns::Type::a, 7)));
        CHECK(stays.receive(milliseconds(2'000)));
    }
    std::this_thread::sleep_for(milliseconds(7'000));
    CHECK(!ask(added, "www.plain.lab.", dns::Type::a, milliseconds(300)));
    CHECK(ask(daemon.endpoint(), "www.plain.lab.", dns::Type::a));
}

TEST_CASE("who is told to end in the middle of a reload ends in order", "[live][reload]") {
    for (int i = 0; i < 12; ++i) {
        ReloadingDaemon daemon;
        const Socket socket(daemon.endpoint(), SOCK_DGRAM);
        socket.send(query_for("www.silent.lab.", dns::Type::a, 1));
        daemon.write_config(config_of(static_cast<unsigned>(i + 1), daemon.endpoint()));
        daemon.process().signal(SIGHUP);
        std::this_thread::sleep_for(std::chrono::microseconds(400 * i));
        daemon.process().signal(SIGTERM);
        CHECK(daemon.process().wait() == 0);
        CHECK(daemon.process().read_errors().find("ended") != std::string::npos);
    }
}

}  // namespace wend::live
