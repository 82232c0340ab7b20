#include "config/keys.h"

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

#include <fmt/format.h>

#include "base/edit_distance.h"

namespace wend {
namespace {

using Context = ConfigContext;

template <class Range, class Value, class Projection = std::identity>
bool has(const Range& range, const Value& value, Projection projection = {}) {
    return std::ranges::find(range, value, projection) != std::ranges::end(range);
}

// A row: the kind of value, the path, where in the target the value is, and what a change means.
template <class Kind, class Target, class Member>
constexpr ConfigKey<Target> row(std::string_view path, Member, Applies applies = Applies::live,
                                Untrue untrue = Untrue::nothing) {
    return {.path = path,
            .set = [](const JsonNode& node, Target& target,
                      Context& context) { Kind::set(node, Member{}(target), context); },
            .get = [](const Target& target) { return Kind::get(Member{}(target)); },
            .applies = applies,
            .untrue = untrue};
}

template <class Kind, class Member>
constexpr ConfigKey<Config> key(std::string_view path, Member member,
                                Applies applies = Applies::live, Untrue untrue = Untrue::nothing) {
    return row<Kind, Config>(path, member, applies, untrue);
}

// For editors.
struct SchemaAddress {
    static void set(const JsonNode&, Config&, Context&) {}

    static std::string get(const Config&) { return "null"; }
};

using enum Applies;
using namespace value;

constexpr std::int64_t ttl_limit = 604'800;  // a week, in seconds
using Ttl = Number<1, ttl_limit>;
using Rate = Number<0, 1'000'000>;  // in a second; 0 is no limit
using Count = Number<1, 1'000'000>;
using Percent = Number<1, 100>;

// clang-format off
constexpr auto keys = std::to_array<ConfigKey<Config>>({
    key<SchemaAddress>("$schema", [](auto& c) -> auto& { return c; }),
    key<Endpoints>("listen", [](auto& c) -> auto& { return c.listen; }),
    key<Number<0, 256>>("workers", [](auto& c) -> auto& { return c.workers; }, restart),
    key<Networks>("access.allow",
        [](auto& c) { return std::tie(c.access.allow, c.access.local_networks); }),
    key<Size>("cache.size", [](auto& c) -> auto& { return c.cache.size; }, restart),
    key<Number<0, 3600>>("cache.ttl-min", [](auto& c) -> auto& { return c.cache.ttl_min; }),
    key<Ttl>("cache.ttl-max", [](auto& c) -> auto& { return c.cache.ttl_max; }),
    key<Ttl>("cache.negative-ttl-max", [](auto& c) -> auto& { return c.cache.negative_ttl_max; }),
    key<ReadableFile>("root.hints", [](auto& c) -> auto& { return c.root.hints; },
        live, Untrue::root_servers),
    key<ReadableFile>("root.anchors", [](auto& c) -> auto& { return c.root.anchors; },
        live, Untrue::trust),
    key<Flag>("upstream.ipv4", [](auto& c) -> auto& { return c.upstream.ipv4; },
        live, Untrue::failures),
    key<Flag>("upstream.ipv6", [](auto& c) -> auto& { return c.upstream.ipv6; },
        live, Untrue::failures),
    key<Number<1, 65'535>>("upstream.port", [](auto& c) -> auto& { return c.upstream.port; },
        live, Untrue::failures),
    key<Prefixes>("upstream.never-query", [](auto& c) -> auto& { return c.upstream.never_query; },
        live, Untrue::failures),
    key<Flag>("upstream.minimise-qname",
        [](auto& c) -> auto& { return c.upstream.minimise_qname; }, live, Untrue::failures),
    key<MinimiseType>("upstream.minimise-type",
        [](auto& c) -> auto& { return c.upstream.minimise_type; }, live, Untrue::failures),
    key<Flag>("upstream.mixed-case", [](auto& c) -> auto& { return c.upstream.mixed_case; },
        live, Untrue::failures),
    key<Flag>("upstream.cookies", [](auto& c) -> auto& { return c.upstream.cookies; },
        live, Untrue::failures),
    key<Flag>("dnssec.validate", [](auto& c) -> auto& { return c.dnssec.validate; },
        live, Untrue::trust),
    key<NegativeAnchors>("dnssec.negative-anchors",
        [](auto& c) -> auto& { return c.dnssec.negative_anchors; }, live, Untrue::negative_trust),
    key<WritableFile>("dnssec.anchors-state",
        [](auto& c) -> auto& { return c.dnssec.anchors_state; }, live, Untrue::trust),
    key<Algorithms>("dnssec.disabled-algorithms",
        [](auto& c) -> auto& { return c.dnssec.disabled_algorithms; }, live, Untrue::trust),
    key<Digests>("dnssec.disabled-digests",
        [](auto& c) -> auto& { return c.dnssec.disabled_digests; }, live, Untrue::trust),
    key<Flag>("dnssec.check-clock", [](auto& c) -> auto& { return c.dnssec.check_clock; }),
    key<DomainNames>("dnssec.time-servers",
        [](auto& c) -> auto& { return c.dnssec.time_servers; }),
    key<Zones>("forward", [](auto& c) -> auto& { return c.forward; }, live, Untrue::zone_data),
    key<Zones>("stub", [](auto& c) -> auto& { return c.stub; }, live, Untrue::zone_data),
    key<Text>("chaos.identity", [](auto& c) -> auto& { return c.chaos.identity; }),
    key<Text>("chaos.version", [](auto& c) -> auto& { return c.chaos.version; }),
    key<Level>("log.level", [](auto& c) -> auto& { return c.log.level; }),
    key<Count>("tcp.clients", [](auto& c) -> auto& { return c.tcp.clients; }),
    key<Percent>("tcp.client-percent", [](auto& c) -> auto& { return c.tcp.client_percent; }),
    key<Seconds<1, 3600>>("tcp.idle-seconds", [](auto& c) -> auto& { return c.tcp.idle; }),
    key<Number<1, 10'000>>("tcp.pipeline", [](auto& c) -> auto& { return c.tcp.pipeline; }),
    key<Count>("waiting.clients", [](auto& c) -> auto& { return c.waiting.clients; }),
    key<Count>("waiting.per-address", [](auto& c) -> auto& { return c.waiting.per_address; }),
    key<Flag>("cookies.answer", [](auto& c) -> auto& { return c.cookies.answer; }),
    key<Mode>("rate-limit.mode", [](auto& c) -> auto& { return c.rate_limit.mode; }),
    key<Rate>("rate-limit.queries-per-address",
        [](auto& c) -> auto& { return c.rate_limit.limits.queries_per_address; }),
    key<Rate>("rate-limit.queries-per-network",
        [](auto& c) -> auto& { return c.rate_limit.limits.queries_per_network; }),
    key<Rate>("rate-limit.errors-per-address",
        [](auto& c) -> auto& { return c.rate_limit.limits.errors_per_address; }),
    key<Rate>("rate-limit.errors-per-network",
        [](auto& c) -> auto& { return c.rate_limit.limits.errors_per_network; }),
    key<Networks>("rate-limit.exempt",
        [](auto& c) { return std::tie(c.rate_limit.exempt, c.rate_limit.exempt_local_networks); }),
    key<Mode>("cpu-share.mode", [](auto& c) -> auto& { return c.cpu_share.mode; }),
    key<Percent>("cpu-share.percent", [](auto& c) -> auto& { return c.cpu_share.percent; }),
    key<SocketPath>("control.socket", [](auto& c) -> auto& { return c.control.socket; }),
    key<Scope>("control.group-scope", [](auto& c) -> auto& { return c.control.group_scope; }),
    key<EndpointsAt<8053>>("http.listen", [](auto& c) -> auto& { return c.http.listen; }),
    key<HostNames>("http.names", [](auto& c) -> auto& { return c.http.names; }),
    key<Flag>("http.plain", [](auto& c) -> auto& { return c.http.plain; }),
    key<Prefixes>("http.metrics-allow", [](auto& c) -> auto& { return c.http.metrics_allow; }),
    key<KeyPaths>("lock", [](auto& c) -> auto& { return c.lock; }),
    key<AnyPath>("state.folder", [](auto& c) -> auto& { return c.state.folder; }, restart),
    key<Number<1, 1'000>>("reload.generations",
        [](auto& c) -> auto& { return c.reload.generations; }),
    key<Ids>("lint.ignore", [](auto& c) -> auto& { return c.lint.ignore; }),
    key<FilePattern>("include", [](auto& c) -> auto& { return c.include; }),
});

