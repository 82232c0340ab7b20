#include "resolver/message_rrset.h"

#include <algorithm>

namespace wend {

namespace {

// The RRSIGs that cover the RRset; the least TTL of them and `ttl`.
std::uint32_t add_signatures(const dns::Message& message, dns::Section section, dns::NameView owner,
                             dns::Type type, std::uint32_t ttl, dns::RRsetBuilder& builder) {
    for (const dns::RecordView& record : message.records(section)) {
        const bool covers = record.type == dns::Type::rrsig && type != dns::Type::rrsig &&
                            load_u16(record.rdata, 0) == static_cast<std::uint16_t>(type) &&
                            record.owner == owner;
        if (covers && builder.signatures() < signatures_kept_max) {
            builder.add_signature(record.rdata);
            ttl = std::min(ttl, record.ttl);
        }
    }
    return ttl;
}

}  // namespace

dns::RRset rrset_in(const dns::Message& message, dns::Section section, dns::NameView owner,
                    dns::Type type) {
    dns::RRsetBuilder builder(owner, type);
    std::uint32_t ttl = UINT32_MAX;
    for (const dns::RecordView& record : message.records(section)) {
        if (record.type == type && record.owner == owner) {
            builder.add(record.rdata);
            ttl = std::min(ttl, record.ttl);
        }
    }
    if (builder.empty()) {
        return {};
    }
    // A signature says itself what it signs: one that a server put elsewhere is as good.
    using enum dns::Section;
    for (const dns::Section place : {answer, authority, additional}) {
        ttl = add_signatures(message, place, owner, type, ttl, builder);
    }
    return builder.finish(ttl);
}

}  // namespace wend
