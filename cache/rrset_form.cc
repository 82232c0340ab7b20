#include "cache/rrset_form.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace wend::cache {
namespace {

// Octets of each rdata where all are alike; 0 where they are not.
std::size_t fixed_size(dns::Type type) {
    switch (type) {
        case dns::Type::a:
            return 4;
        case dns::Type::aaaa:
            return 16;
        default:
            return 0;
    }
}

struct Measure {
    std::size_t sum = 0;
    std::size_t shortest = 0xffff;
    std::size_t longest = 0;
};

Measure measure(const dns::PackedRRset& rrset) {
    Measure found;
    for (const dns::RdataRange& range : {rrset.rdatas(), rrset.signatures()}) {
        for (const Octets rdata : range) {
            found.sum += rdata.size();
            found.shortest = std::min(found.shortest, rdata.size());
            found.longest = std::max(found.longest, rdata.size());
        }
    }
    return found;
}

std::uint8_t* put(std::uint8_t* to, Octets octets) {
    return std::ranges::copy(octets, to).out;
}

std::uint8_t* put_host_u16(std::uint8_t* to, std::size_t value) {
    const auto narrow = static_cast<std::uint16_t>(value);
    std::memcpy(to, &narrow, sizeof narrow);
    return to + sizeof narrow;
}

std::uint8_t* put_header(std::uint8_t* to, const Entry& entry, std::size_t signatures) {
    const Header header = entry.header();
    to = put_host_u16(to, header.type);
    to = put_host_u16(to, header.count);
    to = put_host_u16(to, signatures);
    return put(to, entry.owner().wire());
}

template <std::size_t size>
std::size_t unpack_fixed(const Entry& entry, MutableOctets to) {
    const std::size_t count = entry.header().count;
    const std::size_t total = dns::packed_header + entry.owner().size() + count * (2 + size);
    if (total > to.size()) {
        return 0;
    }
    std::uint8_t* at = put_header(to.data(), entry, 0);
    const std::uint8_t* from = entry.body().data();
    for (std::size_t i = 0; i < count; ++i) {
        at = put_host_u16(at, size);
        std::memcpy(at, from, size);
        at += size;
        from += size;
    }
    return total;
}

template <bool is_long>
std::size_t unpack_with_lengths(const Entry& entry, MutableOctets to) {
    Octets left = entry.body();
    const std::size_t signatures = left[0];
    std::size_t total = dns::packed_header + entry.owner().size();
    if (total > to.size()) {
        return 0;
    }
    std::uint8_t* at = put_header(to.data(), entry, signatures);
    left = left.subspan(1);
    for (std::size_t i = entry.header().count + signatures; i > 0; --i) {
        const std::size_t size = is_long ? load_host<std::uint16_t>(left.data()) : left[0];
        left = left.subspan(is_long ? 2 : 1);
        total += 2 + size;
        if (total > to.size()) {
            return 0;
        }
        at = put_host_u16(at, size);
        at = put(at, left.first(size));
        left = left.subspan(size);
    }
    return total;
}

}  // namespace

std::optional<Packing> packing_of(const dns::PackedRRset& rrset) {
    const std::size_t count = rrset.rdatas().size();
    const std::size_t signatures = rrset.signatures().size();
    if (count == 0 || count > records_max || signatures > records_max) {
        return std::nullopt;
    }
    const Measure measured = measure(rrset);
    Packing packing;
    packing.count = static_cast<std::uint8_t>(count);
    packing.signatures = static_cast<std::uint8_t>(signatures);
    const std::size_t fixed = fixed_size(rrset.type());
    if (fixed != 0 && signatures == 0 && measured.shortest == fixed && measured.longest == fixed) {
        packing.form = Form::fixed;
        packing.size = measured.sum;
        return packing;
    }
    packing.form = measured.longest > 0xff ? Form::long_lengths : Form::short_lengths;
    const std::size_t length_size = packing.form == Form::long_lengths ? 2 : 1;
    packing.size = 1 + measured.sum + (count + signatures) * length_size;
    return packing;
}

void pack_rrset(const dns::PackedRRset& rrset, const Packing& packing, MutableOctets body) {
    std::uint8_t* at = body.data();
    if (packing.form != Form::fixed) {
        *at++ = packing.signatures;
    }
    for (const dns::RdataRange& range : {rrset.rdatas(), rrset.signatures()}) {
        for (const Octets rdata : range) {
            if (packing.form == Form::short_lengths) {
                *at++ = static_cast<std::uint8_t>(rdata.size());
            } else if (packing.form == Form::long_lengths) {
                at = put_host_u16(at, rdata.size());
            }
            at = put(at, rdata);
        }
    }
}

std::size_t unpack_rrset(Entry entry, MutableOctets to) {
    switch (static_cast<Form>(entry.header().form)) {
        case Form::fixed:
            return entry.type() == dns::Type::a ? unpack_fixed<4>(entry, to)
                                                : unpack_fixed<16>(entry, to);
        case Form::short_lengths:
            return unpack_with_lengths<false>(entry, to);
        case Form::long_lengths:
            return unpack_with_lengths<true>(entry, to);
    }
    return 0;
}

}  // namespace wend::cache
