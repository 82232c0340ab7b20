#include "config/lint.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/edit_distance.h"
#include "config/anchors.h"
#include "config/keys.h"
#include "config/lint_access.h"
#include "config/lint_files.h"
#include "config/lint_machine.h"
#include "config/rules.h"

namespace wend {
namespace {

using Findings = std::vector<Finding>;

// Whether an element of a list of addresses, networks, zones or names is this value.
bool is_written(const JsonNode& element, std::string_view text) {
    if (element.text == text) {
        return true;
    }
    const JsonNode* const zone =
        element.kind == JsonNode::Kind::object ? find_node(element, "zone") : &element;
    if (zone == nullptr || zone->kind != JsonNode::Kind::text) {
        return false;
    }
    const auto name = dns::Name::from_text(zone->text);
    const auto network = Prefix::from_text(zone->text);
    const auto address = Endpoint::from_text(zone->text, 53);
    return (name && to_text(*name) == text) || (network && network->to_text() == text) ||
           (address && address->to_text() == text);
}

void lint_access(const Config& config, const ConfigSources* sources, Findings& to) {
    if (const auto open = open_networks(config)) {
        to.push_back({place_of_element(sources, "access.allow", open->network.to_text()),
                      open->text, "open-resolver"});
    }
    if (const auto limited = limited_networks(config)) {
        to.push_back({place_of_element(sources, "access.allow", limited->network.to_text()),
                      limited->text, "clients-limited"});
    }
}

// Names whose parents deny in public that they are signed: RFC 6303 4, RFC 8375 4.
bool is_insecure_in_public(const dns::Name& zone) {
    constexpr auto ends =
        std::to_array<std::string_view>({"10.in-addr.arpa.", "168.192.in-addr.arpa.",
                                         "254.169.in-addr.arpa.", "d.f.ip6.arpa.", "home.arpa."});
    const auto is_at_or_below = [&zone](const std::string& end) {
        return zone.view().is_subdomain_of(dns::name_of(end));
    };
    for (unsigned octet = 16; octet < 32; ++octet) {
        if (is_at_or_below(fmt::format("{}.172.in-addr.arpa.", octet))) {
            return true;
        }
    }
    return std::ranges::any_of(
        ends, [&](std::string_view end) { return is_at_or_below(std::string(end)); });
}

void lint_zones(const Config& config, const ConfigSources* sources, WallTime now, Findings& to) {
    const policy::AccessList near(policy::default_allowed());
    const auto anchors = load_anchors(config, now);
    if (!config.dnssec.validate || !anchors) {
        return;
    }
    for (const auto& [path, zones] :
         {std::pair("forward", &config.forward), std::pair("stub", &config.stub)}) {
        for (const Config::Zone& zone : *zones) {
            const bool is_private = std::ranges::all_of(
                zone.addresses, [&near](const Endpoint& server) { return near.allows(server.ip); });
            const dnssec::TrustAnchor* const anchor = anchors->closest(zone.zone);
            // An anchor of the zone itself is the operator's own word that it is signed.
            if (is_private && anchor != nullptr && !(anchor->zone == zone.zone) &&
                !is_insecure_in_public(zone.zone)) {
                const std::string name = to_text(zone.zone);
                to.push_back({place_of_element(sources, path, name),
                              fmt::format("{} is asked at private addresses and validated by the "
                                          "anchor of {}: unless it is signed, and delegated in "
                                          "public, its names are bogus. If it is not: "
                                          "\"dnssec\": {{ \"negative-anchors\": [\"{}\"] }}",
                                          name, to_text(anchor->zone), name),
                              "forward-breaks-dnssec"});
            }
        }
    }
}

void lint_anchors(const Config& config, const ConfigSources* sources, WallTime now, Findings& to) {
    if (!config.dnssec.validate) {
        return;
    }
    if (const auto anchors = load_anchors(config, now)) {
        for (Finding& finding : anchor_findings(config, *anchors)) {
            finding.place = place_of_key(sources, "root.anchors");
            to.push_back(std::move(finding));
        }
    }
    for (const Config::NegativeAnchor& anchor : config.dnssec.negative_anchors) {
        if (auto finding = negative_anchor_finding(anchor, now)) {
            finding->place =
                place_of_element(sources, "dnssec.negative-anchors", to_text(anchor.zone));
            to.push_back(std::move(*finding));
        }
    }
}

void lint_door(const Config& config, const ConfigSources* sources, Findings& to) {
    if (!is_beyond_loopback(config.http.listen)) {
        return;
    }
    for (const Endpoint& address : config.http.listen) {
        if (!address.ip.is_loopback()) {
            to.push_back({place_of_element(sources, "http.listen", address.to_text()),
                          fmt::format("{} is beyond loopback and has no TLS: whoever is on the way "
                                      "reads tokens and what people ask",
                                      address.to_text()),
                          "plain-door"});
        }
    }
    const auto open = std::ranges::find_if(config.http.metrics_allow, is_public);
    if (open != config.http.metrics_allow.end()) {
        to.push_back({place_of_element(sources, "http.metrics-allow", open->to_text()),
                      fmt::format("{} may read metrics and health without a token: they tell how "
                                  "much is asked, and of what kind",
                                  open->to_text()),
                      "door-open-without-token"});
    }
}

void lint_limits(const Config& config, const ConfigSources* sources, Findings& to) {
    if (config.waiting.per_address > config.waiting.clients) {
        to.push_back({place_of_key(sources, "waiting.per-address"),
                      fmt::format("waiting.per-address is {}, over the {} of waiting.clients: one "
                                  "client can take every place",
                                  config.waiting.per_address, config.waiting.clients),
                      "timers-contradict"});
    }
}

void lint_texts(const Config& config, const ConfigSources* sources, Findings& to) {
    for (const std::string& id : config.lint.ignore) {
        if (find_rule(id) == nullptr) {
            std::vector<std::string_view> known;
            for (const LintRule& rule : lint_rules()) {
                known.push_back(rule.id);
            }
            to.push_back({place_of_element(sources, "lint.ignore", id),
                          fmt::format("no finding has the id \"{}\"; the nearest is \"{}\"", id,
                                      nearest_key(id, known)),
                          "unknown-lint"});
        }
    }
    for (const SetTwice& again : sources == nullptr ? std::vector<SetTwice>() : sources->twice) {
        to.push_back({place_text(*sources, again.second),
                      fmt::format("{} is given here and before, at {}, which has no effect",
                                  again.path, place_text(*sources, again.first)),
                      "key-set-twice"});
    }
}

Findings without_ignored(const Config& config, Findings findings) {
    std::erase_if(findings, [&config](const Finding& finding) {
        const auto& ignored = config.lint.ignore;
        return std::ranges::find(ignored, finding.id) != ignored.end();
    });
    // By rule; of one rule they stay in the order of the configuration.
    std::multimap<std::string_view, Finding> by_rule;
    for (Finding& finding : findings) {
        by_rule.emplace(finding.id, std::move(finding));
    }
    Findings sorted;
    for (auto& [id, finding] : by_rule) {
        sorted.push_back(std::move(finding));
    }
    return sorted;
}

}  // namespace

std::string place_of_key(const ConfigSources* sources, std::string_view path) {
    if (sources == nullptr) {
        return {};
    }
    const std::string place = place_of_value(*sources, path);
    return place.empty() ? sources->files.front() : place;
}

std::string place_of_element(const ConfigSources* sources, std::string_view path,
                             std::string_view text) {
    const JsonNode* const node = sources == nullptr ? nullptr : find_node(sources->root, path);
    if (node != nullptr) {
        const auto element = std::ranges::find_if(
            node->elements, [text](const JsonNode& one) { return is_written(one, text); });
        if (element != node->elements.end()) {
            return place_text(*sources, element->place);
        }
    }
    return place_of_key(sources, path);
}

Findings lint(const Config& config, const ConfigSources* sources, const Machine* machine,
              WallTime now) {
    Findings findings = file_findings(config);
    lint_access(config, sources, findings);
    lint_zones(config, sources, now, findings);
    lint_anchors(config, sources, now, findings);
    lint_door(config, sources, findings);
    lint_limits(config, sources, findings);
    lint_texts(config, sources, findings);
    if (machine != nullptr) {
        lint_machine(config, sources, *machine, findings);
    }
    return without_ignored(config, std::move(findings));
}

Findings unreachable_findings(const Config& config, const ConfigSources* sources,
                              const std::vector<AskedServer>& asked) {
    Findings findings;
    for (const AskedServer& server : asked) {
        if (server.answered_udp && server.answered_tcp) {
            continue;
        }
        const char* const over = server.answered_udp   ? "TCP"
                                 : server.answered_tcp ? "UDP"
                                                       : "UDP or TCP";
        findings.push_back({place_of_element(sources, "forward", server.zone),
                            fmt::format("{}, to be asked about {}, does not answer over {}",
                                        server.server.to_text(), server.zone, over),
                            "forwarder-unreachable"});
    }
    return without_ignored(config, std::move(findings));
}

}  // namespace wend
