#include <algorithm>
#include <functional>
#include <span>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/idn.h"
#include "config/keys.h"
#include "config/values.h"
#include "dns/rdata_text.h"

namespace wend::value {
namespace {

using Kind = JsonNode::Kind;
using Context = ConfigContext;

template <class Range, class Value, class Projection = std::identity>
bool has(const Range& range, const Value& value, Projection projection = {}) {
    return std::ranges::find(range, value, projection) != std::ranges::end(range);
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

const std::string& identity_of(const std::string& text) {
    return text;
}

constexpr std::string_view host_letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

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

// A list in JSON of what `write` makes of each.
template <class Value, class Write>
std::string list_of(const std::vector<Value>& values, const Write& write) {
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const Value& value : values) {
        texts.push_back(write(value));
    }
    return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string quoted_text_of(const Endpoint& endpoint) {
    return json_string(endpoint.to_text());
}

std::string quoted_text_of(const Prefix& network) {
    return json_string(network.to_text());
}

constexpr std::string_view network_examples = R"("192.0.2.0/24" or "2001:db8::/32")";

void set_networks(const JsonNode& node, std::vector<Prefix>& values, std::string_view wants,
                  Context& context) {
    set_list(
        node, values, wants, [](const std::string& text) { return Prefix::from_text(text); },
        context);
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

std::string get_numbers(const std::vector<std::uint8_t>& values) {
    return list_of(values, [](std::uint8_t value) { return std::to_string(value); });
}

// {"zone": ..., ...}: the members of one element, by their table.
template <class Target>
std::string object_of(const Target& target, std::span<const ConfigKey<Target>> keys) {
    std::vector<std::string> members;
    members.reserve(keys.size());
    for (const ConfigKey<Target>& key : keys) {
        members.push_back(fmt::format("\"{}\": {}", key.path, key.get(target)));
    }
    return fmt::format("{{{}}}", fmt::join(members, ", "));
}

}  // namespace

void DomainName::set(const JsonNode& node, dns::Name& value, Context& context) {
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

std::string DomainName::get(const dns::Name& value) {
    return json_string(to_text(value));
}

void set_endpoints(const JsonNode& node, std::uint16_t default_port, std::vector<Endpoint>& values,
                   Context& context) {
    set_list(
        node, values,
        fmt::format(R"(an address, such as "192.0.2.1", "192.0.2.1:{0}" or "[2001:db8::1]:{0}")",
                    default_port),
        [default_port](const std::string& text) { return Endpoint::from_text(text, default_port); },
        context);
}

std::string endpoints_text(const std::vector<Endpoint>& values) {
    return list_of(values, [](const Endpoint& value) { return quoted_text_of(value); });
}

void Prefixes::set(const JsonNode& node, std::vector<Prefix>& values, Context& context) {
    set_networks(node, values, fmt::format("a network, such as {}", network_examples), context);
}

std::string Prefixes::get(const std::vector<Prefix>& values) {
    return list_of(values, [](const Prefix& value) { return quoted_text_of(value); });
}

void Networks::set(const JsonNode& node, Target target, Context& context) {
    auto& [values, local] = target;
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
    set_networks(
        networks, values,
        R"(a network, such as "192.0.2.0/24" or "2001:db8::/32", "private" or "localnets")",
        context);
    if (is_private) {
        const std::vector<Prefix> all = policy::default_allowed();
        std::erase_if(values, [&all](const Prefix& network) { return has(all, network); });
        values.insert(values.begin(), all.begin(), all.end());
    }
}

std::string Networks::get(Source source) {
    const auto& [values, local] = source;
    const std::vector<Prefix> all = policy::default_allowed();
    const bool is_private =
        std::ranges::all_of(all, [&](const Prefix& network) { return has(values, network); });
    std::vector<std::string> texts;
    if (is_private) {
        texts.emplace_back(R"("private")");
    }
    if (local) {
        texts.emplace_back(R"("localnets")");
    }
    for (const Prefix& network : values) {
        if (!is_private || !has(all, network)) {
            texts.push_back(quoted_text_of(network));
        }
    }
    return fmt::format("[{}]", fmt::join(texts, ", "));
}

void DomainNames::set(const JsonNode& node, std::vector<dns::Name>& values, Context& context) {
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

std::string DomainNames::get(const std::vector<dns::Name>& values) {
    return list_of(values, DomainName::get);
}

void HostNames::set(const JsonNode& node, std::vector<std::string>& values, Context& context) {
    set_list(
        node, values, R"(the name of a host as in a URL, such as "wend.example")",
        [](const std::string& text) {
            const auto name = dns::Name::from_text(text);
            std::string host = name ? to_text(name->lower_case()) : std::string();
            if (host.size() > 1) {
                host.pop_back();
            }
            const bool is_host = host.find_first_not_of(host_letters) == std::string::npos;
            return is_host && !host.empty() ? std::optional(host) : std::nullopt;
        },
        context);
}

std::string HostNames::get(const std::vector<std::string>& values) {
    return list_of(values, json_string);
}

void KeyPaths::set(const JsonNode& node, std::vector<std::string>& values, Context& context) {
    const std::vector<std::string_view> known = key_and_section_paths();
    if (node.kind == Kind::array) {
        for (const JsonNode& element : node.elements) {
            if (element.kind == Kind::text && !has(known, element.text)) {
                context.add(element, fmt::format("there is no key \"{}\"; the nearest is \"{}\"",
                                                 element.text, nearest_key(element.text, known)));
            }
        }
    }
    set_list(
        node, values, R"(the path of a key or a section, such as "cache.size" or "cache")",
        [](const std::string& text) { return std::optional(text); }, context);
}

std::string KeyPaths::get(const std::vector<std::string>& values) {
    return list_of(values, json_string);
}

void Ids::set(const JsonNode& node, std::vector<std::string>& values, Context& context) {
    set_list(
        node, values, R"(the id of a finding, such as "open-resolver")",
        [](const std::string& text) { return std::optional(text); }, context);
}

std::string Ids::get(const std::vector<std::string>& values) {
    return list_of(values, json_string);
}

void Algorithms::set(const JsonNode& node, std::vector<std::uint8_t>& values, Context& context) {
    set_numbers(node, values,
                R"(a DNSSEC algorithm, such as "RSASHA1", "ECDSAP256SHA256" or its number)",
                dns::algorithm_from_text, context);
}

std::string Algorithms::get(const std::vector<std::uint8_t>& values) {
    return get_numbers(values);
}

void Digests::set(const JsonNode& node, std::vector<std::uint8_t>& values, Context& context) {
    set_numbers(node, values, R"(a digest of DS records, such as "SHA-1", "SHA-256" or its number)",
                dns::digest_type_from_text, context);
}

std::string Digests::get(const std::vector<std::uint8_t>& values) {
    return get_numbers(values);
}

void NegativeAnchors::set(const JsonNode& node, std::vector<Config::NegativeAnchor>& anchors,
                          Context& context) {
    if (!is_kind(node, Kind::array, context)) {
        return;
    }
    anchors.clear();
    std::unordered_set<std::string> seen;
    for (const JsonNode& element : node.elements) {
        Config::NegativeAnchor anchor;
        if (element.kind == Kind::text) {
            DomainName::set(element, anchor.zone, context);
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

std::string NegativeAnchors::get(const std::vector<Config::NegativeAnchor>& anchors) {
    return list_of(anchors, [](const Config::NegativeAnchor& anchor) {
        return anchor.until ? object_of(anchor, negative_anchor_keys())
                            : DomainName::get(anchor.zone);
    });
}

void Zones::set(const JsonNode& node, std::vector<Config::Zone>& zones, Context& context) {
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

std::string Zones::get(const std::vector<Config::Zone>& zones) {
    return list_of(zones, [](const Config::Zone& zone) { return object_of(zone, zone_keys()); });
}

}  // namespace wend::value
