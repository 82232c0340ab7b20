#include "tests/properties/signed/signed_internet.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "dns/zone_file.h"
#include "tests/properties/signed/draft.h"
#include "tests/properties/signed/zone_plan.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::Type;

std::vector<dns::ZoneRecord> records_of(const SignedZone& zone) {
    dns::ZoneFileOptions options;
    options.origin = zone.apex;
    const auto records = dns::parse_zone_file(zone.text, options);
    check(records.has_value(), "a generated zone is a zone");
    return *records;
}

void append_ds(const SignedZone& zone, std::vector<dns::ZoneRecord>& to) {
    constexpr std::uint32_t ttl = 300;
    const SigningOptions& signing = zone.signing;
    std::vector<FurtherKey> keys = {{signing.algorithm, signing.seed}};
    keys.insert(keys.end(), signing.further.begin(), signing.further.end());
    for (const FurtherKey& each : keys) {
        if (!each.signs_keys) {  // nothing that the parent could vouch for
            continue;
        }
        const auto key = dnssec::SigningKey::from_seed(each.algorithm, each.seed);
        check(key.has_value(), "the algorithms that are drawn are supported");
        to.push_back({zone.apex, Type::ds, dns::Class::in, ttl,
                      ds_of_key(zone.apex, dnskey_rdata(*key)), 0});
    }
}

}  // namespace

dnssec::SigningKey data_key(const SigningOptions& signing) {
    const bool first = signing.signs_data || signing.further.empty();
    auto key = first ? dnssec::SigningKey::from_seed(signing.algorithm, signing.seed)
                     : dnssec::SigningKey::from_seed(signing.further.front().algorithm,
                                                     signing.further.front().seed);
    check(key.has_value(), "the algorithms that are drawn are supported");
    return std::move(*key);
}

struct SignedInternet::Plan : InternetPlan {
    using InternetPlan::InternetPlan;
};

SignedInternet::SignedInternet(Random& random, WallTime now, bool with_owner) {
    Plan plan(random, with_owner);
    plan.draw();
    build(plan, now);
}

void SignedInternet::build(Plan& plan, WallTime now) {
    constexpr std::uint32_t day = 86'400;
    const auto present = static_cast<std::uint32_t>(now.time_since_epoch().count());
    owners_zone_ = plan.owners_zone;
    if (plan.chain_start) {
        chain_start_ = dns::name_of(*plan.chain_start);
    }
    for (PlannedZone& planned : plan.zones) {
        SignedZone zone = std::move(planned.zone);
        zone.signing.inception = present - day;
        zone.signing.expiration = present + 30 * day;
        for (const std::string& name : planned.names) {
            names_.push_back(dns::name_of(name));
        }
        zones_.push_back(std::move(zone));
    }
    for (const SignedZone& zone : zones_) {
        std::vector<dns::ZoneRecord> records = records_of(zone);
        for (const SignedZone& child : zones_) {
            const bool is_child = &child != zones_.data() && &zones_[child.parent] == &zone;
            if (is_child && child.has_ds) {
                append_ds(child, records);
            }
        }
        if (zone.is_signed) {
            auto with_signatures = sign_zone(records, zone.apex, zone.signing);
            check(with_signatures.has_value(), "the algorithms that are drawn are supported");
            records = std::move(*with_signatures);
        }
        auto made = Zone::from_records(records, zone.apex);
        check(made.has_value(), "a generated zone is a zone");
        servers_.add_zone(std::make_shared<const Zone>(std::move(*made)));
    }
    for (const auto& [address, round_trip] : plan.addresses) {
        servers_.add_server(address, Manners{.round_trip = round_trip});
    }
    for (const SignedZone& zone : zones_) {
        for (const IpAddress& address : zone.addresses) {
            servers_.serve(address, zone.apex);
        }
    }
    for (const IpAddress& address : zones_.front().addresses) {
        root_addresses_.push_back(Endpoint{address, SimInternet::port});
    }
}

dnssec::TrustAnchors SignedInternet::anchors() const {
    dnssec::TrustAnchors anchors;
    const SignedZone& root = zones_.front();
    const auto ds = ds_rdata(root.apex, root.signing);
    check(ds && anchors.add(root.apex, Type::ds, *ds), "the root is signed");
    return anchors;
}

const SignedZone& SignedInternet::zone_of(NameView name, Type type) const {
    const SignedZone* closest = &zones_.front();
    for (const SignedZone& zone : zones_) {
        const bool at_apex = zone.apex == name;
        const bool is_above = name.is_subdomain_of(zone.apex) && !(at_apex && type == Type::ds);
        if (is_above && zone.apex.wire().size() > closest->apex.wire().size()) {
            closest = &zone;
        }
    }
    return *closest;
}

bool SignedInternet::is_owners(NameView name, Type type) const {
    if (!owners_zone_) {
        return false;
    }
    const Name& apex = zones_[*owners_zone_].apex;
    return name.is_subdomain_of(apex) && !(apex == name && type == Type::ds);
}

dns::Question SignedInternet::draw_question(Random& random) const {
    constexpr std::array<Type, 16> types = {
        Type::a,   Type::a,  Type::a,  Type::a,  Type::a,   Type::a,      Type::a,     Type::aaaa,
        Type::txt, Type::mx, Type::ns, Type::ds, Type::soa, Type::dnskey, Type::cname, Type::ds};
    const Name& name = names_[random.below(names_.size())];
    const Type type = types[random.below(types.size())];
    Name asked = name;
    if (random.chance(20)) {
        constexpr std::array<std::string_view, 4> labels = {"nobody", "a", "zz", "www"};
        const std::string_view label = labels[random.below(labels.size())];
        asked = with_label(label, name);
    }
    return dns::Question{asked, type};
}

std::string SignedInternet::to_text() const {
    std::string text;
    for (const SignedZone& zone : zones_) {
        const char* denial = !zone.signing.nsec3    ? "NSEC"
                             : zone.signing.opt_out ? "NSEC3 with opt-out"
                                                    : "NSEC3";
        text += fmt::format("; {}: {}{}{}, served by", dns::to_text(zone.apex),
                            zone.secure      ? "secure, "
                            : zone.is_signed ? "signed and insecure, "
                                             : "unsigned",
                            zone.is_signed ? denial : "",
                            zone.signing.further.empty() ? "" : ", several keys");
        for (const IpAddress& address : zone.addresses) {
            text += fmt::format(" {}", address.to_text());
        }
        text += fmt::format("\n{}", zone.text);
    }
    if (owners_zone_) {
        text +=
            fmt::format("; {} has a malicious owner\n", dns::to_text(zones_[*owners_zone_].apex));
    }
    return text;
}

}  // namespace wend::sim
