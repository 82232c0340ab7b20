#include "tests/live/transport_world.h"

namespace wend::live {

Bytes reply_to(Octets query) {
    std::array<std::uint8_t, 512> reply{};
    const auto name = dns::NameView::read(query.subspan(dns::header_size));
    const std::size_t size = dns::header_size + name->size() + 4;
    std::ranges::copy(query.first(size), reply.begin());
    reply[2] |= 0x80;
    store_u16(reply, 10, 0);
    return bytes_of(Octets(reply).first(size));
}

Bytes framed(const Bytes& message) {
    Bytes out;
    out.reserve(2 + message.size());
    out.push_back(static_cast<std::uint8_t>(message.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(message.size()));
    for (const std::uint8_t octet : message) {
        out.push_back(octet);
    }
    return out;
}

}  // namespace wend::live
