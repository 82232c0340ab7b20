#include "transport/source_sockets.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include <catch2/catch.hpp>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/live/transport_world.h"
#include "transport/listen.h"

namespace wend::live {
namespace {

// Of which the kernel draws part; every socket may change its port then.
constexpr PortRange every_port = {source_port_first, source_port_last};

struct EventCount final : Watcher {
    void on_ready(std::uint32_t) override { ++times; }

    int times = 0;
};

struct Sockets : World {
    explicit Sockets(UvNetworkOptions its_options = {.kernel_ports = every_port})
        : options(its_options) {}

    UvNetworkOptions options;
    UvPoller poller{loop};
    SourceSockets sockets{poller, random, options};
    EventCount user;
};

// Swallows what it gets, and says where it came from.
struct Sink : UdpServer {
    explicit Sink(World& world, const Endpoint& where = loopback_v4)
        : UdpServer(world, [](const Bytes&) { return std::vector<Bytes>{}; }, where) {}
};

bool can_be_read(int fd) {
    char octet = 0;
    return recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

SourceSockets::Lent lend(Sockets& world, const Endpoint& to) {
    auto lent = world.sockets.lend(to, world.user);
    REQUIRE(lent.has_value());
    return std::move(*lent);
}

// After what was given back has been cleared away.
std::size_t resting(Sockets& world) {
    world.sockets.clear_away();
    return world.sockets.resting();
}

// Two datagrams lie in the socket.
void fill(Sockets& world, Sink& server, int fd) {
    server.send(bound_endpoint(fd), Bytes{1, 2, 3});
    server.send(bound_endpoint(fd), Bytes{4});
    REQUIRE(world.run_until([&] { return can_be_read(fd); }));
}

// In a network of its own, where the kernel draws from `range`. False if this host allows none.
bool enter_network(const char* range) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        return false;
    }
    const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    loopback.ifr_name[0] = 'l';
    loopback.ifr_name[1] = 'o';
    loopback.ifr_flags = IFF_UP;
    const bool is_up = ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
    close(any);
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << range << std::flush;
    return is_up && kernel_port_range() == parse_port_range(range);
}

// Of 200 sockets; 0 for those outside the range.
std::set<std::uint16_t> ports_within(const PortRange& range) {
    Sockets world({.kernel_ports = every_port});
    const Sink server(world);
    std::set<std::uint16_t> ports;
    for (int i = 0; i < 200; ++i) {
        const auto lent = world.sockets.lend(server.address(), world.user);
        const std::uint16_t port = lent ? bound_endpoint((*lent)->fd()).port : 0;
        ports.insert(range.has(port) ? port : 0);
    }
    return ports;
}

}  // namespace

