// Datagrams that were read and wait for the end of the loop's turn, or for enough others: first the
// kernel's code runs for all of them, then ours, and neither drives the other out of the
// processor's caches in between.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/octets.h"
#include "base/time.h"
#include "dns/edns.h"

namespace wend {

// One thread.
class Inbox {
  public:
    class Reader {
      public:
        // It may be gone when this returns, and so may others that wait.
        virtual void take(Octets datagram, Instant came_at) = 0;

      protected:
        ~Reader() = default;
    };

    // One octet more than may be believed: a datagram of any size shows as at most this.
    static constexpr std::size_t datagram_max = dns::edns_payload_size + 1;

    // Takes a datagram out of the socket, and the errors before it, which ICMP reported and which
    // change nothing. The reader may be gone when this returns.
    void read(int fd, Reader& reader);
    // Hands out all that waits.
    void hand_out();
    void withdraw(const Reader& reader) noexcept;

  private:
    static constexpr std::size_t places = 32;

    struct Datagram {
        Instant came_at;
        std::size_t size;
        std::array<std::uint8_t, datagram_max> octets;
    };

    std::array<Reader*, places> readers_{};  // null: it does not wait any more
    std::array<Datagram, places> datagrams_;
    std::size_t count_ = 0;
};

}  // namespace wend
