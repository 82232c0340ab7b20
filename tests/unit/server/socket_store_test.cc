#include "server/service/socket_store.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "transport/listen.h"

using namespace wend;

namespace {

Endpoint loopback(std::uint16_t port = 0) {
    return {*IpAddress::from_text("127.0.0.1"), port};
}

InheritedSocket inherited(const char* name, const Endpoint& where, Channel channel) {
    return {name, std::move(*open_listening_socket(where, channel, Sharing::shared))};
}

}  // namespace

TEST_CASE("the name of a stored socket says which it is", "[server][notify]") {
    const StoredSocket v6{Channel::tcp, 3, *Endpoint::from_text("[2001:db8::1]:53")};
    CHECK(v6.name() == "tcp-3-53-2001_db8__1");
    CHECK(StoredSocket::from_name(v6.name()) == v6);
    const StoredSocket v4{Channel::udp, 0, *Endpoint::from_text("192.0.2.1:5300")};
    CHECK(v4.name() == "udp-0-5300-192.0.2.1");
    CHECK(StoredSocket::from_name(v4.name()) == v4);
    for (const char* const other :
         {"", "unknown", "udp", "udp-0-53", "udp-0-53-", "udp-0-65536-192.0.2.1",
          "udp--1-53-192.0.2.1", "tls-0-53-192.0.2.1", "udp-0-53-192.0.2.1-x", "udp-999-53-__1"}) {
        CHECK_FALSE(StoredSocket::from_name(other));
    }
}

TEST_CASE("sockets that we are started with are taken over, and the rest is bound",
          "[server][notify]") {
    Notifier nobody;
    std::vector<InheritedSocket> given;
    given.push_back(inherited("udp-0-0-127.0.0.1", loopback(), Channel::udp));
    const Endpoint where = bound_endpoint(given.front().socket.get());
    given.push_back(inherited("tcp-0-0-127.0.0.1", where, Channel::tcp));
    const std::array fds = {given[0].socket.get(), given[1].socket.get()};
    SocketStore store(nobody, std::move(given));
    CHECK(store.holds(loopback()));
    CHECK_FALSE(store.holds(loopback(53)));
    const auto bound = store.bind({loopback()}, 2);
    REQUIRE(bound);
    CHECK((*bound)[0].front().udp.get() == fds[0]);
    CHECK((*bound)[0].front().tcp.get() == fds[1]);
    CHECK((*bound)[1].front().where == where);
    CHECK((*bound)[1].front().wanted == loopback());
    CHECK_FALSE(store.holds(loopback()));
}

TEST_CASE("a socket that is not what its name says is not taken", "[server][notify]") {
    Notifier nobody;
    std::vector<InheritedSocket> given;
    given.push_back(inherited("tcp-0-0-127.0.0.1", loopback(), Channel::udp));
    given.push_back(inherited("udp-0-0-127.0.0.2", loopback(), Channel::udp));
    given.push_back(inherited("udp-0-1-127.0.0.1", loopback(), Channel::udp));
    given.push_back({"udp-0-0-127.0.0.1", Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))});
    const SocketStore store(nobody, std::move(given));
    for (const char* const text : {"127.0.0.1:0", "127.0.0.2:0", "127.0.0.1:1"}) {
        const auto colon = std::string_view(text).rfind(':');
        const IpAddress ip = *IpAddress::from_text(std::string_view(text).substr(0, colon));
        CHECK_FALSE(store.holds({ip, static_cast<std::uint16_t>(text[colon + 1] - '0')}));
    }
}

TEST_CASE("descriptors that are meant for another process are left alone", "[server][notify]") {
    setenv("LISTEN_PID", "1", 1);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_FDNAMES", "udp-0-53-127.0.0.1:tcp-0-53-127.0.0.1", 1);
    CHECK(take_inherited_sockets().empty());
    CHECK(getenv("LISTEN_FDS") == nullptr);
    CHECK(getenv("LISTEN_FDNAMES") == nullptr);
    CHECK(take_inherited_sockets().empty());
}
