// Internet addresses as values. IPv4 is held as its v4-mapped form (::ffff:a.b.c.d).
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

struct sockaddr;
struct sockaddr_storage;

namespace wend {

class IpAddress {
  public:
    constexpr IpAddress() = default;  // ::
    static IpAddress v4(Octets four);
    static IpAddress v6(Octets sixteen);
    // "192.0.2.1" or "2001:db8::1"; nothing else, no zone index.
    static std::optional<IpAddress> from_text(std::string_view text);

    bool is_v4() const;
    bool is_loopback() const;
    bool is_unspecified() const;  // 0.0.0.0/8 or ::
    // 4 octets for IPv4, else 16.
    Octets octets() const;

    const std::array<std::uint8_t, 16>& mapped() const { return octets_; }

    std::string to_text() const;

    auto operator<=>(const IpAddress&) const = default;

  private:
    std::array<std::uint8_t, 16> octets_{};
};

struct Endpoint {
    IpAddress ip{};
    std::uint16_t port = 0;

    // "192.0.2.1:53" or "[2001:db8::1]:53". The port may be left out if `default_port` is not 0.
    static std::optional<Endpoint> from_text(std::string_view text, std::uint16_t default_port = 0);
    static Endpoint from_sockaddr(const sockaddr& address);
    // Fills `to` and returns its length. IPv4 gives an AF_INET address.
    unsigned to_sockaddr(sockaddr_storage& to) const;
    std::string to_text() const;

    auto operator<=>(const Endpoint&) const = default;
};

// A netblock: "192.0.2.0/24", "2001:db8::/32", or a single address.
class Prefix {
  public:
    static std::optional<Prefix> from_text(std::string_view text);
    Prefix(IpAddress base, unsigned mapped_bits);

    bool contains(const IpAddress& address) const;

    // The lowest and the highest address of the block.
    const IpAddress& first() const { return base_; }

    IpAddress last() const;
    std::string to_text() const;
    auto operator<=>(const Prefix&) const = default;

  private:
    IpAddress base_;
    unsigned bits_;  // 0..128 over the mapped form; an IPv4 /24 is 120
};

}  // namespace wend
