// The data of a rule (Action::records): for each record u16 type, u32 TTL in seconds, u16 length of
// the rdata, rdata; numbers in network order, one record after the other, their owner the rule's.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/octets.h"
#include "dns/types.h"

namespace wend::policy {

struct RuleRecord {
    dns::Type type{};
    std::uint32_t ttl = 0;  // seconds
    Octets rdata{};         // uncompressed
};

inline void append_record(std::vector<std::uint8_t>& to, const RuleRecord& record) {
    const std::size_t at = to.size();
    to.resize(at + 8);
    store_u16(to, at, static_cast<std::uint16_t>(record.type));
    store_u32(to, at + 2, record.ttl);
    store_u16(to, at + 6, static_cast<std::uint16_t>(record.rdata.size()));
    to.insert(to.end(), record.rdata.begin(), record.rdata.end());
}

// Takes the first record off `records`; nothing where none is left, or where the octets are no such
// form.
inline std::optional<RuleRecord> take_record(Octets& records) {
    if (records.size() < 8 || records.size() - 8 < load_u16(records, 6)) {
        return std::nullopt;
    }
    const std::size_t size = load_u16(records, 6);
    const RuleRecord record{dns::Type{load_u16(records, 0)}, load_u32(records, 2),
                            records.subspan(8, size)};
    records = records.subspan(8 + size);
    return record;
}

}  // namespace wend::policy
