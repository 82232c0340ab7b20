// Where the addresses of a zone's servers come from, once those of the referral are of no use.
#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "resolver/keep.h"
#include "resolver/zone_asker.h"

namespace wend {

namespace {

constexpr std::array families{dns::Type::a, dns::Type::aaaa, dns::Type::a};
constexpr std::span<const dns::Type> ipv4_first = std::span(families).first(2);
constexpr std::span<const dns::Type> ipv6_first = std::span(families).last(2);

}  // namespace

bool ZoneAsker::may_look_up(const ZoneServers& zone, std::span<const Candidate> servers,
                            const Quest& quest) const {
    return zone.looked_up.size() < server_names_per_delegation_max && quest.depth < depth_max &&
           zone.clear_errors < clear_errors_before_lookup_max &&
           quest.errand.budget.exhausted() == dns::Reason::none &&
           world_.clock.now() < quest.ends_at() &&
           (!zone.unresolved.empty() || other_family(zone, servers, quest));
}

// Who says what does not validate answers all the same, and may know a server's other address.
std::optional<AddressLookup> ZoneAsker::other_family(const ZoneServers& zone,
                                                     std::span<const Candidate> servers,
                                                     const Quest& quest) const {
    if (quest.is_seeking_servers_of(zone.zone)) {
        return std::nullopt;
    }
    const bool answers =
        std::ranges::any_of(servers, [](const Candidate& server) { return server.tried.bogus; });
    return missing_family(zone, address_types(), answers);
}

// The last thing to try: where a server's own zone and its parent disagree about its address, the
// parent's glue may be right. Only the word of the delegation that the server's name lies in
// counts.
bool ZoneAsker::add_parent_side_addresses(ZoneServers& zone, const Quest& quest) const {
    if (zone.has_parent_side) {
        return false;
    }
    zone.has_parent_side = true;
    const std::size_t before = zone.addresses.size();
    for (const dns::Name& name : zone.foreign) {
        add_glue_of(name, zone, quest);
    }
    return zone.addresses.size() > before;
}

bool ZoneAsker::add_glue_of(const dns::Name& name, ZoneServers& zone, const Quest& quest) const {
    const std::vector<IpAddress> glue = known_glue(name, world_, quest.errand);
    return add_addresses(zone, name, glue, filter_, options_.port);
}

// The family that works here comes first.
std::span<const dns::Type> ZoneAsker::address_types() const {
    if (!options_.ipv4 || !options_.ipv6) {
        return options_.ipv4 ? ipv4_first.first(1) : ipv6_first.first(options_.ipv6 ? 1 : 0);
    }
    constexpr std::array<std::uint8_t, 4> any{};
    const bool ipv4_down = upstream_.families().is_down(IpAddress::v4(any), world_.clock.now());
    return ipv4_down ? ipv6_first : ipv4_first;
}

// A server whose address is not known at all goes before one that may have another; and one that
// whoever serves its name can find before one that is missing in a referral.
ZoneAsker::ToLookUp ZoneAsker::take_next(ZoneServers& zone, std::span<const Candidate> servers,
                                         const Quest& quest) const {
    if (zone.unresolved.empty()) {
        const std::optional<AddressLookup> next = other_family(zone, servers, quest);
        check(next.has_value(), "may_look_up() was asked");
        const auto& types = next->type == dns::Type::a ? ipv4_first : ipv6_first;
        return {.name = next->name, .types = types.first(1)};
    }
    const auto in_domain = std::ranges::partition(
        zone.unresolved, [](const UnresolvedServer& server) { return !server.in_domain; });
    const std::size_t elsewhere = zone.unresolved.size() - in_domain.size();
    const std::size_t choice = elsewhere > 0 ? elsewhere : zone.unresolved.size();
    const auto pick = static_cast<std::ptrdiff_t>(world_.random.below(choice));
    const UnresolvedServer& server = zone.unresolved[static_cast<std::size_t>(pick)];
    WhoKnows who = server.has_glue ? WhoKnows::its_zone : WhoKnows::its_zone_or_glue;
    if (server.in_domain) {
        who = WhoKnows::parent;
    }
    ToLookUp next{.name = server.name, .types = address_types(), .who = who};
    zone.unresolved.erase(zone.unresolved.begin() + pick);
    return next;
}

Task<void> ZoneAsker::look_up_next(ZoneServers& zone, std::span<const Candidate> servers,
                                   State& state, const Quest& quest) {
    if (quest.is_seeking_servers_of(zone.zone)) {
        state.cyclic = true;
        zone.unresolved.clear();
        co_return;
    }
    const bool is_news = fill_from_cache(zone, quest);
    if (is_news) {
        co_return;
    }
    const ToLookUp next = take_next(zone, servers, quest);
    for (std::size_t i = 0; i < next.types.size(); ++i) {
        if (zone.looked_up.size() >= server_names_per_delegation_max ||
            !quest.errand.budget.spend_server_name()) {
            co_return;
        }
        zone.looked_up.push_back({.name = next.name, .type = next.types[i]});
        const ServerLookup found =
            co_await addresses_.look_up(next.name, next.types[i], zone.zone, quest, next.who);
        if (found.from_glue) {
            zone.unresolved.push_back({.name = next.name});
            fill_from_cache(zone, quest);
            co_return;
        }
        const bool is_known =
            add_addresses(zone, next.name, found.addresses, filter_, options_.port);
        if (is_known) {
            quest.errand.note_step(world_.clock.now());
        }
        state.cyclic = state.cyclic || found.reason == dns::Reason::cyclic_delegation;
        state.limit = dns::is_limit(found.reason) ? found.reason : state.limit;
        if (is_known || !found.retry_other_family) {
            co_return;
        }
    }
}

// A server whose glue is known stays unresolved: if that is of no use, its own zone may know
// better.
bool ZoneAsker::fill_from_cache(ZoneServers& zone, const Quest& quest) const {
    const std::size_t addresses_before = zone.addresses.size();
    const std::size_t unresolved_before = zone.unresolved.size();
    for (auto server = zone.unresolved.begin(); server != zone.unresolved.end();) {
        const bool is_resolved = add_cached_data(server->name, zone);
        if (!is_resolved) {
            server->has_glue = add_glue_of(server->name, zone, quest);
        }
        server = is_resolved ? zone.unresolved.erase(server) : server + 1;
    }
    return zone.unresolved.size() < unresolved_before || zone.addresses.size() > addresses_before;
}

bool ZoneAsker::add_cached_data(const dns::Name& name, ZoneServers& zone) const {
    std::vector<IpAddress> addresses;
    for (const dns::Type type : address_types()) {
        const std::optional<cache::Found> found = world_.cache.find(name, type, world_.clock.now());
        if (found) {
            append_addresses(found->rrset, addresses);
        }
    }
    return add_addresses(zone, name, addresses, filter_, options_.port);
}

}  // namespace wend
