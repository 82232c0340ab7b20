#include "replay/scenario/meanings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "replay/scenario/lines.h"

namespace wend::sim {

namespace {

using Reader = SettingsReader;
using Option = ConfigOption;

const std::string& value(const Option& option) {
    return option.values.front();
}

// Deckard's rule: only these words are true, in any letter case.
bool is_true(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return static_cast<char>(dns::fold_octet(static_cast<std::uint8_t>(c)));
    });
    return lower == "yes" || lower == "true" || lower == "on" || lower == "1";
}

template <bool ScenarioSettings::* field>
void set_flag(Reader& reader, const Option& option) {
    reader.settings.*field = is_true(value(option));
}

template <std::optional<std::uint32_t> ScenarioSettings::* field>
void set_ttl(Reader& reader, const Option& option) {
    const auto seconds = number_of(value(option));
    if (!seconds) {
        reader.fail(option, fmt::format("\"{}\" is not a number of seconds", value(option)));
        return;
    }
    reader.settings.*field = seconds;
}

void set_minimise(Reader& reader, const Option& option) {
    reader.settings.minimise_qname = is_true(value(option));
}

// Deckard's servers wait for questions of type NS on the way to the name (RFC 7816 2).
void set_minimise_by_ns(Reader& reader, const Option& option) {
    set_minimise(reader, option);
    if (*reader.settings.minimise_qname) {
        reader.settings.minimise_type = dns::Type::ns;
    }
}

void set_query_loopback(Reader& reader, const Option& option) {
    reader.settings.query_loopback = !is_true(value(option));
}

void add_never_query(Reader& reader, const Option& option) {
    const auto prefix = Prefix::from_text(value(option));
    if (!prefix) {
        reader.fail(option, fmt::format("\"{}\" is not a netblock", value(option)));
        return;
    }
    reader.settings.never_query.push_back(*prefix);
}

// Deckard's resolvers look for loopback addresses in what zones say, not in their own hints. Ours
// asks none that is never to be queried, whoever names it, and has to be allowed to.
void add_root_hint(Reader& reader, const Option& option) {
    const auto address = endpoint_of(value(option), 53);
    if (!address) {
        reader.fail(option, fmt::format("\"{}\" is not an address", value(option)));
        return;
    }
    reader.settings.root_hints.push_back(*address);
    reader.settings.query_loopback |= address->ip.is_loopback();
}

void set_zone(Reader& reader, const Option& option) {
    const auto zone = dns::Name::from_text(value(option));
    if (!zone) {
        reader.fail(option, fmt::format("\"{}\" is not a name", value(option)));
        return;
    }
    reader.servers(option).zone = *zone;
}

void add_address(Reader& reader, const Option& option) {
    const auto address = endpoint_of(value(option), 53);
    if (!address) {
        reader.fail(option, fmt::format("\"{}\" is not an address", value(option)));
        return;
    }
    reader.servers(option).addresses.push_back(*address);
}

void set_first(Reader& reader, const Option& option) {
    reader.servers(option).first = is_true(value(option));
}

// Deckard: all goes to that server.
void forward_all(Reader& reader, const Option& option) {
    add_address(reader, option);
    reader.servers(option).forward = true;
}

void add_access(Reader& reader, const Option& option) {
    struct ActionWord {
        std::string_view word;
        AccessAction action;
    };

    static constexpr std::array<ActionWord, 8> words = {{
        {"allow", AccessAction::allow},
        {"allow_snoop", AccessAction::allow},
        {"allow_setrd", AccessAction::allow},
        {"allow_cookie", AccessAction::allow},
        {"refuse", AccessAction::refuse},
        {"refuse_non_local", AccessAction::refuse},
        {"deny", AccessAction::drop},
        {"deny_non_local", AccessAction::drop},
    }};
    const auto clients = Prefix::from_text(option.values[0]);
    const auto* word = std::ranges::find(words, option.values[1], &ActionWord::word);
    if (!clients || word == words.end()) {
        reader.fail(option, fmt::format("\"{} {}\" is not a netblock and an action",
                                        option.values[0], option.values[1]));
        return;
    }
    if (word->action == AccessAction::drop) {
        reader.need("access-control-deny");
    }
    std::vector<AccessRule>& access = reader.settings.access;
    std::erase_if(access, [&](const AccessRule& rule) { return rule.clients == *clients; });
    access.push_back({.clients = *clients, .action = word->action});
}

