// A client's TCP connection in the tests of the listener.
#pragma once
#include <cerrno>
#include <cstddef>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "tests/live/transport_world.h"

namespace wend::live {

class TestStream {
  public:
    explicit TestStream(const Endpoint& to, const Endpoint& from = loopback_v4) {
        socket_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_storage address;
        unsigned size = from.to_sockaddr(address);
        const int on = 1;
        setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size);
        size = to.to_sockaddr(address);
        is_connected_ =
            connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
    }

    bool is_connected() const { return is_connected_; }

    void send(const Bytes& octets) {
        [[maybe_unused]] const auto sent =
            ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    void stop_sending() { shutdown(socket_.get(), SHUT_WR); }

    void close() { socket_.close(); }

    void set_receive_buffer(int octets) {
        setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    }

    // Whether the server has closed; takes in what it sent before.
    bool is_closed() {
        receive();
        return is_closed_;
    }

    std::vector<Bytes> messages() {
        receive();
        return messages_;
    }

    bool wait(World& world, std::size_t count) {
        return world.run_until([&] { return messages().size() >= count || is_closed_; }) &&
               messages_.size() >= count;
    }

  private:
    void receive() {
        Bytes buffer(65'536);
        while (!is_closed_) {
            const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (size < 0 && errno == EAGAIN) {
                return;
            }
            is_closed_ = size <= 0;
            if (size > 0) {
                frames_.append(Octets(buffer).first(static_cast<std::size_t>(size)));
            }
            while (const auto message = frames_.next()) {
                messages_.push_back(bytes_of(*message));
            }
        }
    }

    Descriptor socket_;
    StreamFrames frames_;
    std::vector<Bytes> messages_;
    bool is_connected_ = false;
    bool is_closed_ = false;
};

}  // namespace wend::live
