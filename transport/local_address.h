// Which of our addresses a datagram came to, so that its reply leaves from the same one although
// the socket is bound to all of them (IP_PKTINFO, RFC 3542 6.2).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

struct msghdr;

namespace wend {

// What a control buffer must hold.
inline constexpr std::size_t packet_info_size = 64;

// Asks the kernel to tell the address of each datagram.
void want_packet_info(int fd, bool is_v4);

// Turns the control data of a received datagram into that of its reply: the same address, and the
// interface that routing chooses, but for link-local IPv6.
void turn_packet_info(msghdr& header);

// Remembers our own addresses that have been seen, for replies that leave later. A host has few;
// past the limit the kernel chooses the source.
class LocalAddresses {
  public:
    static constexpr std::size_t addresses_max = 256;

    // A token, never 0 but past the limit, for the address in `header`'s turned control data.
    std::uint64_t remember(const msghdr& header);
    // Sets the control data of `header` to that address; it stays valid for this object's life
    // until the next remember().
    void apply(std::uint64_t token, msghdr& header) const;

  private:
    struct Known {
        std::size_t size = 0;
        alignas(8) std::array<std::uint8_t, packet_info_size> control{};
    };

    std::vector<Known> known_;
    std::size_t last_ = 0;
};

}  // namespace wend
