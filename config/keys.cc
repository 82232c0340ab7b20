#include "config/keys.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/date.h"
#include "base/edit_distance.h"
#include "config/idn.h"
#include "config/read.h"
#include "dns/rdata_text.h"

namespace wend {
namespace {

using Kind = JsonNode::Kind;
using Context = ConfigContext;

constexpr std::int64_t ttl_limit = 604'800;  // a week, in seconds

template <class Range, class Value, class Projection = std::identity>
bool has(const Range& range, const Value& value, Projection projection = {}) {
    return std::ranges::find(range, value, projection) != std::ranges::end(range);
}

bool is_kind(const JsonNode& node, Kind kind, Context& context) {
    if (node.kind != kind) {
        context.add(node, fmt::format("wants {}, not {}", describe(kind), describe(node.kind)));
    }
    return node.kind == kind;
}

void set(const JsonNode& node, bool& value, Context& context) {
    if (is_kind(node, Kind::boolean, context)) {
        value = node.boolean;
    }
}

template <class Number>
void set_number(const JsonNode& node, std::int64_t min, std::int64_t max, Number& value,
                Context& context) {
    if (node.kind != Kind::integer || node.integer < min || node.integer > max) {
        context.add(node, fmt::format("wants a whole number from {} to {}", min, max));
        return;
    }
    value = static_cast<Number>(node.integer);
}

// In a second; 0 is no limit.
void set_rate(const JsonNode& node, std::uint32_t& value, Context& context) {
    set_number(node, 0, 1'000'000, value, context);
}

void set(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        if (node.text.size() > 255) {  // a character-string's most (RFC 1035 3.3)
            context.add(node, "is over 255 octets");
        } else {
            value = node.text;
        }
    }
}

void set_file(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        value = node.text.starts_with('/') ? node.text : context.directory + "/" + node.text;
        if (access(value.c_str(), R_OK) != 0) {
            context.add(node, fmt::format("the file \"{}\" cannot be read", node.text));
        }
    }
}

// A file that will be written: it may not be there yet, but its folder must be.
void set_state_file(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        value = node.text.starts_with('/') ? node.text : context.directory + "/" + node.text;
        const std::string folder = value.substr(0, value.rfind('/') + 1);
        if (node.text.empty() || node.text.ends_with('/')) {
            context.add(node, "wants the name of a file");
        } else if (access(folder.c_str(), W_OK | X_OK) != 0) {
            context.add(node, fmt::format("the folder \"{}\" cannot be written to", folder));
        }
    }
}

void set_size(const JsonNode& node, std::size_t& value, Context& context) {
    constexpr std::size_t min = std::size_t{1} << 20;
    const auto size = node.kind == Kind::text ? size_from_text(node.text) : std::nullopt;
    if (!size || *size < min) {
        context.add(node, "wants a size of at least 1MiB, such as \"256MiB\" or \"2GiB\"");
        return;
    }
    value = *size;
}

void set_level(const JsonNode& node, LogLevel& value, Context& context) {
    constexpr std::array<std::pair<std::string_view, LogLevel>, 5> levels = {{
        {"debug", LogLevel::debug},
        {"info", LogLevel::info},
        {"warning", LogLevel::warning},
        {"error", LogLevel::error},
        {"off", LogLevel::off},
    }};
    const auto* const found =
        std::ranges::find(levels, node.text, &std::pair<std::string_view, LogLevel>::first);
    if (node.kind != Kind::text || found == levels.end()) {
        context.add(node, R"(wants "debug", "info", "warning", "error" or "off")");
        return;
    }
    value = found->second;
}

void set_mode(const JsonNode& node, policy::RateMode& value, Context& context) {
    using policy::RateMode;
    constexpr std::array<std::pair<std::string_view, RateMode>, 3> modes = {
        {{"off", RateMode::off}, {"shadow", RateMode::shadow}, {"enforce", RateMode::enforce}}};
    const auto* const found =
        std::ranges::find(modes, node.text, &std::pair<std::string_view, RateMode>::first);
    if (node.kind != Kind::text || found == modes.end()) {
        context.add(node, R"(wants "off", "shadow" or "enforce")");
        return;
    }
    value = found->second;
}

