#include "transport/listener_tcp_connection.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace wend {
namespace {

constexpr int reads_in_turn_max = 4;
// Answers that were pending when reading stopped still come; past this the client is not reading.
constexpr std::size_t unsent_hard_factor = 2;
// An idle connection holds no more than this.
constexpr std::size_t capacity_kept = 1024;

}  // namespace

TcpConnection::TcpConnection(TcpListener& listener, const Endpoint& address, std::uint64_t token)
    : among_all(*this),
      among_its_client(*this),
      among_deferred(*this),
      listener_(listener),
      client_{address, Channel::tcp},
      token_(token),
      active_at_(listener.clock_.now()),
      progress_at_(active_at_) {}

TcpConnection::~TcpConnection() {
    listener_.clock_.cancel(*this);
}

bool TcpConnection::open(Descriptor socket) {
    if (!socket_.open(listener_.poller_, std::move(socket), EPOLLIN, *this)) {
        return false;
    }
    watch_deadline();
    return true;
}

void TcpConnection::deliver(Octets message) {
    --in_flight_;
    active_at_ = listener_.clock_.now();
    listener_.note_moved(*this, message.size());
    try {
        queue(message);
        is_broken_ = is_broken_ || !flush();
        watch_deadline();
    } catch (const std::bad_alloc&) {
        is_broken_ = true;
    }
    update_wants();
    if (!is_busy()) {
        listener_.note_idle(*this);
    }
}

void TcpConnection::on_ready(std::uint32_t events) {
    bool goes_on = false;
    try {
        goes_on = handle(events) && settle_down();
    } catch (const std::bad_alloc&) {  // what was read or is to be sent is lost
    }
    if (!goes_on) {
        listener_.end(*this);
    }
}

bool TcpConnection::handle(std::uint32_t events) {
    if (is_broken_ || (events & (EPOLLERR | EPOLLHUP)) != 0 || !flush()) {
        return false;
    }
    const bool has_more = is_held_up_ || (events & EPOLLIN) != 0;
    if (!has_more || !may_go_on() || !is_let_in()) {
        return true;
    }
    answer_messages();
    return (events & EPOLLIN) == 0 || read();
}

bool TcpConnection::is_let_in() {
    if (among_deferred.is_member()) {
        return false;
    }
    if (listener_.lets_read(*this)) {
        return true;
    }
    deferred_at_ = listener_.clock_.now();
    return false;
}

// The time in which we did not look is not the client's.
void TcpConnection::go_on() {
    const Duration waited = listener_.clock_.now() - deferred_at_;
    among_deferred.leave();
    active_at_ += waited;
    if (message_began_at_) {
        *message_began_at_ += waited;
    }
    on_ready(EPOLLIN);
}

bool TcpConnection::read() {
    for (int i = 0; i < reads_in_turn_max && may_go_on() && !has_ended_input_; ++i) {
        if (listener_.is_turn_over()) {
            return true;
        }
        auto& in = listener_.in_;
        const ssize_t size = recv(socket_.fd(), in.data(), in.size(), MSG_DONTWAIT);
        if (size < 0) {
            return errno == EAGAIN;
        }
        if (size == 0) {
            has_ended_input_ = true;
            return true;
        }
        was_heard_ = true;
        frames_.append(Octets(in).first(static_cast<std::size_t>(size)));
        answer_messages();
        if (static_cast<std::size_t>(size) < in.size()) {
            return true;  // that was all
        }
    }
    return true;
}

void TcpConnection::answer_messages() {
    bool was_inside = message_began_at_.has_value();
    is_held_up_ = true;
    while (may_go_on() && !listener_.is_turn_over()) {
        const auto message = frames_.next();
        if (!message) {
            is_held_up_ = false;
            break;
        }
        was_inside = false;
        active_at_ = listener_.clock_.now();
        answer(*message);
    }
    if (is_held_up_ && listener_.is_turn_over()) {
        progress_at_ = listener_.clock_.now();  // it is not the client who is slow
    }
    if (is_held_up_ || !frames_.is_inside_message()) {
        message_began_at_.reset();
    } else if (!was_inside) {
        message_began_at_ = listener_.clock_.now();
    }
}

