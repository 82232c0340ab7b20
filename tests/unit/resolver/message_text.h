// Messages of tests, from text: a header, a question and records a line each.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dns/message.h"
#include "dns/message_builder.h"
#include "dns/zone_file.h"

namespace wend::test {

struct MessageText {
    std::string_view qname = ".";
    dns::Type qtype = dns::Type::a;
    std::string_view answer{};  // "www.example. 300 A 192.0.2.1", a line each
    std::string_view authority{};
    std::string_view additional{};
    dns::Rcode rcode = dns::Rcode::noerror;
    bool aa = true;
    bool ra = false;
    bool tc = false;
};

inline dns::Question question_of(std::string_view name, dns::Type type = dns::Type::a) {
    return dns::Question{.qname = dns::name_of(name), .qtype = type};
}

inline std::vector<std::uint8_t> octets_of(const MessageText& text) {
    std::vector<std::uint8_t> buffer(65535);
    dns::MessageBuilder builder(buffer, buffer.size());
    const dns::Header header{.qr = true, .aa = text.aa, .tc = text.tc, .ra = text.ra};
    const dns::Question question = question_of(text.qname, text.qtype);
    const dns::EdnsToSend edns{.udp_payload_size = 1232, .dnssec_ok = true};
    builder.start(header, text.rcode, &question, &edns);
    const std::array sections = {text.answer, text.authority, text.additional};
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const auto records = dns::parse_zone_file(sections[i], {.origin = {}, .default_ttl = 300});
        check(records.has_value(), "the records of a test are records");
        for (const dns::ZoneRecord& record : *records) {
            const dns::RecordView view{.owner = record.owner,
                                       .type = record.type,
                                       .rclass = record.rclass,
                                       .ttl = record.ttl,
                                       .rdata = record.rdata};
            check(builder.add_record(static_cast<dns::Section>(i), view), "a test's message fits");
        }
    }
    const Octets octets = builder.finish();
    return {octets.begin(), octets.end()};
}

inline dns::Message message_of(const MessageText& text) {
    auto message = dns::Message::parse(octets_of(text));
    check(message.has_value(), "a test's message is well formed");
    return std::move(*message);
}

}  // namespace wend::test