// RFC 9156 2.1 leaves the type of minimised questions open; these are the two in use.
void set_minimise_type(const JsonNode& node, dns::Type& value, Context& context) {
    if (node.kind == Kind::text && node.text == "A") {
        value = dns::Type::a;
    } else if (node.kind == Kind::text && node.text == "NS") {
        value = dns::Type::ns;
    } else {
        context.add(node, R"(wants "A" or "NS")");
    }
}

// Alike for equal values: what tells in one step that something is given twice.
std::string identity_of(const Endpoint& endpoint) {
    return endpoint.to_text();
}

std::string identity_of(const Prefix& network) {
    return network.to_text();
}

std::string identity_of(const dns::Name& name) {
    return to_text(name.lower_case());
}

// Replaces the whole list: what the file says is all that holds.
template <class Value, class Parse>
void set_list(const JsonNode& node, std::vector<Value>& values, std::string_view wants,
              const Parse& parse, Context& context) {
    if (!is_kind(node, Kind::array, context)) {
        return;
    }
    values.clear();
    std::unordered_set<std::string> seen;
    for (const JsonNode& element : node.elements) {
        const auto value =
            element.kind == Kind::text ? parse(element.text) : decltype(parse(element.text))();
        if (!value) {
            context.add(element, fmt::format("wants {}", wants));
        } else if (!seen.insert(identity_of(*value)).second) {
            context.add(element, fmt::format("\"{}\" is given twice", element.text));
        } else {
            values.push_back(*value);
        }
    }
}

void set_endpoints(const JsonNode& node, std::vector<Endpoint>& values, Context& context) {
    set_list(
        node, values, R"(an address, such as "192.0.2.1", "192.0.2.1:53" or "[2001:db8::1]:53")",
        [](const std::string& text) { return Endpoint::from_text(text, 53); }, context);
}

void set_prefixes(const JsonNode& node, std::vector<Prefix>& values, Context& context) {
    set_list(
        node, values, R"(a network, such as "192.0.2.0/24" or "2001:db8::/32")",
        [](const std::string& text) { return Prefix::from_text(text); }, context);
}

// The networks of a list in which two words stand for many: "private" for loopback, private and
// link-local networks, "localnets" for those of our own interfaces.
void set_networks(const JsonNode& node, std::vector<Prefix>& values, bool& local,
                  Context& context) {
    if (!is_kind(node, Kind::array, context)) {
        return;
    }
    JsonNode networks = node;
    const auto take_word = [&networks](std::string_view word) {
        return std::erase_if(networks.elements, [word](const JsonNode& element) {
                   return element.kind == Kind::text && element.text == word;
               }) > 0;
    };
    const bool is_private = take_word("private");
    local = take_word("localnets");
    set_list(
        networks, values,
        R"(a network, such as "192.0.2.0/24" or "2001:db8::/32", "private" or "localnets")",
        [](const std::string& text) { return Prefix::from_text(text); }, context);
    if (is_private) {
        const std::vector<Prefix> all = policy::default_allowed();
        std::erase_if(values, [&all](const Prefix& network) { return has(all, network); });
        values.insert(values.begin(), all.begin(), all.end());
    }
}

// The octets of UTF-8 would be asked for as they are, and no zone has them.
bool is_ascii(const JsonNode& node, Context& context) {
    if (node.kind == Kind::text && is_beyond_ascii(node.text)) {
        context.add(node, fmt::format("\"{}\" is not written as the DNS holds it: {}", node.text,
                                      a_label_advice(node.text)));
        return false;
    }
    return true;
}

