#include "config/plan.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wend {
namespace {

using dns::Name;
using What = Flush::What;

// A zone whose servers a configuration names, as far as answers depend on it.
struct NamedZone {
    Name zone;
    bool is_forwarded = false;
    bool first = false;
    std::vector<Endpoint> addresses{};  // ascending: they are tried in no order of the text

    bool operator==(const NamedZone&) const = default;
};

std::vector<NamedZone> named_zones(const Config& config) {
    std::vector<NamedZone> zones;
    const auto append = [&zones](const std::vector<Config::Zone>& list, bool is_forwarded) {
        for (const Config::Zone& zone : list) {
            NamedZone named{zone.zone, is_forwarded, zone.first, zone.addresses};
            std::ranges::sort(named.addresses);
            zones.push_back(std::move(named));
        }
    };
    append(config.forward, true);
    append(config.stub, false);
    return zones;
}

template <class Value>
bool has(const std::vector<Value>& values, const Value& value) {
    return std::ranges::find(values, value) != values.end();
}

bool is_below(const Name& name, const Name& ancestor) {
    return name.view().is_subdomain_of(ancestor) && !(name == ancestor);
}

// Leaves those that lie below no other.
std::vector<Name> topmost(std::vector<Name> names) {
    std::ranges::sort(names, dns::CanonicalLess());
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    const std::vector<Name> all = names;
    std::erase_if(names, [&all](const Name& name) {
        return std::ranges::any_of(all, [&](const Name& other) { return is_below(name, other); });
    });
    return names;
}

std::vector<Endpoint> servers_of(const std::vector<NamedZone>& zones) {
    std::vector<Endpoint> servers;
    for (const NamedZone& zone : zones) {
        servers.insert(servers.end(), zone.addresses.begin(), zone.addresses.end());
    }
    std::ranges::sort(servers);
    const auto repeated = std::ranges::unique(servers);
    servers.erase(repeated.begin(), repeated.end());
    return servers;
}

// Zones that are named in one of the two only, or otherwise.
std::vector<Name> differing(const std::vector<NamedZone>& before,
                            const std::vector<NamedZone>& after) {
    std::vector<Name> names;
    for (const NamedZone& zone : before) {
        if (!has(after, zone)) {
            names.push_back(zone.zone);
        }
    }
    for (const NamedZone& zone : after) {
        if (!has(before, zone)) {
            names.push_back(zone.zone);
        }
    }
    std::ranges::sort(names, dns::CanonicalLess());
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

void flush_zones(const Config& in_force, const Config& wanted, std::vector<Flush>& to) {
    const std::vector<NamedZone> before = named_zones(in_force);
    const std::vector<NamedZone> after = named_zones(wanted);
    const std::vector<Name> changed = differing(before, after);
    for (const Name& zone : changed) {
        std::vector<Name> kept;
        for (const NamedZone& other : after) {
            if (is_below(other.zone, zone) && !has(changed, other.zone)) {
                kept.push_back(other.zone);
            }
        }
        kept = topmost(std::move(kept));
        to.push_back({.what = What::everything, .zone = zone, .except = kept});
        // Their data is as true as before, but their chain of trust leads through the zone.
        for (const Name& below : kept) {
            to.push_back({.what = What::validation, .zone = below});
        }
    }
    std::vector<Endpoint> gone = servers_of(before);
    const std::vector<Endpoint> still = servers_of(after);
    std::erase_if(gone, [&still](const Endpoint& server) { return has(still, server); });
    if (!gone.empty()) {
        to.push_back({.what = What::servers, .servers = std::move(gone)});
    }
}

void flush_negative_trust(const Config& in_force, const Config& wanted, std::vector<Flush>& to) {
    const auto& before = in_force.dnssec.negative_anchors;
    const auto& after = wanted.dnssec.negative_anchors;
    const auto append = [&to](const auto& these, const auto& others) {
        for (const Config::NegativeAnchor& anchor : these) {
            if (!has(others, anchor)) {
                to.push_back({.what = What::validation, .zone = anchor.zone});
            }
        }
    };
    append(before, after);
    append(after, before);
}

bool is_within(const Flush& wide, const Name& zone) {
    return zone.view().is_subdomain_of(wide.zone) &&
           std::ranges::none_of(wide.except, [&zone](const Name& except) {
               return zone.view().is_subdomain_of(except);
           });
}

bool leaves_nothing_below(const Flush& wide, const Name& zone) {
    return std::ranges::none_of(wide.except,
                                [&zone](const Name& except) { return is_below(except, zone); });
}

// Whether whoever does `wide` has done `narrow`.
bool contains(const Flush& wide, const Flush& narrow) {
    const bool is_about_names = wide.what == What::everything || wide.what == What::validation;
    if (wide == narrow || !is_about_names || !is_within(wide, narrow.zone)) {
        return wide == narrow;
    }
    if (narrow.what == What::everything) {
        // What is left out below both is the same: the zones that do not change.
        return wide.what == What::everything;
    }
    return (narrow.what == What::validation || narrow.what == What::failures) &&
           leaves_nothing_below(wide, narrow.zone);
}

std::vector<Flush> without_contained(const std::vector<Flush>& all) {
    std::vector<Flush> left;
    for (std::size_t i = 0; i < all.size(); ++i) {
        bool is_contained = false;
        for (std::size_t j = 0; j < all.size(); ++j) {
            // Of two that contain each other the first one stays.
            is_contained = is_contained || (i != j && contains(all[j], all[i]) &&
                                            (j < i || !contains(all[i], all[j])));
        }
        if (!is_contained) {
            left.push_back(all[i]);
        }
    }
    return left;
}

void append_flush(Untrue untrue, std::vector<Flush>& to) {
    switch (untrue) {
        case Untrue::failures:
            to.push_back({.what = What::failures});
            break;
        case Untrue::trust:
            to.push_back(flush_of_anchors());
            break;
        case Untrue::root_servers:
            to.push_back(flush_of_hints());
            break;
        case Untrue::nothing:
        case Untrue::zone_data:
        case Untrue::negative_trust:
            break;  // not of the key but of its elements
    }
}

std::string with_exceptions(const Flush& flush, std::string_view what) {
    std::string text = fmt::format("{}{}", what, to_text(flush.zone));
    for (std::size_t i = 0; i < flush.except.size(); ++i) {
        text += fmt::format("{}{}", i == 0 ? " but not " : ", ", to_text(flush.except[i]));
    }
    return text;
}

}  // namespace

bool Plan::needs_restart() const {
    return std::ranges::find(keys, Applies::restart, &KeyChange::applies) != keys.end();
}

Flush flush_of_hints() {
    return {.what = What::root_servers};
}

Flush flush_of_anchors() {
    return {.what = What::validation};
}

Plan plan_of(const Config& in_force, const Config& wanted) {
    Plan plan;
    for (const ConfigKey<Config>& key : config_keys()) {
        std::string was = key.get(in_force);
        std::string is = key.get(wanted);
        if (was != is) {
            append_flush(key.untrue, plan.flushes);
            plan.keys.push_back({key.path, std::move(was), std::move(is), key.applies});
        }
    }
    flush_zones(in_force, wanted, plan.flushes);
    flush_negative_trust(in_force, wanted, plan.flushes);
    plan.flushes = without_contained(plan.flushes);
    std::ranges::sort(plan.flushes, [](const Flush& a, const Flush& b) {
        return a.what != b.what ? a.what < b.what : dns::canonical_order(a.zone, b.zone) < 0;
    });
    return plan;
}

std::string describe(const Flush& flush) {
    switch (flush.what) {
        case What::everything:
            return with_exceptions(flush, "");
        case What::validation:
            return with_exceptions(flush, "what validated, or did not, at and below ");
        case What::root_servers:
            return "the root's name servers";
        case What::failures:
            return with_exceptions(flush, "failures at and below ");
        case What::servers: {
            std::vector<std::string> texts;
            for (const Endpoint& server : flush.servers) {
                texts.push_back(server.to_text());
            }
            return fmt::format("what is known of the servers {}", fmt::join(texts, ", "));
        }
    }
    return {};
}

}  // namespace wend