constexpr auto keys_of_zone = std::to_array<ConfigKey<Config::Zone>>({
    row<DomainName, Config::Zone>("zone", [](auto& z) -> auto& { return z.zone; }),
    row<Endpoints, Config::Zone>("addresses", [](auto& z) -> auto& { return z.addresses; }),
    row<Flag, Config::Zone>("first", [](auto& z) -> auto& { return z.first; }),
});

constexpr auto keys_of_negative_anchor = std::to_array<ConfigKey<Config::NegativeAnchor>>({
    row<DomainName, Config::NegativeAnchor>("zone", [](auto& a) -> auto& { return a.zone; }),
    row<Date, Config::NegativeAnchor>("until", [](auto& a) -> auto& { return a.until; }),
});
// clang-format on

std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('.') + 1);
}

// All paths, and the sections that they stand in.
template <class Target>
std::vector<std::string_view> known_paths(std::span<const ConfigKey<Target>> table) {
    std::vector<std::string_view> known;
    for (const auto& key : table) {
        const std::string_view section = key.path.substr(0, key.path.rfind('.'));
        if (section.size() < key.path.size() && !has(known, section)) {
            known.push_back(section);
        }
        known.push_back(key.path);
    }
    return known;
}

}  // namespace

std::string_view describe(Applies applies) {
    return applies == live ? "live" : "restart";
}

