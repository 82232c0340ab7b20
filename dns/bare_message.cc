#include "dns/bare_message.h"

#include <algorithm>
#include <utility>

#include "dns/message.h"

namespace wend::dns {
namespace {

constexpr std::size_t question_fields = 4;  // type, class
constexpr std::size_t opt_octets = 11;      // the root, type, class, TTL, RDLENGTH

// One question, no answer, no authority, at most one additional record.
bool has_bare_counts(Octets wire) {
    return load_u16(wire, 4) == 1 && load_u32(wire, 6) == 0 && load_u16(wire, 10) <= 1;
}

// What is left of the message is an OPT record.
bool read_opt(Octets rest, BareMessage& to) {
    if (rest.size() < opt_octets || rest[0] != 0 ||
        load_u16(rest, 1) != std::to_underlying(Type::opt) ||
        load_u16(rest, 9) != rest.size() - opt_octets) {
        return false;
    }
    to.has_opt = true;
    to.opt_class = load_u16(rest, 3);
    to.opt_ttl = load_u32(rest, 5);
    to.opt_rdata = rest.subspan(opt_octets);
    ++to.steps;
    return true;
}

bool read_into(Octets wire, BareMessage& message) {
    if (wire.size() < header_size || wire.size() > message_octets_max || !has_bare_counts(wire)) {
        return false;
    }
    const std::size_t end = std::min(wire.size(), header_size + name_octets_max);
    std::size_t at = header_size;
    std::size_t labels = 0;
    for (; at < end && wire[at] != 0; at += 1U + wire[at]) {
        if (wire[at] > label_octets_max) {
            return false;
        }
        ++labels;
    }
    if (at >= end || wire.size() - (at + 1) < question_fields) {
        return false;
    }
    ++at;
    message.steps = labels + 1;
    message.qname = NameView::trusted(wire.subspan(header_size, at - header_size));
    message.qtype = Type{load_u16(wire, at)};
    message.qclass = Class{load_u16(wire, at + 2)};
    const Octets rest = wire.subspan(at + question_fields);
    return load_u16(wire, 10) == 0 ? rest.empty() : read_opt(rest, message);
}

}  // namespace

std::optional<BareMessage> BareMessage::read(Octets wire) {
    std::optional<BareMessage> message(std::in_place);
    if (!read_into(wire, *message)) {
        message.reset();
    }
    return message;
}

}  // namespace wend::dns
