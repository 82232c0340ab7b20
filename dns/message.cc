#include "dns/message.h"

namespace wend::dns {

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
    return Rcode{static_cast<std::uint16_t>(upper << 4 | header().rcode)};
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
