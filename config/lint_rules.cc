#include "config/lint_rules.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace wend {
namespace {

using enum Severity;

// clang-format off
constexpr auto rules = std::to_array<LintRule>({
    {"address-missing", warning,
     "an address of `listen` or `http.listen` that no interface of this machine has",
     "Correct the address, or give it to an interface; until then nobody is answered there."},
    {"anchor-ineffective", warning,
     "an anchor of `root.anchors` that is of an algorithm or digest which is not supported here, or "
     "disabled, or that is not the digest of the key beside it",
     "Take the anchor anew from its zone's owner; the root's is at data.iana.org/root-anchors."},
    {"anchor-not-kept", hint,
     "an anchor that is a key without the SEP flag: its owner may replace it without notice (RFC "
     "4034 2.1.1)",
     "Name the zone's key-signing key (257) or a DS record instead."},
    {"anchor-old", warning,
     "a file of anchors that has none of the root's current keys, or none of the root at all",
     "Set `root.anchors` to null for the keys that are built in, or take the file anew."},
    {"clients-limited", hint,
     "networks that may ask and are rate-limited as strangers whose address may be forged",
     "If no packet with such an address can come in from outside, add them to `rate-limit.exempt`."},
    {"door-open-without-token", warning,
     "`http.metrics-allow` holds public networks, and `http.listen` is reached from beyond loopback",
     "Name the hosts that scrape in `http.metrics-allow`; others can use a token."},
    {"forward-breaks-dnssec", warning,
     "a zone that is asked at private addresses, below a trust anchor: unless its parent denies its "
     "signatures, its names are bogus",
     "Add the zone to `dnssec.negative-anchors` if it is not signed and delegated in public."},
    {"forwarder-is-self", error,
     "a server of `forward` or `stub` that is an address where we listen ourselves",
     "Name the server that really has the zone; a query would go round in a circle."},
    {"forwarder-never-queried", error,
     "a server of `forward` or `stub` that `upstream.never-query` rules out",
     "Take its network out of `upstream.never-query`, or name another server."},
    {"forwarder-unreachable", warning,
     "a server of `forward` that does not answer over UDP or over TCP (looked for with `--online`)",
     "Ask it with `dig @ADDRESS`; look at routes and packet filters on the way, TCP too."},
    {"key-readable", warning,
     "a file with tokens, changes or key states that others than its owner may read or write",
     "chmod 600 FILE; and give new tokens if others had access to it."},
    {"key-set-twice", hint,
     "a key that a later file of `include` gives another time, so that the earlier value has no "
     "effect",
     "Keep one of the two."},
    {"memory-too-large", warning,
     "`cache.size` is over 80 % of the machine's memory, or of what the control group may have",
     "Lower `cache.size`: when memory ends the kernel ends the process."},
    {"needs-capability", hint,
     "a port below the first that everybody may open, and no right to it in this process",
     "Start wend by its systemd unit, as root, or with CAP_NET_BIND_SERVICE."},
    {"negative-anchor-ended", hint,
     "a negative anchor whose `until` is past: it has no effect",
     "Take it out."},
    {"negative-anchor-forever", hint,
     "a negative anchor without `until`, or with one that is more than a week away (RFC 7646 2)",
     "Give it an `until` within a week: it is for a fault that somebody is about to mend."},
    {"nobody-may-ask", warning,
     "`access.allow` holds no address of the networks of this machine's own interfaces, though "
     "`listen` is reached from beyond loopback",
     "Add the networks of your clients to `access.allow`, or \"localnets\"."},
    {"open-resolver", warning,
     "`listen` is reached from public networks, and `access.allow` holds more of them than one "
     "operator has: a /7 or larger of IPv4, a /18 or larger of IPv6",
     "Allow the networks that you serve; an open resolver is used to flood others."},
    {"own-addresses-unknown", warning,
     "that the addresses of this machine cannot be read, so that none of them is ruled out as a server",
     "Allow this process to read them (AF_NETLINK in a sandbox), or name addresses in `listen`."},
    {"plain-door", warning,
     "`http.listen` has an address beyond loopback, where there is no TLS",
     "Listen on loopback behind a proxy with TLS, or keep the network to the people who may read "
     "tokens on it."},
    {"port-busy", warning,
     "a port of `listen` or `http.listen` that another program of this machine holds",
     "Stop that program, or move one of the two: `listen` takes single addresses too."},
    {"root-server-unasked", warning,
     "a root server of `root.hints` at an address that will never be asked",
     "Correct the file, or `upstream`; with no root server left nothing resolves."},
    {"timers-contradict", warning,
     "two times or limits that cannot both hold: `cache.ttl-min` over `cache.ttl-max` (an error), "
     "`waiting.per-address` over `waiting.clients`",
     "Raise the one or lower the other."},
    {"unknown-lint", warning,
     "an id in `lint.ignore` that no rule has",
     "Correct it; what it was meant for is told again until then."},
});
// clang-format on
static_assert(std::ranges::is_sorted(rules, {}, &LintRule::id));

}  // namespace

std::string_view describe(Severity severity) {
    switch (severity) {
        case hint:
            return "hint";
        case warning:
            return "warning";
        case error:
            return "error";
    }
    return "error";
}

std::span<const LintRule> lint_rules() {
    return rules;
}

const LintRule* find_rule(std::string_view id) {
    const auto* const found = std::ranges::find(rules, id, &LintRule::id);
    return found == rules.end() ? nullptr : found;
}

Severity Finding::severity() const {
    const LintRule* const rule = find_rule(id);
    return rule == nullptr ? error : rule->severity;
}

std::string to_text(const Finding& finding) {
    return fmt::format("{}{}{}: {} [{}]", finding.place, finding.place.empty() ? "" : ": ",
                       describe(finding.severity()), finding.text, finding.id);
}

}  // namespace wend
