// RRsets for the tests of this room.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "dns/message.h"
#include "dns/rrset.h"

namespace wend {

inline dns::RRset addresses_of(std::string_view owner, std::size_t count, std::uint32_t ttl = 300) {
    dns::RRsetBuilder builder(dns::name_of(owner), dns::Type::a);
    for (std::size_t i = 0; i < count; ++i) {
        builder.add(std::vector<std::uint8_t>{192, 0, static_cast<std::uint8_t>(i >> 8),
                                              static_cast<std::uint8_t>(i)});
    }
    return builder.finish(ttl);
}

inline dns::RRset alias_of(std::string_view owner, std::string_view target,
                           std::uint32_t ttl = 300) {
    dns::RRsetBuilder builder(dns::name_of(owner), dns::Type::cname);
    builder.add(dns::name_of(target).wire());
    return builder.finish(ttl);
}

inline dns::RRset soa_of(std::string_view apex, std::uint32_t ttl) {
    std::vector<std::uint8_t> rdata = {0, 0};  // both names are the root
    rdata.resize(rdata.size() + 20);
    dns::RRsetBuilder builder(dns::name_of(apex), dns::Type::soa);
    builder.add(rdata);
    return builder.finish(ttl);
}

// An NSEC with a signature of `size` octets: only its bulk matters here.
inline dns::RRset proof_of(std::string_view owner, std::size_t size) {
    dns::RRsetBuilder builder(dns::name_of(owner), dns::Type::nsec);
    builder.add(std::vector<std::uint8_t>{0, 0, 1, 0x40});
    builder.add_signature(std::vector<std::uint8_t>(size));
    return builder.finish(300);
}

inline dns::Message parsed(Octets message) {
    auto result = dns::Message::parse(message);
    return result ? std::move(*result) : dns::Message();
}

}  // namespace wend
