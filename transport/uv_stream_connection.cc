#include "transport/uv_stream_connection.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/room.h"

namespace wend {
namespace {

// Reads of one connection in one turn of the loop, so that none keeps the others waiting.
constexpr int reads_in_turn_max = 4;

}  // namespace

StreamFlight::StreamFlight(UvUpstream& upstream, Exchange& exchange)
    : Flight(upstream, exchange), query_(exchange.query(), upstream.random) {
    upstream.clock.schedule(*this, exchange.deadline());
}

StreamFlight::~StreamFlight() {
    upstream().clock.cancel(*this);
    if (connection != nullptr) {
        connection->leave(*this);
    }
}

void StreamFlight::expire() {
    if (is_put_off()) {
        upstream().clock.schedule(*this, exchange().deadline());
        return;
    }
    connection->note_timeout(*this);
    finish(std::unexpected(NetError::timeout));
}

StreamConnection::StreamConnection(StreamPool& pool, UvUpstream& upstream, const Endpoint& server)
    : pool_(pool), upstream_(upstream), server_(server) {}

StreamConnection::~StreamConnection() {
    upstream_.clock.cancel(*this);
    check(flights_.empty(), "a connection outlives the exchanges on it");
}

std::expected<void, NetError> StreamConnection::connect() {
    auto socket = make_socket(server_, SOCK_STREAM);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    const int on = 1;
    setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_storage address;
    const Endpoint from = local_endpoint(upstream_.options, server_, 0);
    unsigned size = from.to_sockaddr(address);
    if (!from.ip.is_unspecified() &&
        bind(socket->get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return std::unexpected(net_error_of(errno));
    }
    size = server_.to_sockaddr(address);
    if (::connect(socket->get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 &&
        errno != EINPROGRESS) {
        return std::unexpected(net_error_of(errno));
    }
    if (!socket_.open(upstream_.poller, std::move(*socket), EPOLLIN | EPOLLOUT, *this)) {
        return std::unexpected(NetError::no_resources);
    }
    idle_since_ = upstream_.clock.now();  // until somebody rides
    upstream_.clock.schedule(*this, idle_since_ + upstream_.options.connection_idle_max);
    return {};
}

void StreamConnection::ride(StreamFlight& flight) {
    check(has_room() && flight.connection == nullptr, "an exchange rides where there is room");
    const Octets message = flight.query().octets();
    make_room(flights_, flights_.size() + 1);
    make_room(unsent_, unsent_.size() + 2 + message.size());
    flight.query().set_id(free_id());
    flight.connection = this;
    flight.on_used_connection = std::exchange(was_used_, true);
    flight.sent = UvClock::precise_now();
    flights_.push_back(&flight);
    upstream_.clock.cancel(*this);  // idle no longer
    const std::size_t at = unsent_.size();
    unsent_.resize(at + 2);
    store_u16(unsent_, at, static_cast<std::uint16_t>(message.size()));
    unsent_.insert(unsent_.end(), message.begin(), message.end());
    if (is_connecting_) {
        return;
    }
    failed_ = flush();
    if (failed_) {
        is_retired_ = true;
        upstream_.clock.schedule(*this, upstream_.clock.now());
    }
}

void StreamConnection::leave(StreamFlight& flight) noexcept {
    std::erase(flights_, &flight);
    flight.connection = nullptr;
    if (flights_.empty() && socket_.is_open()) {
        idle_since_ = upstream_.clock.now();
        const Duration patience =
            is_retired_ ? Duration::zero() : upstream_.options.connection_idle_max;
        upstream_.clock.schedule(*this, idle_since_ + patience);
    }
}

// A server that has said nothing since the query left may be gone without a word.
void StreamConnection::note_timeout(const StreamFlight& flight) {
    is_retired_ = is_retired_ || last_heard_ < flight.sent;
}

void StreamConnection::expire() {
    end(failed_.value_or(NetError::reset));
}

void StreamConnection::on_ready(std::uint32_t events) {
    std::optional<NetError> error = NetError::no_resources;
    try {
        error = handle(events);
    } catch (const std::bad_alloc&) {  // octets are lost: nothing that follows can be read
    }
    if (error) {
        end(*error);
    }
}

std::optional<NetError> StreamConnection::handle(std::uint32_t events) {
    std::optional<NetError> error;
    if (is_connecting_) {
        error = finish_connecting();
    }
    if (!error && (events & EPOLLOUT) != 0) {
        error = flush();
    }
    if (!error && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
        error = read();
    }
    return error;
}

std::optional<NetError> StreamConnection::finish_connecting() {
    int code = 0;
    socklen_t size = sizeof code;
    getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) {
        return net_error_of(code);
    }
    is_connecting_ = false;
    for (StreamFlight* flight : flights_) {
        flight->sent = UvClock::precise_now();
    }
    return std::nullopt;
}

std::optional<NetError> StreamConnection::flush() {
    if (!unsent_.empty()) {
        const ssize_t sent =
            send(socket_.fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) {
            return net_error_of(errno);
        }
        unsent_.erase(unsent_.begin(), unsent_.begin() + std::max<ssize_t>(0, sent));
    }
    socket_.want(unsent_.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
    return std::nullopt;
}

std::optional<NetError> StreamConnection::read() {
    for (int i = 0; i < reads_in_turn_max; ++i) {
        auto& buffer = upstream_.buffer;
        const ssize_t size = recv(socket_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN) {
            return std::nullopt;
        }
        if (size <= 0) {
            return size == 0 ? NetError::reset : net_error_of(errno);
        }
        last_heard_ = UvClock::precise_now();
        frames_.append(Octets(buffer).first(static_cast<std::size_t>(size)));
        while (const auto message = frames_.next()) {
            deliver(*message);
        }
        if (frames_.is_broken()) {
            return NetError::reset;
        }
    }
    return std::nullopt;
}

// What answers nobody is the late reply of an exchange that has ended.
void StreamConnection::deliver(Octets message) {
    StreamFlight* flight = find(load_u16(message, 0));
    if (flight == nullptr) {
        return;
    }
    auto response = std::make_shared<Response>();
    const ReplyVerdict verdict =
        flight->filter().judge(flight->query(), message, response->message);
    if (verdict == ReplyVerdict::unreadable) {
        flight->finish(std::unexpected(NetError::unreadable));
    }
    if (verdict != ReplyVerdict::accept && verdict != ReplyVerdict::case_lost) {
        return;
    }
    response->channel = Channel::tcp;
    response->round_trip = last_heard_ - flight->sent;
    response->case_kept = verdict == ReplyVerdict::accept;
    flight->finish(ResponsePtr(std::move(response)));
}

void StreamConnection::end(NetError error) {
    const auto self = pool_.take(*this);  // gone from the pool before anyone can start anew
    is_retired_ = true;
    socket_.close();
    while (!flights_.empty()) {
        StreamFlight& flight = *flights_.back();
        leave(flight);
        end_flight(flight, error);
    }
}

// A server may close a connection that it takes for idle while a query is on its way: such a query
// is asked once more (RFC 7766 6.2.4).
void StreamConnection::end_flight(StreamFlight& flight, NetError error) {
    const bool was_idle = error == NetError::reset && flight.on_used_connection;
    if (!was_idle || flight.was_moved || !move_to_another(flight)) {
        flight.finish(std::unexpected(error));
    }
}

bool StreamConnection::move_to_another(StreamFlight& flight) {
    try {
        const auto other = pool_.find_or_open(server_);
        if (other) {
            (*other)->ride(flight);
            flight.was_moved = true;
        }
        return other.has_value();
    } catch (const std::bad_alloc&) {
        return false;
    }
}

std::uint16_t StreamConnection::free_id() const {
    auto id = static_cast<std::uint16_t>(upstream_.random.next());
    while (find(id) != nullptr) {  // at most one step for each exchange on this connection
        ++id;
    }
    return id;
}

StreamFlight* StreamConnection::find(std::uint16_t id) const {
    for (StreamFlight* flight : flights_) {
        if (flight->query().id() == id) {
            return flight;
        }
    }
    return nullptr;
}

}  // namespace wend