void add_local_zone(Reader& reader, const Option& option) {
    const auto name = dns::Name::from_text(option.values[0]);
    if (!name) {
        reader.fail(option, fmt::format("\"{}\" is not a name", option.values[0]));
        return;
    }
    // "nodefault" takes one of the built-in zones away.
    if (option.values[1] == "nodefault") {
        reader.settings.looked_up.push_back(*name);
        return;
    }
    reader.need("local-zone");
}

void set_modules(Reader& reader, const Option& option) {
    struct Module {
        std::string_view word;
        std::string_view feature;
    };

    static constexpr std::array<Module, 5> modules = {{
        {"dns64", "dns64"},
        {"subnetcache", "ecs"},
        {"cachedb", "cachedb"},
        {"ipsecmod", "ipsecmod"},
        {"python", "python"},
    }};
    const auto words = words_of(value(option));
    reader.settings.validate = std::ranges::find(words, "validator") != words.end();
    for (const Module& module : modules) {
        if (std::ranges::find(words, module.word) != words.end()) {
            reader.need(module.feature);
        }
    }
}

void add_trust_anchor(Reader& reader, const Option& option) {
    ScenarioReader line(value(option));
    dns::ZoneRecord record;
    if (!read_record(line, value(option), record)) {
        reader.fail(option, line.error->message);
        return;
    }
    reader.settings.trust_anchors.push_back(std::move(record));
}

void add_insecure(Reader& reader, const Option& option) {
    const auto name = dns::Name::from_text(value(option));
    if (!name) {
        reader.fail(option, fmt::format("\"{}\" is not a name", value(option)));
        return;
    }
    reader.settings.insecure.push_back(*name);
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    const auto number = number_of(text.substr(at, count));
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

// YYYYMMDDHHmmSS, UTC.
std::optional<WallTime> date_of(std::string_view text) {
    using namespace std::chrono;
    if (text.size() != 14) {
        return std::nullopt;
    }
    const auto y = digits(text, 0, 4);
    const auto mo = digits(text, 4, 2);
    const auto d = digits(text, 6, 2);
    const auto h = digits(text, 8, 2);
    const auto mi = digits(text, 10, 2);
    const auto s = digits(text, 12, 2);
    if (!y || !mo || !d || !h || !mi || !s) {
        return std::nullopt;
    }
    const year_month_day date = year(*y) / *mo / *d;
    if (!date.ok()) {
        return std::nullopt;
    }
    return sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s);
}

void set_start(Reader& reader, const Option& option) {
    if (value(option) == "-1") {
        reader.settings.ignore_signature_dates = true;
        return;
    }
    const auto date = date_of(value(option));
    const auto number = number_of(value(option));
    if (!date && !number) {
        reader.fail(option, fmt::format("\"{}\" is not a date", value(option)));
        return;
    }
    reader.settings.start = date ? *date : WallTime(std::chrono::seconds(*number));
}

