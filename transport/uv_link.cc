#include "transport/uv_link.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <sys/socket.h>

#include "base/check.h"

namespace wend {

std::expected<std::pair<Descriptor, Descriptor>, std::string> make_link_sockets() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return std::unexpected(std::string("a socket pair cannot be made: ") + strerror(errno));
    }
    return std::pair(Descriptor(ends[0]), Descriptor(ends[1]));
}

// One octet more than a message may have shows that one was cut.
UvLink::UvLink(UvLoop& loop, Descriptor socket, bool keeps_running, LinkQueue::Limits limits)
    : socket_(std::move(socket)),
      sent_(limits),
      buffer_(link_message_max + 1),
      poll_(new uv_poll_t) {
    check(uv_poll_init(loop.get(), poll_.get(), socket_.get()) == 0, "a socket can be polled");
    poll_->data = this;
    if (!keeps_running) {
        uv_unref(reinterpret_cast<uv_handle_t*>(poll_.get()));
    }
}

UvLink::~UvLink() = default;

void UvLink::set_handlers(LinkHandlers handlers) {
    check(handlers_ == nullptr, "a link's handlers are set once");
    handlers_ = std::make_shared<const LinkHandlers>(std::move(handlers));
    watch();
}

void UvLink::watch() {
    const auto ready = [](uv_poll_t* handle, int status, int events) {
        if (handle->data != nullptr) {
            static_cast<UvLink*>(handle->data)->on_ready(status == 0 ? events : UV_READABLE);
        }
    };
    const int wanted =
        UV_READABLE | UV_DISCONNECT | (sent_.is_empty() && !broken_ ? 0 : UV_WRITABLE);
    check(uv_poll_start(poll_.get(), wanted, ready) == 0, "a socket can be polled");
}

std::expected<void, std::string> UvLink::send(const LinkMessage& message) {
    if (!is_open() || broken_) {
        return std::unexpected("the link is closed");
    }
    auto kept = sent_.push(message);
    transmit();
    watch();
    return kept;
}

void UvLink::transmit() {
    while (!sent_.is_empty()) {
        const Octets packet = sent_.front();
        const ssize_t size =
            ::send(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && errno != EINTR) {
            broken_ = errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM;
            return;
        }
        if (size >= 0) {
            sent_.pop();
        }
    }
}

void UvLink::on_ready(int events) {
    try {
        if ((events & UV_WRITABLE) != 0) {
            transmit();
            watch();
        }
        if ((events & (UV_READABLE | UV_DISCONNECT)) != 0) {
            for (int i = 0; i < messages_in_turn_max && receive(); ++i) {
            }
            return;  // *this may be gone
        }
        if (broken_) {
            close("the other process has gone");
        }
    } catch (const std::bad_alloc&) {
        close("there is no memory for what it says");
    }
}

bool UvLink::receive() {
    const ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (size <= 0) {
        close("the other process has gone");
        return false;
    }
    auto message = decode_link(Octets(buffer_).first(static_cast<std::size_t>(size)));
    if (!message) {
        close("the other process has said what is no message");
        return false;
    }
    // Both outlive *this if that is destroyed meanwhile: the handle until the loop has closed it.
    const auto handlers = handlers_;
    const uv_poll_t* const poll = poll_.get();
    handlers->on_message(std::move(*message));
    return poll->data != nullptr;
}

void UvLink::close(std::string_view why) {
    if (!is_open()) {
        return;
    }
    poll_.reset();  // before its descriptor: the number may be another socket's soon
    socket_.close();
    const auto handlers = handlers_;
    if (handlers != nullptr && handlers->on_closed) {
        handlers->on_closed(why);
    }
}

}  // namespace wend
