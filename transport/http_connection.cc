#include "transport/http_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <new>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/check.h"

namespace wend {
namespace {

constexpr std::size_t read_max = 16 * 1024;  // in one turn of the loop
constexpr int requests_in_turn_max = 16;
constexpr std::size_t capacity_kept = 4 * 1024;

}  // namespace

HttpConnection::HttpConnection(HttpServer& server, HttpPeer peer, std::uint64_t token)
    : server_(server),
      peer_(std::move(peer)),
      token_(token),
      reader_(server.options_.http),
      active_at_(server.clock_.now()),
      progress_at_(active_at_),
      head_began_at_(active_at_) {}

HttpConnection::~HttpConnection() {
    server_.clock_.cancel(*this);
}

bool HttpConnection::open(Descriptor socket) {
    if (!socket_.open(server_.poller_, std::move(socket), EPOLLIN, *this)) {
        return false;
    }
    watch_deadline();
    return true;
}

bool HttpConnection::is_idle() const {
    return !is_answering() && unsent_.empty() && in_.empty() && !reader_.is_inside_request();
}

void HttpConnection::on_ready(std::uint32_t events) {
    bool goes_on = false;
    try {
        goes_on = turn(events);
    } catch (const std::bad_alloc&) {  // what was read or is to be sent is lost
    }
    if (!goes_on) {
        server_.close(*this);
    }
}

// False: nothing more can come of this connection.
bool HttpConnection::turn(std::uint32_t events) {
    if (is_lingering_) {
        return linger();
    }
    if (is_cut_ || (events & (EPOLLERR | EPOLLHUP)) != 0 || !flush()) {
        return false;
    }
    if (answer_ == Answer::streaming && unsent_.empty() && std::exchange(is_room_due_, false)) {
        server_.handler_.on_room(server_, token_);
    }
    const bool may_read = answer_ == Answer::none && in_.empty() && !is_last_ && !has_ended_input_;
    if (may_read && (events & EPOLLIN) != 0 && !receive()) {
        return false;
    }
    take_requests();
    if (is_cut_ || !flush()) {
        return false;
    }
    if (unsent_.empty() && answer_ == Answer::none) {
        if (is_last_) {
            shutdown(socket_.fd(), SHUT_WR);
            is_lingering_ = true;
            progress_at_ = server_.clock_.now();
        } else if (has_ended_input_ && in_.empty()) {
            return false;
        }
    }
    update_wants();
    watch_deadline();
    return true;
}

bool HttpConnection::receive() {
    std::array<std::uint8_t, read_max> octets;
    const ssize_t size = recv(socket_.fd(), octets.data(), octets.size(), MSG_DONTWAIT);
    if (size < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    has_ended_input_ = size == 0;
    in_.assign(octets.begin(), octets.begin() + size);
    return true;
}

void HttpConnection::take_requests() {
    for (int i = 0; i < requests_in_turn_max && answer_ == Answer::none && !is_last_; ++i) {
        if (in_.empty() || !take_one()) {
            return;
        }
    }
}

// True: there may be another.
bool HttpConnection::take_one() {
    auto fed = reader_.feed(in_);
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(fed.consumed));
    if (auto* const request = std::get_if<Http1Request>(&fed.event)) {
        ++server_.counts_.requests;
        head_began_at_.reset();
        body_began_at_.reset();
        writing_ = answering(*request);
        writing_.now = server_.clock_.wall_now();
        answer_ = Answer::owed;
        server_.handler_.on_request(server_, token_, peer_, std::move(*request));
        return true;
    }
    if (const auto* const bad = std::get_if<Http1Bad>(&fed.event)) {
        ++server_.counts_.bad;
        unsent_ += refusal(*bad).octets({.is_kept = false, .now = server_.clock_.wall_now()});
        is_last_ = true;
        in_.clear();
        return false;
    }
    if (reader_.take_continue()) {
        unsent_ += http1_continue;
    }
    note_progress();
    return false;
}

void HttpConnection::note_progress() {
    const Instant now = server_.clock_.now();
    if (reader_.is_inside_body()) {
        body_began_at_ = body_began_at_.value_or(now);
    } else if (reader_.is_inside_request()) {
        head_began_at_ = head_began_at_.value_or(now);
    }
}

void HttpConnection::respond(const Http1Response& response) {
    check(answer_ == Answer::owed, "a request is answered once");
    unsent_ += response.octets(writing_);
    finish_answer();
}

void HttpConnection::begin(const Http1Response& response) {
    check(answer_ == Answer::owed, "a request is answered once");
    is_chunked_ = writing_.minor > 0;
    writing_.is_kept = writing_.is_kept && is_chunked_;
    unsent_ += response.stream_head(writing_);
    answer_ = Answer::streaming;
    leave_note();
}

void HttpConnection::push(std::string_view octets) {
    check(answer_ == Answer::streaming, "parts follow a head");
    if (writing_.is_head || octets.empty()) {
        return;
    }
    unsent_ += is_chunked_ ? http1_chunk(octets) : std::string(octets);
    is_room_due_ = true;
    leave_note();
}

void HttpConnection::end(bool is_whole) {
    check(answer_ == Answer::streaming, "parts follow a head");
    if (is_whole && is_chunked_ && !writing_.is_head) {
        unsent_ += http1_last_chunk;
    }
    is_cut_ = !is_whole;
    finish_answer();
}

void HttpConnection::finish_answer() {
    answer_ = Answer::none;
    is_room_due_ = false;
    is_last_ = !writing_.is_kept;
    active_at_ = server_.clock_.now();
    if (is_last_) {
        in_.clear();
    }
    leave_note();
}

// Writable at once on a healthy connection, which brings us back.
void HttpConnection::leave_note() {
    progress_at_ = server_.clock_.now();
    socket_.want(EPOLLOUT);
    watch_deadline();
}

bool HttpConnection::flush() {
    if (unsent_.empty()) {
        return true;
    }
    const ssize_t sent =
        send(socket_.fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    progress_at_ = server_.clock_.now();
    unsent_.erase(0, static_cast<std::size_t>(sent));
    if (unsent_.empty() && unsent_.capacity() > capacity_kept) {
        unsent_.shrink_to_fit();
    }
    return true;
}

// Closing while octets of the client are unread would reset the connection, and with it what we
// said last (RFC 9112 9.6).
bool HttpConnection::linger() {
    std::array<std::uint8_t, read_max> ignored;
    const ssize_t size = recv(socket_.fd(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    return size > 0 || (size < 0 && errno == EAGAIN);
}

void HttpConnection::update_wants() {
    if (is_lingering_) {
        socket_.want(EPOLLIN);
        return;
    }
    std::uint32_t events = 0;
    if (answer_ == Answer::none && !is_last_ && !has_ended_input_) {
        events |= in_.empty() ? EPOLLIN : EPOLLOUT;
    }
    const bool has_more = has_ended_input_ && answer_ == Answer::none;
    const bool is_room_due = answer_ == Answer::streaming && is_room_due_;
    if (!unsent_.empty() || has_more || is_cut_ || is_room_due) {
        events |= EPOLLOUT;
    }
    if (answer_ == Answer::none && is_last_) {
        events |= EPOLLOUT;
    }
    socket_.want(events);
}

Instant HttpConnection::deadline() const {
    const HttpServerOptions& options = server_.options_;
    if (is_lingering_) {
        return progress_at_ + options.linger_max;
    }
    if (!unsent_.empty()) {
        return progress_at_ + options.unread_max;
    }
    if (is_answering()) {
        return Instant::max();  // which is the handler's business
    }
    if (body_began_at_) {
        return *body_began_at_ + options.body_max;
    }
    if (head_began_at_) {
        return *head_began_at_ + options.head_max;
    }
    return active_at_ + options.idle_max;
}

// The timer is moved only to an earlier instant; when it comes for nothing it looks again.
void HttpConnection::watch_deadline() {
    const Instant at = deadline();
    if (at != Instant::max() && (!is_scheduled() || at < timer_at_)) {
        timer_at_ = at;
        server_.clock_.schedule(*this, at);
    }
}

void HttpConnection::expire() {
    if (deadline() <= server_.clock_.now()) {
        ++server_.counts_.expired;
        server_.close(*this);
        return;
    }
    watch_deadline();
}

}  // namespace wend