void set_name(const JsonNode& node, dns::Name& value, Context& context) {
    if (!is_kind(node, Kind::text, context) || !is_ascii(node, context)) {
        return;
    }
    const auto name = dns::Name::from_text(node.text);
    if (!name) {
        context.add(node, fmt::format("\"{}\" is not a domain name: {}", node.text,
                                      describe(name.error())));
        return;
    }
    value = *name;
}

void set_names(const JsonNode& node, std::vector<dns::Name>& values, Context& context) {
    for (const JsonNode& element : node.elements) {
        is_ascii(element, context);
    }
    set_list(
        node, values, R"(a domain name, such as "pool.ntp.org")",
        [](const std::string& text) {
            const auto name = dns::Name::from_text(text);
            return name ? std::optional(*name) : std::nullopt;
        },
        context);
}

// Numbers from 0 to 255, or what `parse` knows them by.
template <class Parse>
void set_numbers(const JsonNode& node, std::vector<std::uint8_t>& values, std::string_view wants,
                 const Parse& parse, Context& context) {
    if (!is_kind(node, Kind::array, context)) {
        return;
    }
    values.clear();
    for (const JsonNode& element : node.elements) {
        std::optional<std::uint8_t> value;
        if (element.kind == Kind::text) {
            value = parse(element.text);
        } else if (element.kind == Kind::integer && element.integer >= 0 &&
                   element.integer <= 255) {
            value = static_cast<std::uint8_t>(element.integer);
        }
        if (!value) {
            context.add(element, fmt::format("wants {}", wants));
        } else if (has(values, *value)) {
            context.add(element, fmt::format("{} is given twice", *value));
        } else {
            values.push_back(*value);
        }
    }
}

void set_algorithms(const JsonNode& node, std::vector<std::uint8_t>& values, Context& context) {
    set_numbers(node, values,
                R"(a DNSSEC algorithm, such as "RSASHA1", "ECDSAP256SHA256" or its number)",
                dns::algorithm_from_text, context);
}

void set_digests(const JsonNode& node, std::vector<std::uint8_t>& values, Context& context) {
    set_numbers(node, values, R"(a digest of DS records, such as "SHA-1", "SHA-256" or its number)",
                dns::digest_type_from_text, context);
}

void set_date(const JsonNode& node, std::optional<WallTime>& value, Context& context) {
    value = node.kind == Kind::text ? wall_time_from_text(node.text) : std::nullopt;
    if (!value && node.kind != Kind::null) {
        context.add(node, R"(wants a date in UTC, such as "2026-12-31T00:00:00Z", or null)");
    }
}

// A zone's name alone, or {"zone": ..., "until": ...}.
void set_negative_anchors(const JsonNode& node, std::vector<Config::NegativeAnchor>& anchors,
                          Context& context) {
    if (!is_kind(node, Kind::array, context)) {
        return;
    }
    anchors.clear();
    std::unordered_set<std::string> seen;
    for (const JsonNode& element : node.elements) {
        Config::NegativeAnchor anchor;
        if (element.kind == Kind::text) {
            set_name(element, anchor.zone, context);
        } else if (element.kind != Kind::object) {
            context.add(element, R"(wants a zone, such as "broken.example" or )"
                                 R"({"zone": "broken.example", "until": "2026-12-31"})");
            continue;
        } else {
            read_members(element, "", negative_anchor_keys(), anchor, context);
            if (!has(element.members, "zone", &JsonNode::key)) {
                context.add(element, "has no \"zone\"");
                continue;
            }
        }
        if (!seen.insert(identity_of(anchor.zone)).second) {
            context.add(element, fmt::format("the zone {} is given twice", to_text(anchor.zone)));
        }
        anchors.push_back(std::move(anchor));
    }
}

