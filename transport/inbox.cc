#include "transport/inbox.h"

#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "transport/uv_clock.h"

namespace wend {
namespace {

// What is left waits for the next turn.
constexpr int errors_in_turn_max = 8;

}  // namespace

void Inbox::read(int fd, Reader& reader) {
    Datagram& next = datagrams_[count_];
    for (int i = 0; i < errors_in_turn_max; ++i) {
        const ssize_t size = recv(fd, next.octets.data(), next.octets.size(), 0);
        if (size < 0 && errno == EAGAIN) {
            return;
        }
        if (size >= 0) {
            next.size = static_cast<std::size_t>(size);
            next.came_at = UvClock::precise_now();
            readers_[count_] = &reader;
            ++count_;
            break;
        }
    }
    if (count_ == places) {
        hand_out();
    }
}

void Inbox::hand_out() {
    for (std::size_t i = 0; i < count_; ++i) {
        if (Reader* const reader = std::exchange(readers_[i], nullptr)) {
            reader->take(Octets(datagrams_[i].octets).first(datagrams_[i].size),
                         datagrams_[i].came_at);
        }
    }
    count_ = 0;
}

void Inbox::withdraw(const Reader& reader) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        if (readers_[i] == &reader) {
            readers_[i] = nullptr;
        }
    }
}

}  // namespace wend
