#include "policy/local_zones.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/check.h"

namespace wend::policy {
namespace {

using dns::NameView;
using dns::RRset;
using dns::Type;

constexpr std::uint32_t local_ttl = 10'800;  // RFC 6303 3

// Zones of RFC 6303 4 and RFC 7793 4, and RFC 8375 4: each has an SOA and an NS of its own.
constexpr std::array served_zones = {
    "10.in-addr.arpa.",
    "168.192.in-addr.arpa.",
    "0.in-addr.arpa.",
    "127.in-addr.arpa.",
    "254.169.in-addr.arpa.",
    "2.0.192.in-addr.arpa.",
    "100.51.198.in-addr.arpa.",
    "113.0.203.in-addr.arpa.",
    "255.255.255.255.in-addr.arpa.",
    "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
    "d.f.ip6.arpa.",
    "8.e.f.ip6.arpa.",
    "9.e.f.ip6.arpa.",
    "a.e.f.ip6.arpa.",
    "b.e.f.ip6.arpa.",
    "8.b.d.0.1.0.0.2.ip6.arpa.",
    "home.arpa.",
};

// Names that do not exist here whatever is asked, and localhost.
constexpr std::array special_names = {
    "localhost.",      // RFC 6761 6.3
    "invalid.",        // RFC 6761 6.4
    "test.",           // RFC 6761 6.2
    "onion.",          // RFC 7686 2
    "alt.",            // RFC 9476 3
    "resolver.arpa.",  // RFC 9462 8.2: what is not served is NODATA or NXDOMAIN, never forwarded
};

std::string key_of(NameView name) {
    const dns::Name lower = dns::Name(name).lower_case();
    return {reinterpret_cast<const char*>(lower.wire().data()), lower.wire().size()};
}

void append(std::vector<std::uint8_t>& to, Octets octets) {
    to.insert(to.end(), octets.begin(), octets.end());
}

RRset soa_of(NameView zone) {
    // "@ nobody.invalid. 1 3600 1200 604800 10800" (RFC 6303 3).
    std::vector<std::uint8_t> rdata;
    append(rdata, zone.wire());
    append(rdata, dns::name_of("nobody.invalid.").wire());
    for (const std::uint32_t number : {1U, 3'600U, 1'200U, 604'800U, 10'800U}) {
        std::array<std::uint8_t, 4> octets{};
        store_u32(octets, 0, number);
        append(rdata, octets);
    }
    dns::RRsetBuilder builder(zone, Type::soa);
    builder.add(rdata);
    return builder.finish(local_ttl, dns::Security::insecure);
}

RRset single(NameView owner, Type type, Octets rdata) {
    dns::RRsetBuilder builder(owner, type);
    builder.add(rdata);
    return builder.finish(local_ttl, dns::Security::insecure);
}

// Nothing for the root.
Octets last_label(NameView name) {
    const Octets wire = name.wire();
    std::size_t last = 0;
    for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
        last = at;
    }
    return wire.subspan(last + 1, wire[last]);
}

constexpr std::array<std::string_view, 6> tops = {"arpa", "localhost", "invalid",
                                                  "test", "onion",     "alt"};

// Of a letter in either case.
constexpr std::uint32_t letter_bit(std::uint8_t octet) {
    return std::uint32_t{1} << (octet & 31U);
}

constexpr std::uint32_t first_letters = [] {
    std::uint32_t letters = 0;
    for (const std::string_view top : tops) {
        letters |= letter_bit(static_cast<std::uint8_t>(top[0]));
    }
    return letters;
}();

// The quick way out; most names take it at their last label's first letter.
bool may_be_local(NameView name) {
    const Octets label = last_label(name);
    if (label.empty() || (first_letters & letter_bit(label[0])) == 0) {
        return false;
    }
    return std::ranges::any_of(tops, [label](std::string_view top) {
        return std::ranges::equal(label, top, [](std::uint8_t a, char b) {
            return dns::fold_octet(a) == static_cast<std::uint8_t>(b);
        });
    });
}

// RFC 6303 4.1: the one name with data below an apex; and the names between it and the apex exist.
bool is_loopback_address_name(NameView name) {
    static const dns::Name v4 = dns::name_of("1.0.0.127.in-addr.arpa.");
    static const dns::Name v6 =
        dns::name_of("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.");
    return name == v4.view() || name == v6.view();
}

bool is_above_loopback_name(NameView name) {
    static const dns::Name v4 = dns::name_of("1.0.0.127.in-addr.arpa.");
    return v4.view().is_subdomain_of(name);
}

}  // namespace

