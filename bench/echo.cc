// The kernel's limit: a batch comes in with one recvmmsg, QR is set, and it leaves with one
// sendmmsg. No resolver that answers each datagram with a datagram can cost less.
//
//   echo ADDRESS:PORT
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

namespace wend::bench {
namespace {

constexpr unsigned batch_max = 64;

struct Datagram {
    std::array<std::uint8_t, 1232> octets;
    sockaddr_storage from;
    iovec part;
};

[[noreturn]] void echo(int fd) {
    static std::array<Datagram, batch_max> datagrams;
    static std::array<mmsghdr, batch_max> headers;
    while (true) {
        for (unsigned i = 0; i < batch_max; ++i) {
            Datagram& datagram = datagrams[i];
            datagram.part = {datagram.octets.data(), datagram.octets.size()};
            headers[i].msg_hdr = {};
            headers[i].msg_hdr.msg_name = &datagram.from;
            headers[i].msg_hdr.msg_namelen = sizeof datagram.from;
            headers[i].msg_hdr.msg_iov = &datagram.part;
            headers[i].msg_hdr.msg_iovlen = 1;
        }
        const int got = recvmmsg(fd, headers.data(), batch_max, MSG_WAITFORONE, nullptr);
        for (int i = 0; i < got; ++i) {
            const auto at = static_cast<std::size_t>(i);
            datagrams[at].octets[2] |= 0x80;
            datagrams[at].part.iov_len = headers[at].msg_len;
        }
        for (int sent = 0; sent < got;) {
            const int now = sendmmsg(fd, &headers[static_cast<std::size_t>(sent)],
                                     static_cast<unsigned>(got - sent), 0);
            sent += now > 0 ? now : 1;
        }
    }
}

int run(const char* where) {
    const auto endpoint = Endpoint::from_text(where);
    const int fd = socket(endpoint && endpoint->ip.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    sockaddr_storage address;
    const unsigned size = endpoint ? endpoint->to_sockaddr(address) : 0;
    if (size == 0 || bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        std::fprintf(stderr, "echo: cannot listen on %s\n", where);
        return 1;
    }
    const int buffer = 1 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    echo(fd);
}

}  // namespace
}  // namespace wend::bench

int main(int count, char** arguments) {
    return wend::bench::run(count > 1 ? arguments[1] : "127.0.0.1:5300");
}
