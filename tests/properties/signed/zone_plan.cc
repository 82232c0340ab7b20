#include "tests/properties/signed/zone_plan.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace wend::sim {

namespace {

using dnssec::Algorithm;

constexpr std::size_t root = 0;
constexpr std::size_t zones_min = 6;
constexpr std::size_t zones_max = 14;
constexpr std::size_t depth_max = 7;
// Of an internet that is nearly all signed: a chain of aliases meets a zone never seen at each
// link.
constexpr std::size_t wide_zones_max = 24;

// "www" below "z1." is "www.z1."; below the root it is "www.".
std::string below(std::string_view apex, std::string_view label) {
    return apex == "." ? fmt::format("{}.", label) : fmt::format("{}.{}", label, apex);
}

}  // namespace

void InternetPlan::draw() {
    zones.push_back(PlannedZone{.apex = "."});
    const std::size_t tlds = 2 + random.below(2);
    wide = random.chance(15);
    const std::size_t least = wide ? zones_max : zones_min;
    const std::size_t most = wide ? wide_zones_max : zones_max;
    const std::size_t count = least + random.below(most - least + 1);
    while (zones.size() <= tlds) {
        add_zone(root);
    }
    const bool deep = random.chance(25);  // each zone below the one before
    while (zones.size() < count) {
        const std::size_t any = 1 + random.below(zones.size() - 1);
        const std::size_t parent = deep && random.chance(80) ? zones.size() - 1 : any;
        add_zone(zones[parent].depth < depth_max ? parent : 1);
    }
    for (std::size_t number = 0; number < zones.size(); ++number) {
        draw_signing(number);
    }
    if (with_owner) {
        choose_owner();
    }
    for (std::size_t number = 0; number < zones.size(); ++number) {
        add_servers(number);
        add_data(number);
    }
    for (std::size_t number = 1; number < zones.size(); ++number) {
        add_aliases(number);
    }
    if (wide || random.chance(30)) {
        add_long_chain();
    }
}

// Some cuts lie two labels below their parent's apex, below a name without records.
void InternetPlan::add_zone(std::size_t parent) {
    const PlannedZone& above = zones[parent];
    const std::string label = fmt::format("z{}", zones.size());
    const bool deeper = parent != root && random.chance(20);
    PlannedZone planned;
    planned.apex = below(deeper ? below(above.apex, "between") : above.apex, label);
    planned.depth = above.depth + 1;
    planned.zone.apex = dns::name_of(planned.apex);
    planned.zone.parent = parent;
    if (deeper) {
        zones[parent].names.push_back(below(above.apex, "between"));
    }
    zones.push_back(std::move(planned));
}

// He has keys that are trusted, and a zone below a top-level domain.
void InternetPlan::choose_owner() {
    std::vector<std::size_t> fit;
    for (std::size_t number = 1; number < zones.size(); ++number) {
        if (zones[number].zone.parent != root && zones[zones[number].zone.parent].zone.secure) {
            fit.push_back(number);
        }
    }
    if (fit.empty()) {  // a top-level domain of his own
        fit.push_back(2);
    }
    owners_zone = fit[random.below(fit.size())];
    SignedZone& his = zones[*owners_zone].zone;
    his.is_signed = true;
    his.has_ds = true;
    his.secure = true;
    SignedZone& above = zones[his.parent].zone;
    check(above.secure, "what is above the owner's zone is secure");
    for (PlannedZone& planned : zones) {  // those below him were drawn before he was
        if (&planned != zones.data() && &planned.zone != &his) {
            planned.zone.secure = planned.zone.is_signed && planned.zone.has_ds &&
                                  zones[planned.zone.parent].zone.secure;
        }
    }
}

void InternetPlan::draw_signing(std::size_t number) {
    SignedZone& zone = zones[number].zone;
    const bool is_high = number == root || zone.parent == root;
    const bool wanted = random.chance(wide ? 97 : is_high ? 90 : 65);
    const bool vouched_for = random.chance(wide ? 98 : 85);
    const SignedZone& above = zones[zone.parent].zone;
    zone.is_signed = number == root || wanted;
    zone.has_ds = number != root && zone.is_signed && vouched_for && above.is_signed;
    zone.secure = number == root || (zone.has_ds && above.secure);
    const std::uint64_t kind = random.below(100);
    zone.signing.nsec3 = kind < 50;
    zone.signing.opt_out = kind < 20;
    zone.signing.iterations = static_cast<std::uint16_t>(random.below(4));
    const std::size_t salt = random.below(3);
    for (std::size_t i = 0; i < salt; ++i) {
        zone.signing.salt.push_back(static_cast<std::uint8_t>(random.next()));
    }
    draw_keys(zone.signing);
}