std::string_view describe(Untrue untrue) {
    switch (untrue) {
        case Untrue::nothing:
            return "";
        case Untrue::failures:
            return "what failed";
        case Untrue::zone_data:
            return "the zones whose servers change";
        case Untrue::negative_trust:
            return "what validated, or did not, in the zones that change";
        case Untrue::trust:
            return "what validated, or did not";
        case Untrue::root_servers:
            return "the root's name servers";
    }
    return "";
}

std::span<const ConfigKey<Config>> config_keys() {
    return keys;
}

std::span<const ConfigKey<Config::Zone>> zone_keys() {
    return keys_of_zone;
}

std::span<const ConfigKey<Config::NegativeAnchor>> negative_anchor_keys() {
    return keys_of_negative_anchor;
}

std::vector<std::string_view> key_and_section_paths() {
    return known_paths(config_keys());
}

const ConfigKey<Config>* find_key(std::string_view path) {
    const auto* const found = std::ranges::find(keys, path, &ConfigKey<Config>::path);
    return found == keys.end() ? nullptr : found;
}

std::string_view nearest_key(std::string_view path, std::span<const std::string_view> known) {
    // A key put into the wrong section is as near as one slip more.
    const auto distance = [&](std::string_view other) {
        return std::min(edit_distance(path, other),
                        edit_distance(last_part(path), last_part(other)) + 1);
    };
    return *std::ranges::min_element(known, {}, distance);
}

template <class Target>
void read_members(const JsonNode& object, std::string_view prefix,
                  std::span<const ConfigKey<Target>> table, Target& target, Context& context) {
    std::vector<std::string_view> seen;
    const std::vector<std::string_view> known = known_paths(table);
    for (const JsonNode& member : object.members) {
        const std::string path = fmt::format("{}{}", prefix, member.key);
        const auto key = std::ranges::find(table, path, &ConfigKey<Target>::path);
        if (has(seen, member.key)) {
            context.mistakes.push_back(
                {member.key_place, fmt::format("the key \"{}\" is given twice", path)});
        } else if (key != table.end()) {
            key->set(member, target, context);
        } else if (!has(known, path)) {
            context.mistakes.push_back(
                {member.key_place, fmt::format("there is no key \"{}\"; the nearest is \"{}\"",
                                               path, nearest_key(path, known))});
        } else if (is_kind(member, JsonNode::Kind::object, context)) {
            read_members(member, path + ".", table, target, context);
        }
        seen.push_back(member.key);
    }
}

template void read_members(const JsonNode&, std::string_view, std::span<const ConfigKey<Config>>,
                           Config&, Context&);
template void read_members(const JsonNode&, std::string_view,
                           std::span<const ConfigKey<Config::Zone>>, Config::Zone&, Context&);
template void read_members(const JsonNode&, std::string_view,
                           std::span<const ConfigKey<Config::NegativeAnchor>>,
                           Config::NegativeAnchor&, Context&);

}  // namespace wend
