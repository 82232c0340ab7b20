#include "transport/listener_tcp.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/room.h"
#include "transport/listener_tcp_connection.h"

namespace wend {
namespace {

constexpr int accepts_in_turn_max = 64;
// Of one client's connections that waited; the rest waits for the next turn of the loop.
constexpr int deferred_in_turn_max = 64;
// How long we accept nobody when descriptors have run out.
constexpr Duration rest_time = std::chrono::milliseconds(100);

// An IPv6 client has a whole /64 to call from.
IpAddress client_of(const IpAddress& address) {
    if (address.is_v4()) {
        return address;
    }
    auto octets = address.mapped();
    std::fill(octets.begin() + 8, octets.end(), std::uint8_t{0});
    return IpAddress::v6(octets);
}

}  // namespace

std::expected<std::unique_ptr<TcpListener>, ListenError> TcpListener::open(
    UvLoop& loop, UvClock& clock, const Endpoint& where, QueryHandler& handler,
    const TcpListenerOptions& options) {
    auto socket = open_listening_socket(where, Channel::tcp, options.sharing);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    return adopt(loop, clock, std::move(*socket), handler, options);
}

std::expected<std::unique_ptr<TcpListener>, ListenError> TcpListener::adopt(
    UvLoop& loop, UvClock& clock, Descriptor socket, QueryHandler& handler,
    const TcpListenerOptions& options) {
    std::unique_ptr<TcpListener> listener(new TcpListener(loop, clock, handler, options));
    listener->local_ = bound_endpoint(socket.get());
    if (!listener->socket_.open(listener->poller_, std::move(socket), EPOLLIN, *listener)) {
        return std::unexpected(ListenError{listener->local_, Channel::tcp, errno});
    }
    return listener;
}

TcpListener::TcpListener(UvLoop& loop, UvClock& clock, QueryHandler& handler,
                         const TcpListenerOptions& options)
    : clock_(clock), handler_(handler), options_(options), poller_(loop) {}

TcpListener::~TcpListener() {
    clock_.cancel(*this);
}

void TcpListener::send(std::uint64_t token, const Client&, Octets message) {
    const auto slot = static_cast<std::uint32_t>(token);
    const auto generation = static_cast<std::uint32_t>(token >> 32);
    if (slot >= slots_.size() || slots_[slot].generation != generation ||
        slots_[slot].connection == nullptr) {
        ++counts_.late;
        return;
    }
    slots_[slot].connection->deliver(message);
}

void TcpListener::on_ready(std::uint32_t) {
    accept_waiting(accepts_in_turn_max);
}

void TcpListener::accept_waiting(int at_most) {
    for (int i = 0; i < at_most; ++i) {
        if (!accept_one()) {
            return;
        }
    }
}

void TcpListener::close_to_new() {
    accept_waiting(tcp_backlog);
    clock_.cancel(*this);
    socket_.close();
}

// False: nobody else is waiting, or there is nothing to take them in with.
bool TcpListener::accept_one() {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Descriptor socket(accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
        admit(std::move(socket),
              Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(address)));
        return true;
    }
    const NotAccepted why = why_not_accepted(errno);
    if (why == NotAccepted::no_room && !evict(idle_)) {
        rest();
        return false;
    }
    return why != NotAccepted::nobody;
}

void TcpListener::rest() {
    socket_.want(0);
    clock_.schedule(*this, clock_.now() + rest_time);
}

void TcpListener::expire() {
    socket_.want(EPOLLIN);
}

void TcpListener::admit(Descriptor socket, const Endpoint& address) {
    const std::uint64_t accepted = counts_.accepted;
    try {
        take_in(std::move(socket), address);
    } catch (const std::bad_alloc&) {
    }
    if (counts_.accepted == accepted) {
        ++counts_.refused;
        counts_.refused_last = address.ip;
        forget_if_gone(client_of(address.ip));
    }
}

