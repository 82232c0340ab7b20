// Packets written octet by octet, for tests of what reads them.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dns {

using Bytes = std::vector<std::uint8_t>;

inline Bytes to_bytes(Octets octets) {
    return {octets.begin(), octets.end()};
}

class Packet {
  public:
    Packet& u8(unsigned value) {
        octets_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }

    Packet& u16(unsigned value) { return u8(value >> 8 & 0xff).u8(value & 0xff); }

    Packet& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }

    Packet& raw(Octets octets) {
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        return *this;
    }

    Packet& raw(std::initializer_list<std::uint8_t> octets) {
        octets_.insert(octets_.end(), octets);
        return *this;
    }

    Packet& name(std::string_view text) { return raw(name_of(text).wire()); }

    Packet& pointer(std::size_t target) { return u16(0xc000U | static_cast<unsigned>(target)); }

    // Id 0x1234; a response with RD and RA.
    Packet& header(unsigned questions, unsigned answers = 0, unsigned authorities = 0,
                   unsigned additionals = 0, unsigned flags = 0x8180) {
        return u16(0x1234).u16(flags).u16(questions).u16(answers).u16(authorities).u16(additionals);
    }

    Packet& question(std::string_view name_text, Type type, Class qclass = Class::in) {
        return name(name_text).u16(std::to_underlying(type)).u16(std::to_underlying(qclass));
    }

    // What follows the owner: type, class, a TTL of 300, the length of the rdata, the rdata.
    Packet& data(Type type, const Bytes& rdata, Class rclass = Class::in, std::uint32_t ttl = 300) {
        return fixed(type, rdata.size(), rclass, ttl).raw(rdata);
    }

    Packet& fixed(Type type, std::size_t length, Class rclass = Class::in,
                  std::uint32_t ttl = 300) {
        return u16(std::to_underlying(type))
            .u16(std::to_underlying(rclass))
            .u32(ttl)
            .u16(static_cast<unsigned>(length));
    }

    Packet& opt(const Bytes& options, std::uint32_t ttl = 0, unsigned payload_size = 1232) {
        return u8(0).data(Type::opt, options, Class{static_cast<std::uint16_t>(payload_size)}, ttl);
    }

    std::size_t size() const { return octets_.size(); }

    const Bytes& octets() const { return octets_; }

    Octets first(std::size_t count) const { return Octets(octets_).first(count); }

    // NOLINTNEXTLINE(google-explicit-constructor): a packet is its octets
    operator Octets() const { return octets_; }

  private:
    Bytes octets_;
};

}  // namespace wend::dns
