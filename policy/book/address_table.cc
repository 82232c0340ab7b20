#include "policy/book/address_table.h"

#include <cstring>

namespace wend::policy::book {
namespace {

constexpr std::size_t address_octets = 16;

}  // namespace

std::optional<AddressTable> AddressTable::of(Octets file, const AddressSections& sections) {
    const auto lies_inside = [file](const Section& section) {
        return section.at <= file.size() && section.size <= file.size() - section.at;
    };
    if (!lies_inside(sections.starts) || !lies_inside(sections.sets) ||
        sections.starts.size / address_octets != sections.sets.size / 4) {
        return std::nullopt;
    }
    AddressTable table;
    table.starts_ = file.subspan(sections.starts.at, sections.starts.size);
    table.sets_ = file.subspan(sections.sets.at, sections.sets.size);
    table.count_ = sections.sets.size / 4;
    return table;
}

std::optional<std::uint32_t> AddressTable::find(const IpAddress& address) const {
    std::size_t from = 0;
    std::size_t to = count_;
    while (from < to) {  // ends: the half in between gets smaller
        const std::size_t middle = from + (to - from) / 2;
        const bool is_behind = std::memcmp(starts_.data() + address_octets * middle,
                                           address.mapped().data(), address_octets) > 0;
        to = is_behind ? middle : to;
        from = is_behind ? from : middle + 1;
    }
    if (from == 0) {
        return std::nullopt;
    }
    return load_host<std::uint32_t>(sets_.data() + 4 * (from - 1));
}

}  // namespace wend::policy::book
