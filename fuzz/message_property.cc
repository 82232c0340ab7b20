#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "dns/bare_message.h"
#include "dns/message_builder.h"
#include "fuzz/properties.h"

namespace wend::fuzz {
namespace {

using namespace wend::dns;

constexpr std::array sections = {Section::answer, Section::authority, Section::additional};

// False if it does not fit: names in rdata of later types grow when they are written plainly.
bool write_records(MessageBuilder& builder, const Message& message) {
    for (const Section section : sections) {
        for (const RecordView& record : message.records(section)) {
            if (!builder.add_record(section, record)) {
                return false;
            }
        }
    }
    return true;
}

bool same_record(const RecordView& a, const RecordView& b) {
    return a.owner == b.owner && a.type == b.type && a.rclass == b.rclass && a.ttl == b.ttl &&
           std::ranges::equal(a.rdata, b.rdata);
}

bool same_edns(const Edns& a, const Edns& b) {
    return a.version == b.version && a.extended_rcode == b.extended_rcode &&
           a.dnssec_ok == b.dnssec_ok && a.udp_payload_size == b.udp_payload_size &&
           std::ranges::equal(a.options, b.options, [](const EdnsOption& x, const EdnsOption& y) {
               return x.code == y.code && std::ranges::equal(x.data, y.data);
           });
}

std::string difference(const Message& a, const Message& b) {
    if (a.header().id != b.header().id || a.header().flags() != b.header().flags()) {
        return "the header differs";
    }
    if (a.question() != b.question() ||
        (a.question() && !equal_with_case(a.question()->qname, b.question()->qname))) {
        return "the question differs";
    }
    for (const Section section : sections) {
        if (!std::ranges::equal(a.records(section), b.records(section), same_record)) {
            return "the records differ";
        }
    }
    const bool both = a.edns() != nullptr && b.edns() != nullptr;
    if (both ? !same_edns(*a.edns(), *b.edns()) : a.edns() != b.edns()) {
        return "EDNS differs";
    }
    return {};
}

std::string complaint_about_rebuilding(const Message& message) {
    EdnsToSend edns;
    if (message.edns() != nullptr) {
        const Edns& received = *message.edns();
        edns = {.udp_payload_size = received.udp_payload_size,
                .dnssec_ok = received.dnssec_ok,
                .version = received.version,
                .options = received.options};
    }
    std::array<std::uint8_t, 65535> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    MessageBuilder builder(buffer, buffer.size());
    builder.start(message.header(), message.rcode(),
                  message.question() ? &*message.question() : nullptr,
                  message.edns() != nullptr ? &edns : nullptr);
    if (!write_records(builder, message)) {
        return {};
    }
    const Octets wire = builder.finish();
    const auto again = Message::parse(wire);
    if (!again) {
        // What is better compressed has more steps for each octet.
        return again.error() == FormError::too_much_work
                   ? std::string()
                   : fmt::format("built again: {}", describe(again.error()));
    }
    return difference(message, *again);
}

// A bare message says the same when its OPT record's owner is a pointer to the root at the end of
// the question's name, which is not read at one go.
std::string complaint_about_bare(Octets wire, const Message& message) {
    const auto bare = BareMessage::read(wire);
    if (!bare || !bare->has_opt || wire.size() == message_octets_max) {
        return {};
    }
    const std::size_t root = header_size + bare->qname.size() - 1;
    const std::size_t opt = root + 1 + 4;
    std::vector<std::uint8_t> other(wire.begin(), wire.end());
    other.insert(other.begin() + static_cast<std::ptrdiff_t>(opt), 0);
    store_u16(other, opt, static_cast<std::uint16_t>(0xc000U | root));
    const auto again = Message::parse(other);
    return again ? difference(message, *again)
                 : fmt::format("by parts: {}", describe(again.error()));
}

}  // namespace

std::string complaint_about_message(Octets wire) {
    Message message;
    const auto done = message.assign(wire);
    if (message.steps() > Message::steps_max(wire.size())) {
        return "more steps than allowed";
    }
    if (!done) {
        return {};
    }
    const std::string complaint = complaint_about_bare(wire, message);
    return complaint.empty() ? complaint_about_rebuilding(message) : complaint;
}

}  // namespace wend::fuzz
