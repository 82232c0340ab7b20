#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/octets.h"
#include "dns/rdata.h"
#include "dns/zone_file.h"
#include "replay/compare.h"

namespace wend::sim {

namespace {

using Difference = std::optional<std::string>;

// A record in a form in which equal records are equal: names in lower case.
struct ComparedRecord {
    std::vector<std::uint8_t> key;  // owner, class, type, canonical rdata
    dns::Type type{};
    std::uint32_t ttl = 0;
    std::string text;
};

ComparedRecord compared(dns::NameView owner, dns::Class rclass, dns::Type type, std::uint32_t ttl,
                        Octets rdata) {
    ComparedRecord record{.key = {}, .type = type, .ttl = ttl, .text = {}};
    const dns::Name lower = dns::Name(owner).lower_case();
    record.key.assign(lower.wire().begin(), lower.wire().end());
    const std::size_t at = record.key.size();
    record.key.resize(at + 4);
    store_u16(record.key, at, static_cast<std::uint16_t>(rclass));
    store_u16(record.key, at + 2, static_cast<std::uint16_t>(type));
    if (dns::is_valid_rdata(type, rdata)) {
        dns::append_canonical_rdata(type, rdata, record.key);
        record.text = dns::record_to_text(owner, ttl, rclass, type, rdata);
    } else {
        record.key.insert(record.key.end(), rdata.begin(), rdata.end());
        record.text = fmt::format("{} {} of {} octets", dns::to_text(owner), dns::to_text(type),
                                  rdata.size());
    }
    return record;
}

std::vector<ComparedRecord> expected_records(const Packet& packet, dns::Section section) {
    std::vector<ComparedRecord> records;
    for (const dns::ZoneRecord& record : packet.records(section)) {
        records.push_back(
            compared(record.owner, record.rclass, record.type, record.ttl, record.rdata));
    }
    return records;
}

std::vector<ComparedRecord> got_records(const dns::Message& message, dns::Section section) {
    std::vector<ComparedRecord> records;
    for (const dns::RecordView& record : message.records(section)) {
        records.push_back(
            compared(record.owner, record.rclass, record.type, record.ttl, record.rdata));
    }
    return records;
}

const ComparedRecord* find(const std::vector<ComparedRecord>& records,
                           const ComparedRecord& wanted) {
    const auto found = std::ranges::find(records, wanted.key, &ComparedRecord::key);
    return found == records.end() ? nullptr : &*found;
}

std::string join(const std::vector<std::string>& texts) {
    return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, "; "));
}

Difference answer_difference(const Packet& packet, const dns::Message& message, bool with_ttl) {
    const auto expected = expected_records(packet, dns::Section::answer);
    const auto got = got_records(message, dns::Section::answer);
    std::vector<std::string> missing;
    std::vector<std::string> unexpected;
    for (const ComparedRecord& record : expected) {
        const ComparedRecord* same = find(got, record);
        if (same == nullptr) {
            missing.push_back(record.text);
        } else if (with_ttl && same->ttl != record.ttl) {
            missing.push_back(record.text);
            unexpected.push_back(same->text);
        }
    }
    for (const ComparedRecord& record : got) {
        if (find(expected, record) == nullptr) {
            unexpected.push_back(record.text);
        }
    }
    if (missing.empty() && unexpected.empty()) {
        return std::nullopt;
    }
    return fmt::format("expected in ANSWER {}, got {}", join(missing), join(unexpected));
}

dns::Type covered_type(const dns::ZoneRecord& record) {
    return record.type == dns::Type::rrsig && record.rdata.size() >= 2
               ? static_cast<dns::Type>(load_u16(record.rdata, 0))
               : record.type;
}

bool is_denial(dns::Type type) {
    return type == dns::Type::nsec || type == dns::Type::nsec3;
}

// Nothing was found: an empty answer, an alias to nothing, or no such name.
bool is_negative(const Packet& packet) {
    if (packet.rcode == dns::Rcode::nxdomain) {
        return true;
    }
    const auto& answer = packet.records(dns::Section::answer);
    const auto last = std::ranges::find_if(answer.rbegin(), answer.rend(), [](const auto& record) {
        return record.type != dns::Type::rrsig;
    });
    if (last == answer.rend()) {
        return true;
    }
    const bool asked_for_it =
        !packet.questions.empty() && (packet.questions.front().qtype == dns::Type::cname ||
                                      packet.questions.front().qtype == dns::Type::any);
    return last->type == dns::Type::cname && !asked_for_it;
}

// Must this record of the expected authority section be there?
bool is_required(const dns::ZoneRecord& record, bool negative, bool dnssec_ok) {
    const dns::Type type = covered_type(record);
    if (is_denial(type)) {
        return dnssec_ok;
    }
    if (type != dns::Type::soa || !negative) {
        return false;
    }
    return dnssec_ok || record.type == dns::Type::soa;
}

Difference authority_difference(const Packet& packet, const Observed& got, bool with_ttl) {
    const auto records = got_records(got.message, dns::Section::authority);
    const bool negative = is_negative(packet);
    std::vector<std::string> missing;
    std::vector<std::string> unexpected;
    for (const dns::ZoneRecord& written : packet.records(dns::Section::authority)) {
        if (!is_required(written, negative, got.query_dnssec_ok)) {
            continue;
        }
        const ComparedRecord record =
            compared(written.owner, written.rclass, written.type, written.ttl, written.rdata);
        const ComparedRecord* same = find(records, record);
        if (same == nullptr) {
            missing.push_back(record.text);
        } else if (with_ttl && record.type == dns::Type::soa && same->ttl != record.ttl) {
            missing.push_back(record.text);
            unexpected.push_back(same->text);
        }
    }
    if (missing.empty()) {
        return std::nullopt;
    }
    if (unexpected.empty()) {
        for (const ComparedRecord& record : records) {
            unexpected.push_back(record.text);
        }
    }
    return fmt::format("expected in AUTHORITY {}, got {}", join(missing), join(unexpected));
}

}  // namespace

Difference sections_difference(const Packet& expected, const Observed& got,
                               const SectionsToCompare& which) {
    if (which.answer) {
        if (auto found = answer_difference(expected, got.message, which.ttl)) {
            return found;
        }
    }
    return which.authority ? authority_difference(expected, got, which.ttl) : std::nullopt;
}

}  // namespace wend::sim