void InternetPlan::draw_keys(SigningOptions& signing) {
    constexpr std::array<Algorithm, 4> algorithms = {Algorithm::ed25519, Algorithm::ecdsap256sha256,
                                                     Algorithm::ecdsap256sha256,
                                                     Algorithm::rsasha256};
    signing.algorithm = algorithms[random.below(algorithms.size())];
    signing.seed = ++keys_;
    FurtherKey second{.algorithm = signing.algorithm, .seed = ++keys_};
    switch (random.below(8)) {
        case 0:  // two algorithms, both sign all
            second.algorithm = signing.algorithm == Algorithm::ed25519 ? Algorithm::ecdsap256sha256
                                                                       : Algorithm::ed25519;
            break;
        case 1:  // published ahead of its use
            second.signs_keys = false;
            second.signs_data = false;
            break;
        case 2:  // one key for the keys and one for the data
            signing.signs_data = false;
            second.signs_keys = false;
            break;
        case 3:  // both sign all for a while
            break;
        default:
            return;
    }
    signing.further.push_back(second);
}

bool InternetPlan::is_at_or_below_owner(std::size_t number) const {
    while (owners_zone && number != root && number != *owners_zone) {
        number = zones[number].zone.parent;
    }
    return owners_zone && number == *owners_zone;
}

void InternetPlan::add_servers(std::size_t number) {
    PlannedZone& planned = zones[number];
    const unsigned soa_ttl = ttl();
    const unsigned negative_ttl = ttl();
    const std::string suffix = number == root ? "z1." : planned.apex;
    planned.zone.text += fmt::format("{0} {1} SOA ns.{2} host.{2} 1 7200 900 1209600 {3}\n",
                                     planned.apex, soa_ttl, suffix, negative_ttl);
    const std::size_t count = 1 + random.below(2);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string address = address_for(number);
        const std::size_t host = random.below(number + 1);
        const bool elsewhere = number > 1 && host > root && host < number && random.chance(20) &&
                               zones[host].hosts_itself && !is_at_or_below_owner(host);
        const std::size_t at = number == root ? 1 : elsewhere ? host : number;
        const std::string name = fmt::format("ns{}.{}", ++servers_, zones[at].apex);
        const std::string record = fmt::format("{} 300 A {}\n", name, address);
        const std::string delegation = fmt::format("{} {} NS {}\n", planned.apex, ttl(), name);
        planned.hosts_itself = planned.hosts_itself && !elsewhere;
        zones[at].zone.text += record;
        planned.zone.text += delegation;
        if (number == root) {
            planned.zone.text += record;
            continue;
        }
        PlannedZone& parent = zones[planned.zone.parent];
        parent.zone.text += delegation;
        if (!elsewhere) {
            parent.zone.text += record;
        }
    }
}

// The owner's servers serve nothing but what is at or below his zone.
std::string InternetPlan::address_for(std::size_t number) {
    const std::size_t other = random.below(number + 1);
    const bool shared = other < number && random.chance(25) &&
                        is_at_or_below_owner(other) == is_at_or_below_owner(number);
    IpAddress address;
    if (shared) {
        address = zones[other].zone.addresses.front();
    } else {
        const auto next = static_cast<unsigned>(addresses.size());
        const auto parsed =
            IpAddress::from_text(fmt::format("198.18.{}.{}", next / 250, 1 + next % 250));
        check(parsed.has_value(), "a generated address is one");
        address = *parsed;
        addresses[address] = std::chrono::milliseconds(1 + random.below(60));
    }
    zones[number].zone.addresses.push_back(address);
    return address.to_text();
}

void InternetPlan::add_name(std::size_t number, std::string_view label, std::string_view records) {
    PlannedZone& planned = zones[number];
    const std::string name = below(planned.apex, label);
    planned.zone.text += fmt::format("{} {} {}\n", name, ttl(), records);
    if (!label.starts_with('*')) {
        planned.names.push_back(name);
    }
}

