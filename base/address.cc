#include "base/address.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/check.h"

namespace wend {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <class T>
std::optional<T> parse_number(std::string_view text, T max) {
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

IpAddress IpAddress::v4(Octets four) {
    check(four.size() == 4, "an IPv4 address has 4 octets");
    IpAddress address;
    std::ranges::copy(mapped_prefix, address.octets_.begin());
    std::ranges::copy(four, address.octets_.begin() + 12);
    return address;
}

IpAddress IpAddress::v6(Octets sixteen) {
    check(sixteen.size() == 16, "an IPv6 address has 16 octets");
    IpAddress address;
    std::ranges::copy(sixteen, address.octets_.begin());
    return address;
}

std::optional<IpAddress> IpAddress::from_text(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
    if (text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    std::ranges::copy(text, buffer.begin());
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET, buffer.data(), octets.data()) == 1) {
        return v4(Octets(octets).first(4));
    }
    if (inet_pton(AF_INET6, buffer.data(), octets.data()) == 1) {
        return v6(octets);
    }
    return std::nullopt;
}

bool IpAddress::is_v4() const {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), octets_.begin());
}

bool IpAddress::is_loopback() const {
    if (is_v4()) {
        return octets_[12] == 127;
    }
    return octets_[15] == 1 && std::all_of(octets_.begin(), octets_.end() - 1,
                                           [](std::uint8_t octet) { return octet == 0; });
}

bool IpAddress::is_unspecified() const {
    return is_v4() ? octets_[12] == 0 : *this == IpAddress();
}

Octets IpAddress::octets() const {
    const Octets all(octets_);
    return is_v4() ? all.subspan(12) : all;
}

std::string IpAddress::to_text() const {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const bool four = is_v4();
    inet_ntop(four ? AF_INET : AF_INET6, octets().data(), buffer.data(), buffer.size());
    return buffer.data();
}

std::optional<Endpoint> Endpoint::from_text(std::string_view text, std::uint16_t default_port) {
    std::string_view host = text;
    std::optional<std::string_view> port_text;
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) {
            return std::nullopt;
        }
        host = text.substr(1, close - 1);
        const std::string_view rest = text.substr(close + 1);
        if (!rest.empty()) {
            if (rest[0] != ':') {
                return std::nullopt;
            }
            port_text = rest.substr(1);
        }
    } else if (std::ranges::count(text, ':') == 1) {
        const std::size_t colon = text.find(':');
        host = text.substr(0, colon);
        port_text = text.substr(colon + 1);
    }
    const auto ip = IpAddress::from_text(host);
    if (!ip || (text.starts_with('[') && ip->is_v4())) {
        return std::nullopt;
    }
    if (!port_text) {
        return default_port == 0 ? std::nullopt : std::optional(Endpoint{*ip, default_port});
    }
    const auto port = parse_number<std::uint16_t>(*port_text, 65535);
    if (!port) {
        return std::nullopt;
    }
    return Endpoint{*ip, *port};
}

Endpoint Endpoint::from_sockaddr(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        std::array<std::uint8_t, 4> octets{};
        std::memcpy(octets.data(), &v4.sin_addr, 4);
        return {IpAddress::v4(octets), ntohs(v4.sin_port)};
    }
    check(address.sa_family == AF_INET6, "an endpoint is IPv4 or IPv6");
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &v6.sin6_addr, 16);
    return {IpAddress::v6(octets), ntohs(v6.sin6_port)};
}

unsigned Endpoint::to_sockaddr(sockaddr_storage& to) const {
    std::memset(&to, 0, sizeof to);
    if (ip.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, ip.octets().data(), 4);
        std::memcpy(&to, &v4, sizeof v4);
        return sizeof v4;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, ip.octets().data(), 16);
    std::memcpy(&to, &v6, sizeof v6);
    return sizeof v6;
}

std::string Endpoint::to_text() const {
    const std::string host = ip.to_text();
    return (ip.is_v4() ? host : "[" + host + "]") + ":" + std::to_string(port);
}

Prefix::Prefix(IpAddress base, unsigned mapped_bits) : bits_(mapped_bits) {
    check(mapped_bits <= 128, "a prefix has at most 128 bits");
    std::array<std::uint8_t, 16> octets = base.mapped();
    for (unsigned bit = mapped_bits; bit < 128; ++bit) {
        octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    base_ = IpAddress::v6(octets);
}

std::optional<Prefix> Prefix::from_text(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto base = IpAddress::from_text(text.substr(0, slash));
    if (!base) {
        return std::nullopt;
    }
    const unsigned width = base->is_v4() ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
        const auto given = parse_number<unsigned>(text.substr(slash + 1), width);
        if (!given) {
            return std::nullopt;
        }
        bits = *given;
    }
    return Prefix(*base, bits + 128 - width);
}

bool Prefix::contains(const IpAddress& address) const {
    const auto& a = address.mapped();
    const auto& b = base_.mapped();
    const unsigned whole = bits_ / 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin())) {
        return false;
    }
    const unsigned rest = bits_ % 8;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

IpAddress Prefix::last() const {
    std::array<std::uint8_t, 16> octets = base_.mapped();
    for (unsigned bit = bits_; bit < 128; ++bit) {
        octets[bit / 8] |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
    }
    return IpAddress::v6(octets);
}

std::string Prefix::to_text() const {
    const bool four = base_.is_v4() && bits_ >= 96;
    return base_.to_text() + "/" + std::to_string(four ? bits_ - 96 : bits_);
}

}  // namespace wend
