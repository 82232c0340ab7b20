// RRsets and instants for the tests of the cache, in few words.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "cache/cache.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::cache::make {

using Rdata = std::vector<std::uint8_t>;

inline Instant at(std::int64_t seconds) {
    return Instant(std::chrono::seconds(seconds));
}

inline dns::RRset rrset(std::string_view owner, dns::Type type, std::uint32_t ttl,
                        std::initializer_list<Rdata> rdatas,
                        dns::Security security = dns::Security::unchecked,
                        std::initializer_list<Rdata> signatures = {}) {
    dns::RRsetBuilder builder(dns::name_of(owner), type);
    for (const Rdata& rdata : rdatas) {
        builder.add(rdata);
    }
    for (const Rdata& signature : signatures) {
        builder.add_signature(signature);
    }
    return builder.finish(ttl, security);
}

inline dns::RRset a(std::string_view owner, std::uint32_t ttl, std::uint8_t last = 1,
                    dns::Security security = dns::Security::unchecked) {
    return rrset(owner, dns::Type::a, ttl, {{192, 0, 2, last}}, security);
}

// The rdata of a name: NS, CNAME, PTR.
inline Rdata name_rdata(std::string_view name) {
    const dns::Name target = dns::name_of(name);
    return {target.wire().begin(), target.wire().end()};
}

inline dns::RRset ns(std::string_view owner, std::uint32_t ttl, std::string_view server) {
    return rrset(owner, dns::Type::ns, ttl, {name_rdata(server)});
}

// MNAME and RNAME are the root's.
inline dns::RRset soa(std::string_view owner, std::uint32_t ttl, std::uint8_t minimum,
                      dns::Security security = dns::Security::unchecked) {
    Rdata rdata(22, 0);
    rdata.back() = minimum;
    return rrset(owner, dns::Type::soa, ttl, {rdata}, security);
}

inline Options small_cache() {
    Options options;
    options.bytes_max = std::size_t{4} << 20;
    options.key = {1, 2};
    return options;
}

inline Denial denial(std::string_view name, dns::Rcode rcode, const dns::RRset& soa) {
    Denial denial;
    denial.rcode = rcode;
    denial.name = dns::name_of(name);
    denial.soa = soa;
    return denial;
}

}  // namespace wend::cache::make