void TcpConnection::answer(Octets message) {
    ++listener_.counts_.queries;
    ++in_flight_;
    const MutableOctets out = MutableOctets(listener_.out_).subspan(2);
    const QueryResult result =
        listener_.handler_.on_query(message, client_, listener_, token_, out);
    listener_.note_moved(*this, message.size() + result.size);
    if (result.outcome == Outcome::pending) {
        return;
    }
    --in_flight_;
    if (result.outcome == Outcome::answered) {
        answered_ = true;
        queue(out.first(result.size));
    }
}

void TcpConnection::queue(Octets message) {
    const std::size_t at = unsent_.size();
    if (at == 0) {
        progress_at_ = listener_.clock_.now();
    }
    if (at + message.size() > listener_.options_.unsent_max * unsent_hard_factor) {
        is_broken_ = true;
        return;
    }
    unsent_.resize(at + 2);
    store_u16(unsent_, at, static_cast<std::uint16_t>(message.size()));
    unsent_.insert(unsent_.end(), message.begin(), message.end());
}

bool TcpConnection::flush() {
    if (unsent_.empty()) {
        return true;
    }
    const ssize_t sent =
        ::send(socket_.fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        return errno == EAGAIN;
    }
    progress_at_ = listener_.clock_.now();
    unsent_.erase(unsent_.begin(), unsent_.begin() + sent);
    if (unsent_.empty() && unsent_.capacity() > capacity_kept) {
        unsent_.shrink_to_fit();
    }
    return true;
}

// False: nothing more can come of this connection.
bool TcpConnection::settle_down() {
    const bool is_sound = !is_broken_ && !frames_.is_broken() && flush();
    if (std::exchange(answered_, false)) {
        listener_.handler_.batch_ended();
    }
    if (!is_sound) {
        return false;
    }
    if (has_ended_input_ && !is_busy() && !is_held_up_) {
        return false;
    }
    update_wants();
    watch_deadline();
    if (is_busy()) {
        listener_.note_busy(*this);
    } else {
        listener_.note_idle(*this);
    }
    return true;
}

bool TcpConnection::may_go_on() const {
    return in_flight_ < listener_.options_.queries_in_flight_max &&
           unsent_.size() < listener_.options_.unsent_max;
}

// EPOLLOUT is at once ready on a healthy connection: it also brings us back from deliver(), which
// may not read, end, or ask the handler again.
void TcpConnection::update_wants() {
    std::uint32_t events = 0;
    const bool goes_on = may_go_on() && !among_deferred.is_member();
    if (goes_on && !has_ended_input_) {
        events |= EPOLLIN;
    }
    const bool is_over = has_ended_input_ && !is_busy();
    if (!unsent_.empty() || is_broken_ || is_over || (is_held_up_ && goes_on)) {
        events |= EPOLLOUT;
    }
    socket_.want(events);
}

Instant TcpConnection::deadline() const {
    const TcpListenerOptions& options = listener_.options_;
    if (!unsent_.empty()) {
        return progress_at_ + options.unread_max;
    }
    const bool is_owed = in_flight_ > 0 || among_deferred.is_member();
    if (is_owed) {
        return Instant::max();  // an answer, which has its own deadline, or to be read
    }
    if (is_held_up_) {  // the kernel took all so far, and has no room for more
        return progress_at_ + options.unread_max;
    }
    if (!was_heard_) {
        return active_at_ + options.first_octet_max;
    }
    if (message_began_at_) {
        return *message_began_at_ + options.message_max;
    }
    return active_at_ + options.idle_max;
}

// The timer is moved only to an earlier instant; when it comes for nothing it looks again.
void TcpConnection::watch_deadline() {
    const Instant at = deadline();
    if (at != Instant::max() && (!is_scheduled() || at < timer_at_)) {
        timer_at_ = at;
        listener_.clock_.schedule(*this, at);
    }
}

void TcpConnection::expire() {
    if (deadline() <= listener_.clock_.now()) {
        ++listener_.counts_.expired;
        listener_.end(*this);
        return;
    }
    watch_deadline();
}

}  // namespace wend