// In the order of CONFIG.md: what is needed, then a feature after the other, then what changes
// nothing that a portable scenario may look at.
constexpr ConfigMeaning meanings[] = {
    {"stub-zone", "name", "", set_zone},
    {"stub-zone", "stub-addr", "", add_address},
    {"stub-zone", "stub-first", "", set_first},
    {"stub-zone", "stub-prime", "stub-prime"},
    {"stub-zone", "stub-no-cache", "stub-no-cache"},
    {"stub-zone", "stub-host", "stub-host"},
    {"forward-zone", "name", "", set_zone},
    {"forward-zone", "forward-addr", "", add_address},
    {"forward-zone", "forward-first", "", set_first},
    {"forward-zone", "forward-no-cache", "forward-no-cache"},
    {"forward-zone", "forward-host", "forward-host"},
    {"forward-zone", "forward-tcp-upstream", "tcp-upstream"},
    {"server", "qname-minimisation", "", set_minimise},
    {"server", "do-ip4", "", set_flag<&ScenarioSettings::ipv4>},
    {"server", "do-ip6", "", set_flag<&ScenarioSettings::ipv6>},
    {"server", "do-not-query-localhost", "", set_query_loopback},
    {"server", "do-not-query-address", "", add_never_query},
    {"server", "access-control", "", add_access},
    {"server", "local-zone", "", add_local_zone},
    {"server", "cache-min-ttl", "", set_ttl<&ScenarioSettings::ttl_min>},
    {"server", "cache-max-ttl", "", set_ttl<&ScenarioSettings::ttl_max>},
    {"server", "cache-min-negative-ttl", "", set_ttl<&ScenarioSettings::negative_ttl_min>},
    {"server", "cache-max-negative-ttl", "", set_ttl<&ScenarioSettings::negative_ttl_max>},
    {"server", "module-config", "", set_modules},
    {"server", "trust-anchor", "", add_trust_anchor},
    {"server", "domain-insecure", "", add_insecure},
    {"server", "val-override-date", "", set_start},
    {"server", "aggressive-nsec", "", set_flag<&ScenarioSettings::aggressive>},
    {"server", "fake-sha1", "", set_flag<&ScenarioSettings::fake_sha1>},
    {"server", "fake-dsa", "", set_flag<&ScenarioSettings::fake_dsa>},

    {"server", "auto-trust-anchor-file", "autotrust"},
    {"server", "trust-anchor-file", "trust-anchor-file"},
    {"server", "harden-algo-downgrade", "harden-algo-downgrade"},
    {"server", "harden-unverified-glue", "harden-unverified-glue"},
    {"server", "harden-unknown-additional", "harden-unknown-additional"},
    {"server", "val-nsec3-keysize-iterations", "val-nsec3-keysize-iterations"},
    {"auth-zone", "*", "auth-zone"},
    {"rpz", "*", "rpz"},
    {"view", "*", "views"},
    {"cachedb", "*", "cachedb"},
    {"server", "access-control-view", "views"},
    {"server", "access-control-tag", "tags"},
    {"server", "access-control-tag-action", "tags"},
    {"server", "access-control-tag-data", "tags"},
    {"server", "define-tag", "tags"},
    {"server", "local-zone-tag", "tags"},
    {"server", "local-zone-override", "local-zone"},
    {"server", "local-data", "local-data"},
    {"server", "response-ip", "rpz"},
    {"server", "response-ip-data", "rpz"},
    {"server", "private-address", "private-address"},
    {"server", "serve-expired", "serve-expired"},
    {"server", "prefetch", "prefetch"},
    {"server", "send-client-subnet", "ecs"},
    {"server", "client-subnet-zone", "ecs"},
    {"server", "client-subnet-always-forward", "ecs"},
    {"server", "dns64-ignore-aaaa", "dns64"},
    {"server", "do-nat64", "nat64"},
    {"server", "ipsecmod-hook", "ipsecmod"},
    {"server", "edns-client-string", "edns-client-string"},
    {"server", "nsid", "nsid"},
    {"server", "edns-tcp-keepalive", "edns-tcp-keepalive"},
    {"server", "answer-cookie", "cookies"},
    {"server", "identity", "chaos-identity"},
    {"server", "version", "chaos-identity"},
    {"server", "root-hints", "root-hints-file"},
    {"server", "tcp-upstream", "tcp-upstream"},
    {"server", "dns-error-reporting", "dns-error-reporting"},
    {"server", "disable-edns-do", "disable-edns-do"},
    {"server", "serve-original-ttl", "serve-original-ttl"},
    {"server", "num-queries-per-thread", "num-queries-per-thread"},
    {"server", "max-global-quota", "max-global-quota"},
    {"server", "hide-trustanchor", "chaos-identity"},

    {"server", "cachedb-check-when-serve-expired", ""},
    {"server", "client-subnet-opcode", ""},
    {"server", "cookie-secret", ""},
    {"server", "directory", ""},
    {"server", "discard-timeout", ""},
    {"server", "dns64-prefix", ""},
    {"server", "ede", ""},
    {"server", "ede-serve-expired", ""},
    {"server", "edns-client-string-opcode", ""},
    {"server", "edns-tcp-keepalive-timeout", ""},
    {"server", "harden-below-nxdomain", ""},
    {"server", "harden-dnssec-stripped", ""},
    {"server", "harden-glue", ""},
    {"server", "harden-referral-path", ""},
    {"server", "hide-identity", ""},
    {"server", "hide-version", ""},
    {"server", "ipsecmod-enabled", ""},
    {"server", "ipsecmod-ignore-bogus", ""},
    {"server", "ipsecmod-max-ttl", ""},
    {"server", "ipsecmod-strict", ""},
    {"server", "ipsecmod-whitelist", ""},
    {"server", "iter-scrub-ns", ""},
    {"server", "iter-scrub-promiscuous", ""},
    {"server", "log-servfail", ""},
    {"server", "log-time-ascii", ""},
    {"server", "max-client-subnet-ipv4", ""},
    {"server", "max-query-restarts", ""},
    {"server", "minimal-responses", ""},
    {"server", "msg-cache-size", ""},
    {"server", "msg-cache-slabs", ""},
    {"server", "nat64-prefix", ""},
    {"server", "outbound-msg-retry", ""},
    {"server", "prefetch-key", ""},
    {"server", "private-domain", ""},
    {"server", "rrset-cache-size", ""},
    {"server", "rrset-roundrobin", ""},
    {"server", "serve-expired-client-timeout", ""},
    {"server", "serve-expired-reply-ttl", ""},
    {"server", "serve-expired-ttl", ""},
    {"server", "serve-expired-ttl-reset", ""},
    {"server", "target-fetch-policy", ""},
    {"server", "trust-anchor-signaling", ""},
    {"server", "val-log-level", ""},
    {"server", "val-max-restart", ""},
    {"server", "verbosity", ""},
    {"server", "zonemd-permissive-mode", ""},

    {"", "stub-addr", "", add_root_hint},
    {"", "stub-name", ""},
    {"", "trust-anchor", "", add_trust_anchor},
    {"", "val-override-date", "", set_start},
    {"", "val-override-timestamp", "", set_start},
    {"", "query-minimization", "", set_minimise_by_ns},
    {"", "do-ip4", "", set_flag<&ScenarioSettings::ipv4>},
    {"", "do-ip6", "", set_flag<&ScenarioSettings::ipv6>},
    {"", "domain-insecure", "", add_insecure},
    {"", "harden-glue", ""},
    {"", "do-not-query-localhost", "", set_query_loopback},
    {"", "forward-addr", "", forward_all},
    {"", "features", "features"},
    {"", "feature-list", "feature-list"},
    {"", "force-ipv6", "force-ipv6"},
};

}  // namespace

void SettingsReader::fail(const ConfigOption& option, std::string message) {
    if (!error) {
        error = ScenarioError{.line = option.line, .message = std::move(message)};
    }
}

void SettingsReader::need(std::string_view feature) {
    if (std::ranges::find(settings.needs, feature) == settings.needs.end()) {
        settings.needs.emplace_back(feature);
    }
}

ConfiguredServers& SettingsReader::servers(const ConfigOption& option) {
    const auto [found, is_new] = zones.try_emplace(option.instance, settings.zones.size());
    if (is_new) {
        settings.zones.push_back({.forward = option.clause == "forward-zone", .line = option.line});
    }
    return settings.zones[found->second];
}

std::span<const ConfigMeaning> config_meanings() {
    return meanings;
}

}  // namespace wend::sim
