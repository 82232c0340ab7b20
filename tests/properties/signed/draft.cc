#include "tests/properties/signed/draft.h"

#include <algorithm>

#include <fmt/format.h>

#include "dns/message_builder.h"

namespace wend::sim {

namespace {

using dns::Message;
using dns::NameView;
using dns::RRset;
using dns::RRsetBuilder;
using dns::Section;
using dns::Type;

constexpr std::size_t datagram_octets_max = 1232;
constexpr std::size_t stream_octets_max = 16'384;
constexpr std::array<Section, 3> all_sections = {Section::answer, Section::authority,
                                                 Section::additional};

struct Gathered {
    dns::Name owner;
    Type type;
    std::uint32_t ttl;
    RRsetBuilder builder;
};

std::vector<RRset> gather(std::span<const dns::RecordView> records) {
    std::vector<Gathered> sets;
    for (const dns::RecordView& record : records) {
        const bool is_signature = record.type == Type::rrsig;
        const Type type = is_signature ? Type{load_u16(record.rdata, 0)} : record.type;
        auto found = std::ranges::find_if(sets, [&](const Gathered& set) {
            return set.type == type && set.owner == record.owner;
        });
        if (found == sets.end()) {
            if (is_signature) {  // of nothing that stands here
                continue;
            }
            sets.push_back({record.owner, type, record.ttl, RRsetBuilder(record.owner, type)});
            found = sets.end() - 1;
        }
        is_signature ? found->builder.add_signature(record.rdata)
                     : found->builder.add(record.rdata);
    }
    std::vector<RRset> rrsets;
    for (const Gathered& set : sets) {
        rrsets.push_back(set.builder.finish(set.ttl));
    }
    return rrsets;
}

}  // namespace

Draft read_draft(Octets reply) {
    Draft draft;
    const auto message = Message::parse(reply);
    if (!message) {
        return draft;
    }
    draft.authoritative = message->header().aa;
    draft.truncated = message->header().tc;
    draft.rcode = message->rcode();
    for (std::size_t i = 0; i < all_sections.size(); ++i) {
        draft.sections[i] = gather(message->records(all_sections[i]));
    }
    return draft;
}

std::vector<std::uint8_t> write_draft(const Draft& draft, Octets query, bool over_udp) {
    const auto message = Message::parse(query);
    if (!message || !message->question()) {
        return {};
    }
    dns::Header header = message->header();
    header.qr = true;
    header.aa = draft.authoritative;
    const std::size_t octets_max = over_udp ? datagram_octets_max : stream_octets_max;
    std::vector<std::uint8_t> buffer(octets_max);
    dns::MessageBuilder builder(buffer, octets_max);
    dns::EdnsToSend edns;
    edns.dnssec_ok = true;
    builder.start(header, draft.rcode, &*message->question(),
                  message->edns() != nullptr ? &edns : nullptr);
    bool fits = !draft.truncated;
    for (std::size_t i = 0; i < all_sections.size() && fits; ++i) {
        for (const RRset& rrset : draft.sections[i]) {
            const bool added = builder.add(all_sections[i], rrset.packed(), rrset.ttl(), true);
            fits = fits && (added || all_sections[i] == Section::additional);
        }
    }
    if (!fits) {
        builder.set_truncated();
    }
    buffer.resize(builder.finish().size());
    return buffer;
}

std::string to_text(const Draft& draft) {
    std::string text = fmt::format("    {}{}{}\n", dns::to_text(draft.rcode),
                                   draft.authoritative ? " aa" : "", draft.truncated ? " tc" : "");
    for (const auto& section : draft.sections) {
        for (const RRset& rrset : section) {
            text += dns::to_text(rrset);
        }
        text += "    --\n";
    }
    return text;
}

RRset with_signatures(const RRset& rrset, const std::vector<Rdata>& signatures) {
    RRsetBuilder builder(rrset.owner(), rrset.type());
    for (const Octets rdata : rrset.rdatas()) {
        builder.add(rdata);
    }
    for (const Rdata& signature : signatures) {
        builder.add_signature(signature);
    }
    return builder.finish(rrset.ttl());
}

std::vector<Rdata> signatures_of(const RRset& rrset) {
    std::vector<Rdata> signatures;
    for (const Octets rdata : rrset.signatures()) {
        signatures.emplace_back(rdata.begin(), rdata.end());
    }
    return signatures;
}

dns::Name with_label(std::string_view label, NameView name) {
    const Octets octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size());
    return dns::Name(name).with_label(octets).value_or(name);
}

void append_u16(Rdata& to, std::size_t value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
}

RRset rrset_of(NameView owner, Type type, std::uint32_t ttl, Octets rdata) {
    RRsetBuilder builder(owner, type);
    builder.add(rdata);
    return builder.finish(ttl);
}

}  // namespace wend::sim
