#include "tests/live/stream_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/check.h"

namespace wend::live {

Peer::Peer(StreamServer& server, Descriptor socket) : server_(server) {
    check(socket_.open(server.poller_, std::move(socket), EPOLLIN, *this), "it can be watched");
}

void Peer::send(const Bytes& octets) {
    const ssize_t sent = ::send(socket_.fd(), octets.data(), octets.size(), MSG_NOSIGNAL);
    check(sent == static_cast<ssize_t>(octets.size()), "loopback takes what a test sends");
}

void Peer::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.close();
}

void Peer::on_ready(std::uint32_t) {
    Bytes buffer(65'536);
    const ssize_t size = recv(socket_.fd(), buffer.data(), buffer.size(), 0);
    if (size <= 0) {
        socket_.close();
        return;
    }
    frames_.append(Octets(buffer).first(static_cast<std::size_t>(size)));
    while (const auto message = frames_.next()) {
        queries.push_back(bytes_of(*message));
        server_.on_query(*this, Bytes(queries.back()));
        if (!is_open()) {
            return;
        }
    }
}

StreamServer::StreamServer(World& world, OnQuery its_on_query, const Endpoint& where)
    : poller_(world.loop), on_query(std::move(its_on_query)) {
    auto socket = open_listening_socket(where, Channel::tcp, Sharing::alone);
    check(socket.has_value() && socket_.open(poller_, std::move(*socket), EPOLLIN, *this),
          "loopback can be listened on");
}

void StreamServer::on_ready(std::uint32_t) {
    Descriptor socket(accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
        peers.push_back(std::make_unique<Peer>(*this, std::move(socket)));
    }
}

}  // namespace wend::live
