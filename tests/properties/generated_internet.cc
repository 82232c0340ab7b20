#include "generated_internet.h"

#include <array>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace wend::sim {

namespace {

constexpr std::size_t root = 0;
constexpr std::size_t depth_max = 5;
constexpr unsigned many = 90;  // over 1,232 octets, yet a cache keeps them
constexpr std::array<unsigned, 5> ttls = {1, 5, 30, 300, 3600};

struct ServerPlan {
    std::string address;
    Manners manners{};
};

struct ZonePlan {
    std::string apex;
    std::size_t parent = root;
    std::size_t depth = 0;
    bool solid = false;  // all its servers do right and have glue: others may lean on it
    std::string text{};
    std::vector<ServerPlan> servers{};
    std::vector<std::string> names{};
};

template <class Array>
const auto& any_of(Random& random, const Array& array) {
    return array[random.below(std::size(array))];
}

unsigned ttl(Random& random) {
    return any_of(random, ttls);
}

}  // namespace

// Zones as text in the making. An NS record leans only on zones drawn before it, so that no
// delegation waits for itself.
struct GeneratedInternet::Plan {
    Plan(Random& chance, const InternetTraits& what) : random(chance), traits(what) {}

    void draw();
    void add_zone(std::size_t parent);
    void add_servers(std::size_t zone);
    void add_server(std::size_t zone, bool good);
    std::string add_address(std::size_t zone, bool good);
    std::string server_name(std::size_t zone, bool good);
    bool may_host(std::size_t zone) const;
    Manners draw_manners(bool good);
    void add_data(std::size_t zone);
    void add_aliases(std::size_t zone);
    void add_name(std::size_t zone, std::string_view label, std::string_view records);
    std::string any_target();

    Random& random;
    InternetTraits traits;
    std::vector<ZonePlan> zones{};
    unsigned addresses = 0;
    unsigned name_servers = 0;
};

void GeneratedInternet::Plan::draw() {
    zones.push_back(ZonePlan{.apex = ".", .solid = true});
    const std::size_t tlds = 2 + random.below(2);
    const std::size_t count = zones_min + random.below(zones_max - zones_min + 1);
    while (zones.size() <= tlds) {
        add_zone(root);
    }
    while (zones.size() < count) {
        const std::size_t parent = 1 + random.below(zones.size() - 1);
        add_zone(zones[parent].depth < depth_max ? parent : 1);
    }
    for (std::size_t zone = 0; zone < zones.size(); ++zone) {
        add_servers(zone);
        add_data(zone);
    }
    for (std::size_t zone = 1; zone < zones.size(); ++zone) {
        add_aliases(zone);
    }
}

void GeneratedInternet::Plan::add_zone(std::size_t parent) {
    const ZonePlan& above = zones[parent];
    const std::string suffix = above.apex == "." ? "" : above.apex;
    ZonePlan zone;
    zone.apex = fmt::format("z{}.{}", zones.size(), suffix);
    zone.parent = parent;
    zone.depth = above.depth + 1;
    zone.solid = parent == root || random.chance(50);
    zones.push_back(std::move(zone));
}

void GeneratedInternet::Plan::add_servers(std::size_t zone) {
    const unsigned soa_ttl = ttl(random);  // one draw a statement: the order of arguments is free
    const unsigned negative_ttl = ttl(random);
    zones[zone].text +=
        fmt::format("{0} {1} SOA ns.{2} host.{2} 1 7200 900 1209600 {3}\n", zones[zone].apex,
                    soa_ttl, zone == root ? "z1." : zones[zone].apex, negative_ttl);
    const std::size_t count = 1 + random.below(3);
    // One good server for most; none at all for one zone in twenty.
    const bool dead = traits.bad_servers && !zones[zone].solid && random.chance(5);
    const std::size_t good_one = random.below(count);
    for (std::size_t i = 0; i < count; ++i) {
        const bool may_be_bad = traits.bad_servers && !zones[zone].solid;
        const bool bad = dead || (may_be_bad && i != good_one && random.chance(30));
        add_server(zone, !bad);
    }
}

void GeneratedInternet::Plan::add_server(std::size_t zone, bool good) {
    const std::string name = server_name(zone, good);
    const std::string record = fmt::format("{} {} NS {}\n", zones[zone].apex, ttl(random), name);
    zones[zone].text += record;
    if (zone != root) {
        zones[zones[zone].parent].text += record;
    }
}

// Solid all the way up: nobody's servers have names that need a third walk.
bool GeneratedInternet::Plan::may_host(std::size_t zone) const {
    while (zone != root && zones[zone].solid) {
        zone = zones[zone].parent;
    }
    return zone == root;
}