void TcpListener::take_in(Descriptor socket, const Endpoint& address) {
    const IpAddress key = client_of(address.ip);
    if (!make_place(state_of(key))) {
        return;
    }
    if (free_.empty()) {
        make_room(free_, slots_.size() + 1);  // so that end() needs no memory
        slots_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t slot = free_.back();
    const std::uint64_t token = (std::uint64_t{slots_[slot].generation} << 32) | slot;
    auto connection = std::make_unique<TcpConnection>(*this, address, token);
    if (!connection->open(std::move(socket))) {
        return;
    }
    free_.pop_back();
    ++state_of(key).connections;
    ++counts_.accepted;
    slots_[slot].connection = std::move(connection);
    note_idle(*slots_[slot].connection);
    if (options_.order != nullptr) {
        options_.order->accepted(address.ip);
    }
}

TcpListener::ClientState& TcpListener::state_of(const IpAddress& client) {
    return clients_.try_emplace(client, *this, client).first->second;
}

// One that waits has others of its client before it; the rest of the client's join them.
bool TcpListener::lets_read(TcpConnection& connection) {
    if (options_.order == nullptr) {
        return true;
    }
    const IpAddress key = client_of(connection.address().ip);
    ClientState& client = state_of(key);
    Instant at{};
    if (!client.is_scheduled()) {
        at = options_.order->may_read_at(connection.address().ip);
        if (at <= clock_.now()) {
            return true;
        }
        clock_.schedule(client, at);
    }
    ++counts_.deferred;
    client.deferred.join_last(connection.among_deferred);
    return false;
}

void TcpListener::note_moved(const TcpConnection& connection, std::size_t octets) {
    if (options_.order != nullptr) {
        options_.order->moved(connection.address().ip, octets);
    }
}

bool TcpListener::is_turn_over() const {
    return options_.order != nullptr && options_.order->is_turn_over();
}

// The connection, and with it the client, may be gone after each.
void TcpListener::read_deferred(const IpAddress& client) {
    const IpAddress key = client;
    for (int i = 0; i < deferred_in_turn_max; ++i) {
        const auto found = clients_.find(key);
        TcpConnection* const next =
            found == clients_.end() ? nullptr : found->second.deferred.oldest();
        if (next == nullptr) {
            return;
        }
        const Instant at = options_.order == nullptr
                               ? Instant::min()
                               : options_.order->may_read_at(next->address().ip);
        if (at > clock_.now()) {
            clock_.schedule(found->second, at);
            return;
        }
        next->go_on();
    }
    const auto found = clients_.find(key);
    if (found != clients_.end() && found->second.deferred.oldest() != nullptr) {
        clock_.schedule(found->second, clock_.now());
    }
}

bool TcpListener::make_place(ClientState& client) {
    if (client.connections >= client_connections_max()) {
        const bool has_idle = evict(client.idle);
        counts_.refused_share += has_idle ? 0 : 1;
        return has_idle;
    }
    return connections() < options_.connections_max || evict(idle_);
}

bool TcpListener::evict(IdleList& list) {
    TcpConnection* oldest = list.oldest();
    if (oldest == nullptr) {
        return false;
    }
    ++counts_.evicted;
    end(*oldest);
    return true;
}

void TcpListener::note_idle(TcpConnection& connection) {
    idle_.join_last(connection.among_all);
    state_of(client_of(connection.address().ip)).idle.join_last(connection.among_its_client);
}

void TcpListener::note_busy(TcpConnection& connection) {
    connection.among_all.leave();
    connection.among_its_client.leave();
}

void TcpListener::end(TcpConnection& connection) {
    const auto slot = static_cast<std::uint32_t>(connection.token());
    const IpAddress key = client_of(connection.address().ip);
    slots_[slot].connection.reset();
    ++slots_[slot].generation;
    free_.push_back(slot);
    --state_of(key).connections;
    forget_if_gone(key);
}

void TcpListener::forget_if_gone(const IpAddress& key) {
    const auto client = clients_.find(key);
    if (client != clients_.end() && client->second.connections == 0) {
        clients_.erase(client);
    }
}

std::size_t TcpListener::client_connections_max() const {
    return std::max(options_.client_connections_min,
                    options_.connections_max * options_.client_percent / 100);
}

}  // namespace wend