void set_zones(const JsonNode& node, std::vector<Config::Zone>& zones, Context& context) {
    if (!is_kind(node, Kind::array, context)) {
        return;
    }
    zones.clear();
    std::unordered_set<std::string> seen;
    for (const JsonNode& element : node.elements) {
        if (!is_kind(element, Kind::object, context)) {
            continue;
        }
        Config::Zone zone;
        read_members(element, "", zone_keys(), zone, context);
        const bool named = has(element.members, "zone", &JsonNode::key);
        if (!named) {
            context.add(element, "has no \"zone\"");
        } else if (!seen.insert(identity_of(zone.zone)).second) {
            context.add(element, fmt::format("the zone {} is given twice", to_text(zone.zone)));
        }
        if (zone.addresses.empty()) {
            context.add(element, "has no \"addresses\"");
        }
        zones.push_back(std::move(zone));
    }
}

using N = const JsonNode&;
using C = Config&;
using X = Context&;

constexpr auto keys = std::to_array<ConfigKey<Config>>({
    {"$schema", [](N, C, X) {}},  // for editors
    {"listen", [](N n, C c, X x) { set_endpoints(n, c.listen, x); }},
    {"workers", [](N n, C c, X x) { set_number(n, 0, 256, c.workers, x); }},
    {"access.allow",
     [](N n, C c, X x) { set_networks(n, c.access.allow, c.access.local_networks, x); }},
    {"cache.size", [](N n, C c, X x) { set_size(n, c.cache.size, x); }},
    {"cache.ttl-min", [](N n, C c, X x) { set_number(n, 0, 3600, c.cache.ttl_min, x); }},
    {"cache.ttl-max", [](N n, C c, X x) { set_number(n, 1, ttl_limit, c.cache.ttl_max, x); }},
    {"cache.negative-ttl-max",
     [](N n, C c, X x) { set_number(n, 1, ttl_limit, c.cache.negative_ttl_max, x); }},
    {"root.hints", [](N n, C c, X x) { set_file(n, c.root.hints, x); }},
    {"root.anchors", [](N n, C c, X x) { set_file(n, c.root.anchors, x); }},
    {"upstream.ipv4", [](N n, C c, X x) { set(n, c.upstream.ipv4, x); }},
    {"upstream.ipv6", [](N n, C c, X x) { set(n, c.upstream.ipv6, x); }},
    {"upstream.port", [](N n, C c, X x) { set_number(n, 1, 65'535, c.upstream.port, x); }},
    {"upstream.never-query", [](N n, C c, X x) { set_prefixes(n, c.upstream.never_query, x); }},
    {"upstream.minimise-qname", [](N n, C c, X x) { set(n, c.upstream.minimise_qname, x); }},
    {"upstream.minimise-type",
     [](N n, C c, X x) { set_minimise_type(n, c.upstream.minimise_type, x); }},
    {"upstream.mixed-case", [](N n, C c, X x) { set(n, c.upstream.mixed_case, x); }},
    {"upstream.cookies", [](N n, C c, X x) { set(n, c.upstream.cookies, x); }},
    {"dnssec.validate", [](N n, C c, X x) { set(n, c.dnssec.validate, x); }},
    {"dnssec.negative-anchors",
     [](N n, C c, X x) { set_negative_anchors(n, c.dnssec.negative_anchors, x); }},
    {"dnssec.anchors-state",
     [](N n, C c, X x) { set_state_file(n, c.dnssec.anchors_state, x); }},
    {"dnssec.disabled-algorithms",
     [](N n, C c, X x) { set_algorithms(n, c.dnssec.disabled_algorithms, x); }},
    {"dnssec.disabled-digests",
     [](N n, C c, X x) { set_digests(n, c.dnssec.disabled_digests, x); }},
    {"dnssec.check-clock", [](N n, C c, X x) { set(n, c.dnssec.check_clock, x); }},
    {"dnssec.time-servers", [](N n, C c, X x) { set_names(n, c.dnssec.time_servers, x); }},
    {"forward", [](N n, C c, X x) { set_zones(n, c.forward, x); }},
    {"stub", [](N n, C c, X x) { set_zones(n, c.stub, x); }},
    {"chaos.identity", [](N n, C c, X x) { set(n, c.chaos.identity, x); }},
    {"chaos.version", [](N n, C c, X x) { set(n, c.chaos.version, x); }},
    {"log.level", [](N n, C c, X x) { set_level(n, c.log.level, x); }},
    {"tcp.clients", [](N n, C c, X x) { set_number(n, 1, 1'000'000, c.tcp.clients, x); }},
    {"tcp.client-percent",
     [](N n, C c, X x) { set_number(n, 1, 100, c.tcp.client_percent, x); }},
    {"tcp.idle-seconds",
     [](N n, C c, X x) {
         std::int64_t seconds = c.tcp.idle.count();
         set_number(n, 1, 3600, seconds, x);
         c.tcp.idle = std::chrono::seconds(seconds);
     }},
    {"tcp.pipeline", [](N n, C c, X x) { set_number(n, 1, 10'000, c.tcp.pipeline, x); }},
    {"waiting.clients", [](N n, C c, X x) { set_number(n, 1, 1'000'000, c.waiting.clients, x); }},
    {"waiting.per-address",
     [](N n, C c, X x) { set_number(n, 1, 1'000'000, c.waiting.per_address, x); }},
    {"cookies.answer", [](N n, C c, X x) { set(n, c.cookies.answer, x); }},
    {"rate-limit.mode", [](N n, C c, X x) { set_mode(n, c.rate_limit.mode, x); }},
    {"rate-limit.queries-per-address",
     [](N n, C c, X x) { set_rate(n, c.rate_limit.limits.queries_per_address, x); }},
    {"rate-limit.queries-per-network",
     [](N n, C c, X x) { set_rate(n, c.rate_limit.limits.queries_per_network, x); }},
    {"rate-limit.errors-per-address",
     [](N n, C c, X x) { set_rate(n, c.rate_limit.limits.errors_per_address, x); }},
    {"rate-limit.errors-per-network",
     [](N n, C c, X x) { set_rate(n, c.rate_limit.limits.errors_per_network, x); }},
    {"rate-limit.exempt",
     [](N n, C c, X x) {
         set_networks(n, c.rate_limit.exempt, c.rate_limit.exempt_local_networks, x);
     }},
    {"cpu-share.mode", [](N n, C c, X x) { set_mode(n, c.cpu_share.mode, x); }},
    {"cpu-share.percent", [](N n, C c, X x) { set_number(n, 1, 100, c.cpu_share.percent, x); }},
});

using Z = Config::Zone&;

constexpr auto keys_of_zone = std::to_array<ConfigKey<Config::Zone>>({
    {"zone", [](N n, Z z, X x) { set_name(n, z.zone, x); }},
    {"addresses", [](N n, Z z, X x) { set_endpoints(n, z.addresses, x); }},
    {"first", [](N n, Z z, X x) { set(n, z.first, x); }},
});

using A = Config::NegativeAnchor&;

constexpr auto keys_of_negative_anchor = std::to_array<ConfigKey<Config::NegativeAnchor>>({
    {"zone", [](N n, A a, X x) { set_name(n, a.zone, x); }},
    {"until", [](N n, A a, X x) { set_date(n, a.until, x); }},
});

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

std::span<const ConfigKey<Config>> config_keys() {
    return keys;
}

std::span<const ConfigKey<Config::Zone>> zone_keys() {
    return keys_of_zone;
}

std::span<const ConfigKey<Config::NegativeAnchor>> negative_anchor_keys() {
    return keys_of_negative_anchor;
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
        } else if (is_kind(member, Kind::object, context)) {
            read_members(member, path + ".", table, target, context);
        }
        seen.push_back(member.key);
    }
}

template void read_members(const JsonNode&, std::string_view, std::span<const ConfigKey<Config>>,
                           Config&, Context&);

}  // namespace wend