// A name for one more server, with its address wherever it belongs.
std::string GeneratedInternet::Plan::server_name(std::size_t zone, bool good) {
    const unsigned number = ++name_servers;
    const std::string address = add_address(zone, good);
    if (zone == root) {  // its names are those of the first top-level domain
        std::string name = fmt::format("root{}.z1.", number);
        zones[root].text += fmt::format("{} 3600 {}\n", name, address);
        zones[1].text += fmt::format("{} 3600 {}\n", name, address);
        return name;
    }
    const std::size_t parent = zones[zone].parent;
    if (!zones[zone].solid && random.chance(20)) {
        std::string name = fmt::format("ns{}.{}", number, zones[parent].apex);
        zones[parent].text += fmt::format("{} {} {}\n", name, ttl(random), address);
        return name;
    }
    const std::size_t host = 1 + random.below(zone);
    if (!zones[zone].solid && may_host(host) && host != parent && random.chance(50)) {
        std::string name = fmt::format("ns{}.{}", number, zones[host].apex);
        zones[host].text += fmt::format("{} {} {}\n", name, ttl(random), address);
        return name;
    }
    std::string name = fmt::format("ns{}.{}", number, zones[zone].apex);
    const bool broken_glue = !good && random.chance(30);
    const std::string glue = broken_glue ? "A 198.19.255.255" : address;
    zones[parent].text += fmt::format("{} {} {}\n", name, ttl(random), glue);
    zones[zone].text += fmt::format("{} {} {}\n", name, ttl(random), address);
    return name;
}

// "A 198.18.0.1", or AAAA.
std::string GeneratedInternet::Plan::add_address(std::size_t zone, bool good) {
    const unsigned number = ++addresses;
    const bool ipv6 = random.chance(10);
    std::string address = ipv6 ? fmt::format("2001:2::{:x}", number)
                               : fmt::format("198.18.{}.{}", number / 250, 1 + number % 250);
    std::string record = fmt::format("{} {}", ipv6 ? "AAAA" : "A", address);
    zones[zone].servers.push_back(ServerPlan{std::move(address), draw_manners(good)});
    return record;
}

Manners GeneratedInternet::Plan::draw_manners(bool good) {
    Manners manners;
    manners.round_trip = std::chrono::milliseconds(1 + random.below(120));
    if (!good) {
        constexpr std::array<bool Manners::*, 4> faults = {
            &Manners::silent, &Manners::refusing, &Manners::failing, &Manners::referring_up};
        manners.*any_of(random, faults) = true;
    } else if (traits.odd_servers && random.chance(15)) {
        constexpr std::array<bool Manners::*, 4> oddities = {
            &Manners::truncating, &Manners::case_losing, &Manners::without_edns,
            &Manners::wrong_id};
        manners.*any_of(random, oddities) = true;
    }
    return manners;
}

void GeneratedInternet::Plan::add_name(std::size_t zone, std::string_view label,
                                       std::string_view records) {
    std::string name =
        zone == root ? fmt::format("{}.", label) : fmt::format("{}.{}", label, zones[zone].apex);
    zones[zone].text += fmt::format("{} {} {}\n", name, ttl(random), records);
    if (!label.starts_with('*')) {
        zones[zone].names.push_back(std::move(name));
    }
}

void GeneratedInternet::Plan::add_data(std::size_t zone) {
    zones[zone].names.push_back(zones[zone].apex);
    if (zone == root) {
        return;
    }
    const auto number = static_cast<unsigned>(zone);
    add_name(zone, "www", fmt::format("A 198.51.{}.1", number));
    if (random.chance(50)) {
        add_name(zone, "www", fmt::format("AAAA 2001:2:1:{:x}::1", number));
    }
    add_name(zone, "mail", fmt::format("MX 10 www.{}", zones[zone].apex));
    if (random.chance(50)) {
        add_name(zone, "text", fmt::format("TXT \"zone {}\"", number));
    }
    if (random.chance(30)) {  // "ent" and "b.ent" are empty non-terminals
        add_name(zone, "a.b.ent", fmt::format("A 198.51.{}.2", number));
        zones[zone].names.push_back("b.ent." + zones[zone].apex);
    }
    if (random.chance(30)) {
        add_name(zone, "*.wild", fmt::format("A 198.51.{}.3", number));
        zones[zone].names.push_back("this.wild." + zones[zone].apex);
        zones[zone].names.push_back("that.one.wild." + zones[zone].apex);
    }
    if (random.chance(10)) {
        for (unsigned i = 1; i <= many; ++i) {
            zones[zone].text +=
                fmt::format("many.{} 300 A 198.51.{}.{}\n", zones[zone].apex, number, i);
        }
        zones[zone].names.push_back("many." + zones[zone].apex);
    }
}