LocalZones::LocalZones(std::span<const dns::Name> configured)
    : configured_(configured.begin(), configured.end()) {
    for (const char* zone : served_zones) {
        add(zone, true);
    }
    for (unsigned second = 16; second < 32; ++second) {  // 172.16.0.0/12
        add(std::to_string(second) + ".172.in-addr.arpa.", true);
    }
    for (unsigned second = 64; second < 128; ++second) {  // 100.64.0.0/10
        add(std::to_string(second) + ".100.in-addr.arpa.", true);
    }
    for (const char* name : special_names) {
        add(name, false);
    }
    const dns::Name localhost = dns::name_of("localhost.");
    constexpr std::array<std::uint8_t, 4> v4 = {127, 0, 0, 1};
    constexpr std::array<std::uint8_t, 16> v6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    ipv4_loopback_ = single(localhost, Type::a, v4);
    ipv6_loopback_ = single(localhost, Type::aaaa, v6);
    localhost_pointer_ =
        single(dns::name_of("1.0.0.127.in-addr.arpa."), Type::ptr, localhost.wire());
}

void LocalZones::add(std::string_view text, bool as_zone) {
    const dns::Name name = dns::name_of(text);
    Zone zone;
    zone.soa = soa_of(name);
    if (as_zone) {
        zone.ns = single(name, Type::ns, name.wire());
    }
    zone.loopback = text == "localhost.";
    zone.delegated = name.view().label_count() > 1;
    labels_max_ = std::max(labels_max_, name.view().label_count());
    zones_.emplace(key_of(name), std::move(zone));
}

const LocalZones::Zone* LocalZones::enclosing(NameView name, std::size_t& labels) const {
    std::size_t count = name.label_count();
    if (count > labels_max_) {
        name = name.suffix(labels_max_);
        count = labels_max_;
    }
    for (; count > 0; --count, name = name.parent()) {
        const auto found = zones_.find(key_of(name));
        if (found != zones_.end()) {
            labels = count;
            return &found->second;
        }
    }
    return nullptr;
}

bool LocalZones::yields(NameView name, std::size_t labels) const {
    return std::ranges::any_of(configured_, [name, labels](const dns::Name& zone) {
        return zone.view().label_count() >= labels && name.is_subdomain_of(zone);
    });
}

std::optional<LocalAnswer> LocalZones::find(const dns::Question& question) const {
    if (!may_be_local(question.qname)) {
        return std::nullopt;
    }
    std::size_t labels = 0;
    const Zone* zone = enclosing(question.qname, labels);
    if (zone == nullptr || yields(question.qname, labels)) {
        return std::nullopt;
    }
    const bool at_apex = question.qname.view().label_count() == labels;
    if (zone->delegated && at_apex && question.qtype == Type::ds) {
        return std::nullopt;
    }
    return answer(*zone, question, labels);
}

LocalAnswer LocalZones::answer(const Zone& zone, const dns::Question& question,
                               std::size_t labels) const {
    const auto positive = [](const RRset& rrset) {
        return LocalAnswer{dns::Rcode::noerror, &rrset, nullptr};
    };
    const LocalAnswer no_data{dns::Rcode::noerror, nullptr, &zone.soa};
    const NameView qname = question.qname;
    if (zone.loopback) {
        if (question.qtype == Type::a) {
            return positive(ipv4_loopback_);
        }
        return question.qtype == Type::aaaa ? positive(ipv6_loopback_) : no_data;
    }
    if (is_loopback_address_name(qname) && question.qtype == Type::ptr) {
        return positive(localhost_pointer_);
    }
    if (qname.label_count() == labels && zone.ns) {
        if (question.qtype == Type::soa) {
            return positive(zone.soa);
        }
        return question.qtype == Type::ns ? positive(zone.ns) : no_data;
    }
    if (is_loopback_address_name(qname) || is_above_loopback_name(qname)) {
        return no_data;
    }
    return {dns::Rcode::nxdomain, nullptr, &zone.soa};
}

}  // namespace wend::policy