TEST_CASE("the kernel's choice is refused where it is none of our ports", "[transport]") {
    const pid_t child = fork();
    if (child == 0) {
        if (!enter_network("5353\t5360")) {
            _exit(2);
        }
        const auto ports = ports_within({5353, 5360});  // the server has one of them
        _exit(ports.size() >= 5 && std::ranges::all_of(ports, is_source_port) ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        WARN("not tested: this host allows no network of one's own");
        return;
    }
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a socket whose port the kernel chose is used again, on another port", "[transport]") {
    for (const Endpoint& where : {loopback_v4, loopback_v6}) {
        Sockets world;
        const Sink server(world, where);
        std::set<std::uint16_t> ports;
        std::set<int> descriptors;
        for (int i = 0; i < 200; ++i) {
            const auto lent = lend(world, server.address());
            ports.insert(bound_endpoint(lent->fd()).port);
            descriptors.insert(lent->fd());
        }
        CHECK(descriptors.size() == 1);
        CHECK(ports.size() > 150);  // fewer than ten are drawn twice, by far most often
        CHECK(resting(world) == 1);
    }
}

TEST_CASE("a loop waits for sockets that are lent, and for none that rests", "[transport]") {
    Sockets world;
    CHECK_FALSE(uv_loop_alive(world.loop.get()));
    for (int i = 0; i < 2; ++i) {
        const auto lent = lend(world, *Endpoint::from_text("127.0.0.1:9"));
        CHECK(uv_loop_alive(world.loop.get()));
    }
    CHECK_FALSE(uv_loop_alive(world.loop.get()));
    CHECK(resting(world) == 1);
    CHECK_FALSE(uv_loop_alive(world.loop.get()));
}

TEST_CASE("a port is free as soon as its socket rests", "[transport][rfc5452-9.2]") {
    Sockets world;
    const Sink server(world);
    auto lent = lend(world, server.address());
    const Endpoint from = bound_endpoint(lent->fd());
    CHECK_FALSE(check_listenable(from, Channel::udp).has_value());
    lent.reset();
    CHECK(resting(world) == 1);
    CHECK(check_listenable(from, Channel::udp).has_value());
}

TEST_CASE("what was given back is heard of no more, and lent again only when it is clear",
          "[transport]") {
    Sockets world;
    Sink server(world);
    auto first = lend(world, server.address());
    fill(world, server, first->fd());
    const int fd = first->fd();
    world.user.times = 0;
    first.reset();
    world.run_for(5 * ms);
    CHECK(world.user.times == 0);
    CHECK(can_be_read(fd));  // not touched before it is cleared away
    const auto second = lend(world, server.address());
    CHECK_FALSE(can_be_read(second->fd()));
    for (std::size_t i = 0; i < 2 * SourceSockets::returned_max; ++i) {
        lend(world, server.address()).reset();
    }
    CHECK(resting(world) == 1);
}

TEST_CASE("a port outside the kernel's range is bound, and its socket closed", "[transport]") {
    Sockets world({.kernel_ports = PortRange{source_port_last, source_port_last}});
    const Sink server(world);
    std::set<std::uint16_t> ports;
    for (int i = 0; i < 200; ++i) {
        ports.insert(bound_endpoint(lend(world, server.address())->fd()).port);
    }
    CHECK(ports.size() > 190);
    CHECK(std::ranges::any_of(ports, [](std::uint16_t port) { return port < 20'000; }));
    CHECK(resting(world) == 0);
}

TEST_CASE("a late datagram reaches neither the next query nor the loop for long",
          "[transport][A1][A6]") {
    Sockets world;
    Sink server(world);
    SECTION("the socket is lent again at once") {
        auto lent = lend(world, server.address());
        fill(world, server, lent->fd());
        lent.reset();
        lent = lend(world, server.address());
        CHECK_FALSE(can_be_read(lent->fd()));
        CHECK(resting(world) == 0);
        fill(world, server, lent->fd());
        CHECK(world.user.times > 0);
    }
    SECTION("it rests until the loop's next turn") {
        {
            const auto lent = lend(world, server.address());
            fill(world, server, lent->fd());
        }
        CHECK(resting(world) == 1);
        world.user.times = 0;
        REQUIRE(world.run_until([&] { return resting(world) == 0; }));
        CHECK(world.user.times == 0);
    }
}

TEST_CASE("what is sent to a port that was given back is not seen", "[transport][A6]") {
    Sockets world;
    Sink server(world);
    auto lent = lend(world, server.address());
    const Endpoint from = bound_endpoint(lent->fd());
    lent.reset();
    CHECK(resting(world) == 1);
    server.send(from, Bytes{1, 2, 3});
    world.run_for(5 * ms);
    CHECK(resting(world) == 1);
    lent = lend(world, server.address());
    CHECK_FALSE(can_be_read(lent->fd()));
}

TEST_CASE("the configured address is kept while ports change", "[transport]") {
    Sockets world({.local_ipv4 = IpAddress::from_text("127.0.0.77"), .kernel_ports = every_port});
    const Sink server(world);
    std::set<std::uint16_t> ports;
    for (int i = 0; i < 20; ++i) {
        const Endpoint from = bound_endpoint(lend(world, server.address())->fd());
        CHECK(from.ip == IpAddress::from_text("127.0.0.77"));
        ports.insert(from.port);
    }
    CHECK(ports.size() > 10);
    CHECK(resting(world) == 1);
}

TEST_CASE("a server that cannot be reached costs no socket", "[transport]") {
    Sockets world({.local_ipv4 = IpAddress::from_text("127.0.0.77"), .kernel_ports = every_port});
    const Sink server(world);
    // A socket on a loopback address has no way to an address of documentation.
    const auto lent = world.sockets.lend(*Endpoint::from_text("192.0.2.1:53"), world.user);
    CHECK_FALSE(lent.has_value());
    CHECK(resting(world) == 1);
    CHECK_FALSE(can_be_read(lend(world, server.address())->fd()));
}

TEST_CASE("sockets that rest give way to exchanges, of which there may be so many", "[transport]") {
    Sockets world({.kernel_ports = every_port, .exchanges_max = 2});
    const Sink over_v4(world);
    const Sink over_v6(world, loopback_v6);
    lend(world, over_v6.address()).reset();
    const auto first = lend(world, over_v4.address());
    CHECK(resting(world) == 1);
    const auto second = lend(world, over_v4.address());
    CHECK(resting(world) == 0);
}

TEST_CASE("sockets that rest give way when there is no descriptor left", "[transport]") {
    Sockets world;
    const Sink over_v4(world);
    const Sink over_v6(world, loopback_v6);
    lend(world, over_v6.address()).reset();
    REQUIRE(resting(world) == 1);
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 3;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto refused = world.sockets.lend(over_v4.address(), world.user);
    CHECK_FALSE(refused.has_value());
    CHECK(resting(world) == 0);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(world.sockets.lend(over_v4.address(), world.user).has_value());
}

}  // namespace wend::live
