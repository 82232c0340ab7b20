#include "tests/properties/reload/views.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace wend::sim {

namespace {

constexpr Duration round_trip = std::chrono::milliseconds(20);
constexpr std::size_t octets_max = 65'535;

// As a recursive server writes what an authoritative one would.
void make_recursive(std::vector<std::uint8_t>& reply) {
    constexpr std::uint8_t aa = 0x04;
    constexpr std::uint8_t ra = 0x80;
    reply[2] = static_cast<std::uint8_t>(reply[2] & ~aa);
    reply[3] = static_cast<std::uint8_t>(reply[3] | ra);
}

// Whether a DNAME above it says that what is there lies elsewhere.
bool is_renamed(const SignedInternet& internet, const dns::Name& name) {
    for (dns::NameView above = name; !above.is_root();) {  // at most dns::labels_max turns
        above = above.parent();
        const Zone* const zone = internet.servers().zones().closest(above);
        const Node* const node = zone == nullptr ? nullptr : zone->find(above);
        if (node != nullptr && node->find(dns::Type::dname) != nullptr) {
            return true;
        }
    }
    return false;
}

}  // namespace

Endpoint Views::at(unsigned char number) {
    return {IpAddress::v4(std::array<std::uint8_t, 4>{198, 51, 100, number}), SimInternet::port};
}

Views::Views(SignedInternet& internet, Random& random) : internet_(internet) {
    const auto& names = internet.names();
    const auto& zones = internet.zones();
    const std::array<dns::Name, 2> apexes = {zones[1 + random.below(zones.size() - 1)].apex,
                                             names[random.below(names.size())]};
    for (const dns::Name& apex : apexes) {
        const bool is_beside = std::ranges::none_of(inside_, [&apex](const dns::Name& other) {
            return apex.view().is_subdomain_of(other) || other.view().is_subdomain_of(apex);
        });
        if (!apex.view().is_root() && is_beside && !is_renamed(internet, apex)) {
            inside_.push_back(apex);
        }
    }
    for (const auto& [apex, zone] : internet.servers().zones().zones()) {
        from_outside_.add(zone);
        const bool is_hidden = std::ranges::any_of(inside_, [&apex](const dns::Name& inside) {
            return apex.view().is_subdomain_of(inside);
        });
        if (!is_hidden) {
            from_inside_.add(zone);
        }
    }
    for (const dns::Name& apex : inside_) {
        add_inside(apex, random);
    }
}

// Some of the names that the internet has there, with other addresses, and one of its own.
void Views::add_inside(const dns::Name& apex, Random& random) {
    const std::string origin = dns::to_text(apex);
    std::string text = fmt::format(
        "@ 600 SOA ns hostmaster 1 3600 600 86400 300\n@ 600 NS ns\nns 600 A {}\n@ 600 A "
        "10.0.0.1\nonly-inside 600 A 10.0.0.2\n",
        inside_server().ip.to_text());
    int last = 2;
    std::vector<dns::Name> there;
    for (const dns::Name& name : internet_.names()) {
        const bool is_below = name.view().is_subdomain_of(apex) && !(name == apex);
        const bool is_new = std::ranges::find(there, name) == there.end();
        if (is_below && is_new && last < 250 && random.chance(60)) {
            text += fmt::format("{} 600 A 10.0.0.{}\n", dns::to_text(name) + ".", ++last);
            there.push_back(name);
        }
    }
    auto made = Zone::from_text(text, apex);
    if (!made) {  // a name below an alias or the like: the smallest zone will do
        made = Zone::from_text("@ 600 SOA @ @ 1 3600 600 86400 300\n@ 600 NS ns.inside.\n", apex);
    }
    check(made.has_value(), "a zone of the inside is a zone");
    const auto zone = std::make_shared<const Zone>(std::move(*made));
    from_inside_.add(zone);
    inside_zones_.add(zone);
    constexpr std::string_view label = "only-inside";
    const std::vector<std::uint8_t> octets(label.begin(), label.end());
    if (const auto name = apex.with_label(octets)) {
        inside_names_.push_back(*name);
    }
}

ServerReply Views::on_query(const Endpoint& server, Channel channel, Octets query, Instant now) {
    if (server == dead()) {
        return {};
    }
    const bool is_recursive = server == forwarder() || server == inside_forwarder();
    if (!is_recursive && server != inside_server()) {
        return internet_.servers().on_query(server, channel, query, now);
    }
    const ZoneSet& zones = server == forwarder()          ? from_outside_
                           : server == inside_forwarder() ? from_inside_
                                                          : inside_zones_;
    auto octets = respond(zones, query, channel == Channel::udp, {.udp_octets_max = octets_max});
    if (octets.empty()) {
        return {};
    }
    if (is_recursive) {
        make_recursive(octets);
    }
    ServerReply reply;
    reply.deliveries.push_back({.delay = round_trip, .octets = std::move(octets)});
    return reply;
}

}  // namespace wend::sim
