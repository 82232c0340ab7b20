#include "replay/trace.h"

#include <fmt/format.h>

#include "dns/message.h"
#include "dns/zone_file.h"

namespace wend::sim {

namespace {

std::string question_text(const dns::Message& message) {
    if (!message.question()) {
        return "no question";
    }
    const dns::Question& question = *message.question();
    return fmt::format("{} {} {}", dns::to_text(question.qname), dns::to_text(question.qclass),
                       dns::to_text(question.qtype));
}

std::string flags_text(const dns::Header& header) {
    std::string text;
    const auto add = [&](bool set, std::string_view name) {
        if (set) {
            text.append(" ").append(name);
        }
    };
    add(header.aa, "aa");
    add(header.tc, "tc");
    add(header.rd, "rd");
    add(header.ra, "ra");
    add(header.ad, "ad");
    add(header.cd, "cd");
    return text;
}

void add_records(std::string& text, const dns::Message& message, dns::Section section,
                 std::string_view name) {
    for (const dns::RecordView& record : message.records(section)) {
        text.append("\n    ").append(name).append(" ");
        text.append(dns::record_to_text(record.owner, record.ttl, record.rclass, record.type,
                                        record.rdata));
    }
}

}  // namespace

std::string summary(Octets octets) {
    const auto message = dns::Message::parse(octets);
    if (!message) {
        return fmt::format("{} octets, {}", octets.size(), dns::describe(message.error()));
    }
    const dns::Header& header = message->header();
    std::string text = question_text(*message);
    if (header.qr) {
        text.append(" ").append(dns::to_text(message->rcode()));
    }
    text.append(flags_text(header));
    add_records(text, *message, dns::Section::answer, "answer");
    add_records(text, *message, dns::Section::authority, "authority");
    add_records(text, *message, dns::Section::additional, "additional");
    return text;
}

void ReplayTrace::on_packet(const TraceEntry& entry, Octets message) {
    if (!listens()) {
        return;
    }
    std::string text = to_text(entry);
    if (!message.empty()) {
        text.append(" ").append(summary(message));
    }
    write_(text);
}

void ReplayTrace::say(Instant now, std::string_view text) {
    if (listens()) {
        const auto micros = now.time_since_epoch().count();
        write_(fmt::format("{}.{:06} {}", micros / 1'000'000, micros % 1'000'000, text));
    }
}

}  // namespace wend::sim
