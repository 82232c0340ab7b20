#include "sim/forgery.h"

#include <array>

#include "base/check.h"
#include "dns/message.h"
#include "dns/message_builder.h"
#include "dns/rrset.h"

namespace wend::sim {

namespace {

constexpr std::array<std::uint8_t, 4> address = {203, 0, 113, 66};
constexpr std::uint32_t day = 86'400;
constexpr std::size_t octets_max = 512;

}  // namespace

IpAddress forged_address() {
    return IpAddress::v4(address);
}

std::vector<std::uint8_t> forge_response(Octets query) {
    const auto message = dns::Message::parse(query);
    if (!message || !message->question()) {
        return {};
    }
    const dns::Question& question = *message->question();
    const bool has_answer = question.qtype == dns::Type::a;
    dns::Header header = message->header();
    header.qr = true;
    header.aa = true;
    std::array<std::uint8_t, octets_max> buffer{};
    dns::MessageBuilder builder(buffer, buffer.size());
    builder.start(header, has_answer ? dns::Rcode::noerror : dns::Rcode::nxdomain, &question);
    if (has_answer) {
        dns::RRsetBuilder answer(question.qname, dns::Type::a);
        answer.add(address);
        const dns::RRset rrset = answer.finish(day);
        check(builder.add(dns::Section::answer, rrset.packed(), day, false),
              "one address fits into 512 octets");
    }
    const Octets octets = builder.finish();
    return {octets.begin(), octets.end()};
}

}  // namespace wend::sim
