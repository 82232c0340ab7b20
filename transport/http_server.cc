#include "transport/http_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "transport/http_connection.h"
#include "transport/listen.h"

namespace wend {
namespace {

constexpr int accepts_in_turn_max = 64;
constexpr Duration rest_time = std::chrono::milliseconds(100);  // when descriptors have run out
constexpr std::size_t groups_max = 256;  // of a user; one with more is known by these

std::optional<HttpPeer::User> user_at(int fd) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return std::nullopt;
    }
    HttpPeer::User user{.uid = credentials.uid, .gid = credentials.gid};
    std::array<gid_t, groups_max> groups{};
    size = sizeof groups;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0) {
        user.groups.assign(groups.begin(), groups.begin() + size / sizeof(gid_t));
    }
    return user;
}

// Nothing: nobody of whom anything is known, who is let in nowhere.
std::optional<HttpPeer> peer_at(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return std::nullopt;
    }
    if (address.ss_family == AF_UNIX) {
        auto user = user_at(fd);
        return user ? std::optional(HttpPeer{.user = std::move(user)}) : std::nullopt;
    }
    HttpPeer peer;
    peer.local = Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(address));
    size = sizeof address;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return std::nullopt;
    }
    peer.address = Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(address));
    return peer;
}

// An IPv6 client has a whole /64 to call from.
bool is_same_client(const HttpPeer& a, const HttpPeer& b) {
    if (a.user && b.user) {
        return a.user->uid == b.user->uid;
    }
    const auto& one = a.address.ip.mapped();
    const auto& other = b.address.ip.mapped();
    const std::size_t compared = a.address.ip.is_v4() ? 16 : 8;
    return !a.user && !b.user && a.address.ip.is_v4() == b.address.ip.is_v4() &&
           std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(compared),
                      other.begin());
}

}  // namespace

std::unique_ptr<HttpServer> HttpServer::open(UvLoop& loop, UvClock& clock, Descriptor socket,
                                             HttpHandler& handler,
                                             const HttpServerOptions& options) {
    std::unique_ptr<HttpServer> server(new HttpServer(loop, clock, handler, options));
    return server->socket_.open(server->poller_, std::move(socket), EPOLLIN, *server)
               ? std::move(server)
               : nullptr;
}

HttpServer::HttpServer(UvLoop& loop, UvClock& clock, HttpHandler& handler,
                       const HttpServerOptions& options)
    : clock_(clock), handler_(handler), options_(options), poller_(loop) {}

HttpServer::~HttpServer() {
    clock_.cancel(*this);
}

void HttpServer::on_ready(std::uint32_t) {
    for (int i = 0; i < accepts_in_turn_max && accept_one(); ++i) {
    }
}

// False: nobody else is waiting, or there is nothing to take them in with.
bool HttpServer::accept_one() {
    Descriptor socket(accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
        try {
            admit(std::move(socket));
        } catch (const std::bad_alloc&) {
            ++counts_.refused;
        }
        return true;
    }
    const NotAccepted why = why_not_accepted(errno);
    if (why == NotAccepted::no_room && !evict(nullptr)) {
        rest();
        return false;
    }
    return why != NotAccepted::nobody;
}

void HttpServer::rest() {
    socket_.want(0);
    clock_.schedule(*this, clock_.now() + rest_time);
}

void HttpServer::expire() {
    socket_.want(EPOLLIN);
}

void HttpServer::admit(Descriptor socket) {
    auto peer = peer_at(socket.get());
    if (!peer || !make_place(*peer)) {
        ++counts_.refused;
        return;
    }
    if (free_.empty()) {
        free_.reserve(slots_.size() + 1);  // so that close() needs no memory
        slots_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t slot = free_.back();
    const std::uint64_t token = (std::uint64_t{slots_[slot].generation} << 32) | slot;
    auto connection = std::make_unique<HttpConnection>(*this, std::move(*peer), token);
    if (!connection->open(std::move(socket))) {
        ++counts_.refused;
        return;
    }
    free_.pop_back();
    slots_[slot].connection = std::move(connection);
    ++counts_.accepted;
}

bool HttpServer::make_place(const HttpPeer& peer) {
    const auto of_client = std::ranges::count_if(slots_, [&](const Slot& slot) {
        return slot.connection != nullptr && is_same_client(slot.connection->peer(), peer);
    });
    if (static_cast<std::size_t>(of_client) >= options_.client_connections_max) {
        return evict(&peer);
    }
    return connections() < options_.connections_max || evict(nullptr);
}

// Closes who has been idle for longest, of one client or of all.
bool HttpServer::evict(const HttpPeer* of) {
    HttpConnection* oldest = nullptr;
    for (const Slot& slot : slots_) {
        HttpConnection* const connection = slot.connection.get();
        if (connection != nullptr && connection->is_idle() &&
            (of == nullptr || is_same_client(connection->peer(), *of)) &&
            (oldest == nullptr || connection->active_at() < oldest->active_at())) {
            oldest = connection;
        }
    }
    if (oldest == nullptr) {
        return false;
    }
    ++counts_.evicted;
    close(*oldest);
    return true;
}

HttpConnection* HttpServer::find(std::uint64_t token) const {
    const auto slot = static_cast<std::uint32_t>(token);
    const auto generation = static_cast<std::uint32_t>(token >> 32);
    return slot < slots_.size() && slots_[slot].generation == generation
               ? slots_[slot].connection.get()
               : nullptr;
}

void HttpServer::close(HttpConnection& connection) {
    const std::uint64_t token = connection.token();
    const auto slot = static_cast<std::uint32_t>(token);
    const bool was_answering = connection.is_answering();
    slots_[slot].connection.reset();
    ++slots_[slot].generation;
    free_.push_back(slot);
    if (was_answering) {
        handler_.on_gone(*this, token);
    }
}

void HttpServer::respond(std::uint64_t token, const Http1Response& response) {
    if (HttpConnection* const connection = find(token)) {
        connection->respond(response);
    }
}

void HttpServer::begin(std::uint64_t token, const Http1Response& response) {
    if (HttpConnection* const connection = find(token)) {
        connection->begin(response);
    }
}

void HttpServer::push(std::uint64_t token, std::string_view octets) {
    if (HttpConnection* const connection = find(token)) {
        connection->push(octets);
    }
}

void HttpServer::end(std::uint64_t token, bool is_whole) {
    if (HttpConnection* const connection = find(token)) {
        connection->end(is_whole);
    }
}

std::size_t HttpServer::octets_held() const {
    std::size_t held = 0;
    for (const Slot& slot : slots_) {
        held += slot.connection == nullptr ? 0 : slot.connection->octets_held();
    }
    return held;
}

}  // namespace wend
