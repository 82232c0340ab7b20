#include "dns/message.h"

#include <utility>

namespace wend::dns {

Header Header::read(Octets message) {
    const unsigned flags = load_u16(message, 2);
    Header header;
    header.id = load_u16(message, 0);
    header.qr = (flags & 0x8000U) != 0;
    header.opcode = Opcode{static_cast<std::uint8_t>(flags >> 11 & 0xfU)};
    header.aa = (flags & 0x0400U) != 0;
    header.tc = (flags & 0x0200U) != 0;
    header.rd = (flags & 0x0100U) != 0;
    header.ra = (flags & 0x0080U) != 0;
    header.ad = (flags & 0x0020U) != 0;
    header.cd = (flags & 0x0010U) != 0;
    header.rcode = static_cast<std::uint8_t>(flags & 0xfU);
    return header;
}

std::uint16_t Header::flags() const {
    unsigned flags = (std::to_underlying(opcode) & 0xfU) << 11 | (rcode & 0xfU);
    flags |= qr ? 0x8000U : 0;
    flags |= aa ? 0x0400U : 0;
    flags |= tc ? 0x0200U : 0;
    flags |= rd ? 0x0100U : 0;
    flags |= ra ? 0x0080U : 0;
    flags |= ad ? 0x0020U : 0;
    flags |= cd ? 0x0010U : 0;
    return static_cast<std::uint16_t>(flags);
}

void Message::clear() {
    question_.reset();
    storage_.clear();
    entries_.clear();
    records_.clear();
    authority_at_ = 0;
    additional_at_ = 0;
    has_edns_ = false;
    edns_.options.clear();
}

std::expected<Message, FormError> Message::parse(Octets wire) {
    Message message;
    if (const auto done = message.assign(wire); !done) {
        return std::unexpected(done.error());
    }
    return message;
}

Rcode Message::rcode() const {
    const unsigned upper = has_edns_ ? edns_.extended_rcode : 0;
    return Rcode{static_cast<std::uint16_t>(upper << 4 | header_.rcode)};
}

std::span<const RecordView> Message::records(Section section) const {
    const std::span<const RecordView> all = records_;
    switch (section) {
        case Section::answer:
            return all.first(authority_at_);
        case Section::authority:
            return all.subspan(authority_at_, additional_at_ - authority_at_);
        case Section::additional:
            return all.subspan(additional_at_);
    }
    return {};
}

}  // namespace wend::dns
