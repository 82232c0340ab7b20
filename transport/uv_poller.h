// Many short-lived sockets on one loop. libuv's own watchers cost five system calls for a socket
// that lives for one datagram; here a socket is one epoll_ctl and its close, and nothing when it is
// lent again. The loop watches only the epoll descriptor that holds them all.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <uv.h>

#include "transport/uv_loop.h"

namespace wend {

// Owns a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;

    explicit Descriptor(int fd) : fd_(fd) {}

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int get() const { return fd_; }

    bool is_open() const { return fd_ >= 0; }

    void close();

  private:
    int fd_ = -1;
};

// Who hears that a socket is ready.
class Watcher {
  public:
    // `events` are epoll's. *this and its socket may be gone when it returns. Throws nothing: the
    // loop is C.
    virtual void on_ready(std::uint32_t events) = 0;

  protected:
    virtual ~Watcher() = default;
};

// One thread. Outlives every socket that it watches.
class UvPoller {
  public:
    explicit UvPoller(UvLoop& loop);
    UvPoller(const UvPoller&) = delete;
    UvPoller& operator=(const UvPoller&) = delete;
    UvPoller(UvPoller&&) = delete;
    UvPoller& operator=(UvPoller&&) = delete;
    ~UvPoller();

    std::size_t watched() const { return slots_.size() - free_.size(); }

  private:
    friend class PolledSocket;

    // An event that was fetched before its socket was closed names a generation that has passed.
    struct Slot {
        Watcher* watcher = nullptr;
        std::uint32_t generation = 0;
    };

    static constexpr int events_max = 256;  // in one turn of the loop; the rest waits for the next

    std::optional<std::uint32_t> add(int fd, std::uint32_t events, Watcher& watcher);
    void modify(int fd, std::uint32_t slot, std::uint32_t events);
    void forget(std::uint32_t slot) noexcept;
    void hold_loop();
    void release_loop() noexcept;
    void dispatch();
    std::uint64_t note(std::uint32_t slot) const;

    Descriptor epoll_;
    UvHandle<uv_poll_t> handle_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::size_t holding_ = 0;  // sockets that keep the loop running
};

// An open socket that a poller watches; closed when it goes.
class PolledSocket {
  public:
    PolledSocket() = default;
    PolledSocket(const PolledSocket&) = delete;
    PolledSocket& operator=(const PolledSocket&) = delete;
    PolledSocket(PolledSocket&&) = delete;
    PolledSocket& operator=(PolledSocket&&) = delete;

    ~PolledSocket() { close(); }

    // False if the kernel has no room to watch it: it is closed then. Only while not open.
    [[nodiscard]] bool open(UvPoller& poller, Descriptor socket, std::uint32_t events,
                            Watcher& watcher);
    // Waits for these events from here on.
    void want(std::uint32_t events);
    // Nobody waits for it: it does not keep the loop running, and `meanwhile` hears of it.
    void rest(Watcher& meanwhile) noexcept;
    // Ends the rest.
    void resume(Watcher& watcher);
    void close();

    bool is_open() const { return descriptor_.is_open(); }

    int fd() const { return descriptor_.get(); }

  private:
    Descriptor descriptor_;
    UvPoller* poller_ = nullptr;
    std::uint32_t slot_ = 0;
    std::uint32_t events_ = 0;
    bool rests_ = false;
};

}  // namespace wend
