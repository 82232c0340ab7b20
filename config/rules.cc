#include "config/rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace wend {
namespace {

const JsonNode* member_of(const JsonNode& object, std::string_view key) {
    const auto found = std::ranges::find(object.members, key, &JsonNode::key);
    return found == object.members.end() ? nullptr : &*found;
}

// Where a mistake about this key is told: at its value, or at the start where the text leaves it
// out.
const JsonNode& place_of(const JsonNode& root, std::string_view path) {
    const JsonNode* const node = find_node(root, path);
    return node == nullptr ? root : *node;
}

struct Problem {
    const char* sentence = nullptr;
    std::string_view id{};
};

std::optional<Problem> problem_of(const Config& config, const Endpoint& address) {
    if (std::ranges::find(config.listen, address) != config.listen.end()) {
        return Problem{"where we listen ourselves", "forwarder-is-self"};
    }
    const bool is_ruled_out =
        std::ranges::any_of(config.upstream.never_query,
                            [&](const Prefix& network) { return network.contains(address.ip); });
    return is_ruled_out ? std::optional(Problem{"which upstream.never-query rules out",
                                                "forwarder-never-queried"})
                        : std::nullopt;
}

// A zone whose servers will never be asked would fail without a word. `zones` and the elements of
// `list` are in the same order.
void check_addresses(const Config& config, const std::vector<Config::Zone>& zones,
                     const JsonNode& list, ConfigContext& context) {
    for (std::size_t i = 0; i < zones.size(); ++i) {
        const JsonNode& addresses = *member_of(list.elements[i], "addresses");
        for (std::size_t j = 0; j < zones[i].addresses.size(); ++j) {
            const Endpoint& address = zones[i].addresses[j];
            if (const auto problem = problem_of(config, address)) {
                context.add(
                    addresses.elements[j],
                    fmt::format("the zone {} is to be asked at {}, {}", to_text(zones[i].zone),
                                address.to_text(), problem->sentence),
                    problem->id);
            }
        }
    }
}

void check_forward_and_stub(const Config& config, const JsonNode& root, ConfigContext& context) {
    const JsonNode* const stubs = find_node(root, "stub");
    for (std::size_t i = 0; i < config.stub.size(); ++i) {
        const dns::Name& zone = config.stub[i].zone;
        if (std::ranges::find(config.forward, zone, &Config::Zone::zone) != config.forward.end()) {
            context.add(*member_of(stubs->elements[i], "zone"),
                        fmt::format("the zone {} is in \"forward\" too: its servers are recursive "
                                    "or authoritative, not both",
                                    to_text(zone)));
        }
    }
}

void check_http(const Config& config, const JsonNode& root, ConfigContext& context) {
    const JsonNode* const listen = find_node(root, "http.listen");
    if (listen == nullptr || config.http.plain) {
        return;
    }
    for (std::size_t i = 0; i < config.http.listen.size(); ++i) {
        const Endpoint& address = config.http.listen[i];
        if (!address.ip.is_loopback()) {
            context.add(
                listen->elements[i],
                fmt::format(
                    "{} is beyond loopback, and there is no TLS on this door: whoever is on "
                    "the way reads tokens and what people ask. Listen on loopback behind a "
                    "proxy, or say \"plain\": true if it is meant",
                    address.to_text()),
                "plain-door");
        }
    }
}

}  // namespace

const JsonNode* find_node(const JsonNode& root, std::string_view path) {
    if (const JsonNode* const whole = member_of(root, path)) {
        return whole;
    }
    const std::size_t dot = path.find('.');
    const JsonNode* const section =
        dot == std::string_view::npos ? nullptr : member_of(root, path.substr(0, dot));
    return section == nullptr ? nullptr : find_node(*section, path.substr(dot + 1));
}

void check_together(const Config& config, const JsonNode& root, ConfigContext& context) {
    if (config.cache.ttl_min > config.cache.ttl_max) {
        context.add(place_of(root, "cache.ttl-min"), "cache.ttl-min is over cache.ttl-max",
                    "timers-contradict");
    }
    if (!config.upstream.ipv4 && !config.upstream.ipv6) {
        context.add(place_of(root, "upstream.ipv6"),
                    "upstream.ipv4 and upstream.ipv6 are both false: no server can be asked");
    }
    if (const JsonNode* const forward = find_node(root, "forward")) {
        check_addresses(config, config.forward, *forward, context);
    }
    if (const JsonNode* const stub = find_node(root, "stub")) {
        check_addresses(config, config.stub, *stub, context);
        check_forward_and_stub(config, root, context);
    }
    check_http(config, root, context);
    if (config.listen.empty()) {
        context.add(place_of(root, "listen"), "listen is empty: nobody could ask");
    }
}

}  // namespace wend
