// What a scenario's configuration means, in plain values that any subject can be built from, and
// which features it needs that wend does not have. Both follow from the scenario's keys and steps
// alone (CONFIG.md of the scenarios lists the keys).
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/zone_file.h"
#include "replay/scenario/scenario.h"

namespace wend::sim {

// A stub or forward zone.
struct ConfiguredServers {
    dns::Name zone{};
    std::vector<Endpoint> addresses{};
    bool forward = false;
    bool first = false;  // on failure: walk from the root
    std::size_t line = 0;
};

enum class AccessAction : std::uint8_t { allow, refuse, drop };

struct AccessRule {
    Prefix clients;
    AccessAction action = AccessAction::allow;
};

struct ScenarioSettings {
    std::vector<Endpoint> root_hints{};
    std::vector<ConfiguredServers> zones{};
    std::optional<bool> minimise_qname{};  // none: the scenario must hold in every way
    dns::Type minimise_type = dns::Type::a;
    bool prime = false;
    bool ipv4 = true;
    bool ipv6 = true;
    bool query_loopback = false;
    std::vector<Prefix> never_query{};
    std::vector<AccessRule> access{};    // the longest prefix decides; others are refused
    std::size_t udp_reply_max = 1'232;   // octets
    std::vector<dns::Name> looked_up{};  // special-use names that are resolved like any other

    std::optional<std::uint32_t> ttl_min{};  // seconds
    std::optional<std::uint32_t> ttl_max{};
    std::optional<std::uint32_t> negative_ttl_min{};
    std::optional<std::uint32_t> negative_ttl_max{};

    bool validate = true;
    bool aggressive = true;  // RFC 8198
    std::vector<dns::ZoneRecord> trust_anchors{};
    std::vector<dns::Name> insecure{};  // negative trust anchors (RFC 7646)
    WallTime start{};                   // of the wall clock
    bool ignore_signature_dates = false;
    bool fake_sha1 = false;  // signatures with SHA-1 and DSA count as good without a look
    bool fake_dsa = false;

    // Features that are missing, each once, in the order in which the scenario asks for them.
    std::vector<std::string> needs{};
    // Defences that the scenario takes away and wend always has, each once. It may pass all the
    // same.
    std::vector<std::string> without{};
};

// The error is a key that is not known or a value that does not fit it.
std::expected<ScenarioSettings, ScenarioError> settings_of(const Scenario& scenario);

}  // namespace wend::sim
