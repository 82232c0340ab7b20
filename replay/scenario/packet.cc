#include "replay/scenario/packet.h"

#include <algorithm>
#include <span>

#include "dns/name.h"

namespace wend::sim {

namespace {

constexpr std::size_t pointer_target_max = 0x3fff;
constexpr std::uint16_t deckard_payload_size = 4096;

class Writer {
  public:
    void u8(std::size_t value) { octets_.push_back(static_cast<std::uint8_t>(value)); }

    void u16(std::size_t value) {
        u8(value >> 8);
        u8(value & 0xff);
    }

    void u32(std::uint32_t value) {
        u16(value >> 16);
        u16(value & 0xffff);
    }

    void bytes(Octets octets) { octets_.insert(octets_.end(), octets.begin(), octets.end()); }

    // With a pointer to the longest suffix that was written before, letter case included.
    void name(dns::NameView name) {
        while (!name.is_root()) {
            const auto known = std::ranges::find_if(suffixes_, [&](const Suffix& suffix) {
                return dns::equal_with_case(suffix.name, name);
            });
            if (known != suffixes_.end()) {
                u16(0xc000U | known->at);
                return;
            }
            if (octets_.size() <= pointer_target_max) {
                suffixes_.push_back({.name = name, .at = octets_.size()});
            }
            u8(name.first_label().size());
            bytes(name.first_label());
            name = name.parent();
        }
        u8(0);
    }

    // False: it did not fit, and nothing was written.
    bool record(const dns::ZoneRecord& record) {
        const std::size_t before = octets_.size();
        const std::size_t suffixes = suffixes_.size();
        name(record.owner);
        u16(static_cast<std::uint16_t>(record.type));
        u16(static_cast<std::uint16_t>(record.rclass));
        u32(record.ttl);
        u16(record.rdata.size());
        bytes(record.rdata);
        if (octets_.size() <= dns::message_octets_max) {
            return true;
        }
        octets_.resize(before);
        suffixes_.resize(suffixes);
        return false;
    }

    void question(const dns::Question& question) {
        name(question.qname);
        u16(static_cast<std::uint16_t>(question.qtype));
        u16(static_cast<std::uint16_t>(question.qclass));
    }

    void opt(const Packet& packet) {
        u8(0);
        u16(static_cast<std::uint16_t>(dns::Type::opt));
        u16(packet.udp_payload_size);
        u8(static_cast<std::size_t>(packet.rcode) >> 4);
        u8(0);
        u16((packet.dnssec_ok ? 0x8000U : 0U) | (packet.compact_ok ? 0x4000U : 0U));
        u16(packet.edns_options.size());
        bytes(packet.edns_options);
    }

    std::vector<std::uint8_t> take() { return std::move(octets_); }

    MutableOctets octets() { return octets_; }

  private:
    struct Suffix {
        dns::NameView name;  // in the packet that is written
        std::size_t at;
    };

    std::vector<std::uint8_t> octets_;
    std::vector<Suffix> suffixes_;
};

// The question as the entry's ADJUST tokens and the profile want it.
void adjust_question(Packet& packet, const Entry& entry, const dns::Message& query,
                     Dialect dialect) {
    if (!query.question()) {
        return;
    }
    const dns::Question& asked = *query.question();
    if (entry.adjust.copy_query) {
        if (packet.questions.empty()) {
            packet.questions.emplace_back();
        }
        packet.questions.front() = asked;
        return;
    }
    if (packet.questions.empty()) {
        return;
    }
    dns::Question& written = packet.questions.front();
    if (written.qname == asked.qname || (dialect == Dialect::deckard && entry.adjust.copy_id)) {
        written.qname = asked.qname;
    }
}

void adjust_client_subnet(Packet& packet, const Adjust& adjust) {
    // An option is code (2), length (2), family (2), source (1), scope (1), address: RFC 7871 6.
    constexpr std::size_t source = 6;
    constexpr std::size_t scope = 7;
    std::vector<std::uint8_t>& options = packet.edns_options;
    if (options.size() <= scope) {
        return;
    }
    if (adjust.copy_client_subnet) {
        options[scope] = options[source];
    }
    if (adjust.increment_client_subnet) {
        ++options[scope];
    }
}

// Deckard's servers mirror the EDNS part of the query.
void mirror_edns(Packet& packet, const dns::Message& query) {
    const dns::Edns* edns = query.edns();
    packet.edns = edns != nullptr;
    if (edns != nullptr) {
        packet.dnssec_ok = edns->dnssec_ok;
    }
}

std::vector<std::uint8_t> canned_octets(std::vector<std::uint8_t> octets, const dns::Message& query,
                                        bool copy_id) {
    if (copy_id && octets.size() >= 2) {
        store_u16(octets, 0, query.header().id);
    }
    return octets;
}

}  // namespace

std::vector<std::uint8_t> encode(const Packet& packet) {
    Writer writer;
    writer.u16(packet.header.id);
    dns::Header header = packet.header;
    header.rcode = static_cast<std::uint8_t>(static_cast<unsigned>(packet.rcode) & 0xfU);
    writer.u16(header.flags());
    writer.u16(packet.questions.size());
    writer.u16(0);
    writer.u16(0);
    writer.u16(0);
    for (const dns::Question& question : packet.questions) {
        writer.question(question);
    }
    std::array<std::size_t, 3> counts{};
    for (std::size_t section = 0; section < counts.size(); ++section) {
        for (const dns::ZoneRecord& record : packet.sections[section]) {
            counts[section] += writer.record(record) ? 1U : 0U;
        }
    }
    if (packet.edns) {
        writer.opt(packet);
        ++counts[2];
    }
    for (std::size_t section = 0; section < counts.size(); ++section) {
        store_u16(writer.octets(), 6 + (2 * section), static_cast<std::uint16_t>(counts[section]));
    }
    return writer.take();
}

std::vector<std::uint8_t> canned_answer(const Entry& entry, std::size_t index,
                                        const dns::Message& query, Dialect dialect) {
    Packet packet = entry.packets[index];
    const bool deckard = dialect == Dialect::deckard;
    if (packet.octets) {
        return canned_octets(std::move(*packet.octets), query, !deckard || entry.adjust.raw_id);
    }
    packet.header.id = query.header().id;
    adjust_question(packet, entry, query, dialect);
    adjust_client_subnet(packet, entry.adjust);
    if (deckard) {
        mirror_edns(packet, query);
    }
    return encode(packet);
}

std::vector<std::uint8_t> client_query(const Entry& entry, std::uint16_t id, Dialect dialect) {
    Packet packet = entry.first();
    if (packet.octets) {
        return std::move(*packet.octets);
    }
    packet.header.id = id;
    if (dialect == Dialect::deckard) {
        packet.edns = true;
        packet.udp_payload_size = deckard_payload_size;
    }
    return encode(packet);
}

}  // namespace wend::sim