void InternetPlan::add_data(std::size_t number) {
    PlannedZone& planned = zones[number];
    planned.names.push_back(planned.apex);
    if (number == root) {
        return;
    }
    const auto net = static_cast<unsigned>(number);
    add_name(number, "www", fmt::format("A 198.51.{}.1", net));
    if (random.chance(50)) {
        add_name(number, "www", fmt::format("AAAA 2001:2:1:{:x}::1", net));
    }
    if (random.chance(50)) {
        planned.zone.text += fmt::format("{} 300 A 198.51.{}.8\n", planned.apex, net);
    }
    add_name(number, "mail", fmt::format("MX 10 www.{}", planned.apex));
    if (random.chance(50)) {
        add_name(number, "text", fmt::format("TXT \"zone {}\"", net));
    }
    if (random.chance(40)) {  // "ent" and "b.ent" are empty non-terminals
        add_name(number, "a.b.ent", fmt::format("A 198.51.{}.2", net));
        planned.names.push_back(below(planned.apex, "b.ent"));
    }
    add_wildcards(number);
}

void InternetPlan::add_wildcards(std::size_t number) {
    PlannedZone& planned = zones[number];
    const auto net = static_cast<unsigned>(number);
    if (random.chance(30)) {
        add_name(number, "*.wild", fmt::format("A 198.51.{}.3", net));
        add_name(number, "in.wild", "TXT \"closer than the wildcard\"");
        planned.names.push_back(below(planned.apex, "this.wild"));
        planned.names.push_back(below(planned.apex, "that.one.wild"));
        planned.names.push_back(below(planned.apex, "x.in.wild"));
    }
    // Right below the apex it stands for all that is not there. Not where opt-out leaves empty
    // names without a record: then nobody could prove that it does not stand for what is below
    // them.
    if (random.chance(10) && !planned.zone.signing.opt_out) {
        add_name(number, "*", fmt::format("A 198.51.{}.4", net));
        planned.names.push_back(below(planned.apex, "anything"));
    }
}

std::string InternetPlan::any_target() {
    const PlannedZone& planned = zones[1 + random.below(zones.size() - 1)];
    const std::string& name = planned.names[random.below(planned.names.size())];
    return random.chance(10) ? "nobody." + planned.apex : name;
}

void InternetPlan::add_aliases(std::size_t number) {
    PlannedZone& planned = zones[number];
    const std::size_t count = random.below(3);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string target = any_target();
        add_name(number, fmt::format("alias{}", i), "CNAME " + target);
    }
    if (random.chance(20)) {
        const std::size_t other = 1 + random.below(zones.size() - 1);
        add_name(number, "moved", "DNAME " + zones[other].apex);
        planned.names.push_back(below(planned.apex, "www.moved"));
        planned.names.push_back(below(planned.apex, "nobody.moved"));
    }
    if (random.chance(10)) {
        const std::string target = any_target();
        add_name(number, "*.wildalias", "CNAME " + target);
        planned.names.push_back(below(planned.apex, "x.wildalias"));
    }
}

// As many links as a resolver follows, each into another zone as long as there is one, most of them
// signed.
void InternetPlan::add_long_chain() {
    const std::size_t links = wide ? alias_chain_max : 3 + random.below(alias_chain_max - 2);
    std::vector<std::size_t> way;
    for (std::size_t i = 0; i <= links; ++i) {
        std::size_t next = 0;
        for (int again = 0; again < 20; ++again) {
            next = 1 + random.below(zones.size() - 1);
            if (zones[next].zone.secure && std::ranges::find(way, next) == way.end()) {
                break;
            }
        }
        way.push_back(next);
    }
    for (std::size_t i = 0; i < links; ++i) {
        const std::string target = i + 1 == links
                                       ? "www." + zones[way[links]].apex
                                       : fmt::format("chain{}.{}", i + 1, zones[way[i + 1]].apex);
        add_name(way[i], fmt::format("chain{}", i), "CNAME " + target);
    }
    chain_start = below(zones[way.front()].apex, "chain0");
}

unsigned InternetPlan::ttl() {
    constexpr std::array<unsigned, 5> ttls = {1, 30, 300, 300, 3600};
    return ttls[random.below(ttls.size())];
}

}  // namespace wend::sim