std::string GeneratedInternet::Plan::any_target() {
    const ZonePlan& zone = zones[1 + random.below(zones.size() - 1)];
    return random.chance(10) ? "nobody." + zone.apex : std::string(any_of(random, zone.names));
}

void GeneratedInternet::Plan::add_aliases(std::size_t zone) {
    const std::size_t count = random.below(4);
    for (std::size_t i = 0; i < count; ++i) {
        add_name(zone, fmt::format("alias{}", i), "CNAME " + any_target());
    }
    if (random.chance(20)) {
        const std::size_t other = 1 + random.below(zones.size() - 1);
        add_name(zone, "moved", "DNAME " + zones[other].apex);
        zones[zone].names.push_back("www.moved." + zones[zone].apex);
        zones[zone].names.push_back("nobody.moved." + zones[zone].apex);
    }
    if (random.chance(10)) {
        add_name(zone, "wildalias", "TXT \"its children are aliases\"");
        add_name(zone, "*.wildalias", "CNAME " + any_target());
        zones[zone].names.push_back("x.wildalias." + zones[zone].apex);
    }
    if (random.chance(10)) {
        add_name(zone, "ping", "CNAME pong." + zones[zone].apex);
        add_name(zone, "pong", "CNAME ping." + zones[zone].apex);
    }
}

GeneratedInternet::GeneratedInternet(Random& random, const InternetTraits& traits) {
    Plan plan(random, traits);
    plan.draw();
    build(plan);
}

void GeneratedInternet::build(const Plan& plan) {
    for (const ZonePlan& planned : plan.zones) {
        const dns::Name apex = dns::name_of(planned.apex);
        auto zone = Zone::from_text(planned.text, apex);
        check(zone.has_value(), "a generated zone is a zone");
        servers_.add_zone(std::make_shared<const Zone>(std::move(*zone)));
        std::vector<IpAddress>& addresses = addresses_.emplace_back();
        for (const ServerPlan& server : planned.servers) {
            const auto address = IpAddress::from_text(server.address);
            check(address.has_value(), "a generated address is one");
            addresses.push_back(*address);
            servers_.add_server(*address, server.manners);
            servers_.serve(*address, apex);
        }
        apexes_.push_back(apex);
        texts_.push_back(planned.text);
        names_.insert(names_.end(), planned.names.begin(), planned.names.end());
    }
    for (const IpAddress& address : addresses_.front()) {
        root_addresses_.push_back(Endpoint{address, SimInternet::port});
    }
}

std::vector<dns::Name> GeneratedInternet::foreign_names_in(std::size_t zone) const {
    std::vector<dns::Name> names;
    const dns::Name& apex = apexes_[zone];
    for (const auto& [owner, node] : servers_.zones().at(apex)->nodes()) {
        for (const dns::RRset& rrset : node.rrsets()) {
            if (rrset.type() != dns::Type::ns && rrset.type() != dns::Type::cname) {
                continue;
            }
            for (const Octets rdata : rrset.rdatas()) {
                const dns::NameView name = dns::NameView::trusted(rdata);
                if (!name.is_subdomain_of(apex)) {
                    names.emplace_back(name);
                }
            }
        }
    }
    return names;
}

dns::Question GeneratedInternet::draw_question(Random& random) const {
    using dns::Type;
    constexpr std::array<Type, 12> types = {Type::a,   Type::a,  Type::a,  Type::a,
                                            Type::a,   Type::a,  Type::a,  Type::aaaa,
                                            Type::txt, Type::mx, Type::ns, Type::ds};
    const std::string& name = any_of(random, names_);
    const std::string asked = random.chance(15) ? "nobody." + name : name;
    return dns::Question{dns::name_of(name == "." ? name : asked), any_of(random, types)};
}

std::string GeneratedInternet::to_text() const {
    std::string text;
    for (std::size_t zone = 0; zone < texts_.size(); ++zone) {
        text += fmt::format("; {}, served by", dns::to_text(apexes_[zone]));
        for (const IpAddress& address : addresses_[zone]) {
            const bool well = servers_.serves_well(address, apexes_[zone]);
            text += fmt::format(" {}{}", address.to_text(), well ? "" : " (badly)");
        }
        text += '\n' + texts_[zone] + '\n';
    }
    return text;
}

}  // namespace wend::sim
