#include "config/lint.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "config/lint_access.h"
#include "config/read.h"
#include "tests/temporary_directory.h"

using namespace wend;

namespace {

// A machine with one network, 192.0.2.0/24, and 1 GiB.
Machine small_machine() {
    Machine machine;
    machine.addresses = {IpAddress::from_text("127.0.0.1").value(),
                         IpAddress::from_text("192.0.2.7").value()};
    machine.networks = {*Prefix::from_text("127.0.0.0/8"), *Prefix::from_text("192.0.2.0/24")};
    machine.memory = std::size_t{1} << 30;
    return machine;
}

// "LINE:COLUMN id" of each finding; the file alone gives "id".
std::vector<std::string> found_in(const std::string& text, const Machine* machine = nullptr) {
    const TemporaryDirectory directory;
    const std::string path = directory.write("wend.json", text);
    const auto loaded = load_config_file(path);
    REQUIRE(loaded);
    std::vector<std::string> found;
    for (const Finding& finding :
         lint(loaded->config, &loaded->sources, machine, WallTime{std::chrono::days(20'000)})) {
        INFO(to_text(finding));
        CHECK(find_rule(finding.id) != nullptr);
        const std::string place =
            finding.place == path ? "" : finding.place.substr(path.size() + 1) + " ";
        found.push_back(place + std::string(finding.id));
    }
    return found;
}

std::vector<std::string> found_here(const std::string& text, const Machine& machine) {
    return found_in(text, &machine);
}

using Found = std::vector<std::string>;

std::string page_of_lint() {
    std::ifstream file(std::string(WEND_SOURCE_DIR) + "/docs/lint.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("lint has nothing to say of the defaults", "[config][lint]") {
    CHECK(lint(Config{}, nullptr, nullptr, WallTime{}).empty());
    const Machine machine = small_machine();
    CHECK(lint(Config{}, nullptr, &machine, WallTime{}).empty());
    CHECK(found_here("{}", machine).empty());
}

TEST_CASE("docs/lint.md tells of each rule what it finds and what to do", "[config][lint]") {
    std::string page;
    for (const LintRule& rule : lint_rules()) {
        page += fmt::format("\n## {}\n\n{}: {}.\n\n{}\n", rule.id, describe(rule.severity),
                            rule.finds, rule.remedy);
    }
    const std::string text = page_of_lint();
    const std::size_t at = text.find("\n## ");
    REQUIRE(at != std::string::npos);
    CHECK(text.substr(at) == page);
}

TEST_CASE("a resolver that is open to the world is told where it is opened", "[config][lint]") {
    CHECK(found_in(R"({"listen": ["0.0.0.0"], "access": {"allow": ["private", "0.0.0.0/0"]}})") ==
          Found{"1:57 open-resolver"});
    CHECK(found_in(R"({"listen": ["[2001:db8::1]"], "access": {"allow": ["2000::/18"]}})") ==
          Found{"1:52 open-resolver"});
    CHECK(found_in(R"({"access": {"allow": ["0.0.0.0/0"]}})").empty());
    CHECK(found_in(R"({"listen": ["192.168.1.1"], "access": {"allow": ["0.0.0.0/0"]}})").empty());
    CHECK(
        found_in(R"({"listen": ["0.0.0.0"], "access": {"allow": ["192.0.0.0/8", "2001::/19"]}})") ==
        Found{"1:46 clients-limited"});
}

TEST_CASE("a public network that may ask and is limited is told, with the line to write",
          "[config][rate-limit][lint]") {
    Config config;
    CHECK_FALSE(limited_networks(config));
    config.access.allow.push_back(*Prefix::from_text("192.0.2.0/24"));
    config.access.allow.push_back(*Prefix::from_text("10.1.0.0/16"));
    config.access.allow.push_back(*Prefix::from_text("2001:db8::/32"));
    CHECK(limited_networks(config)->text ==
          "192.0.2.0/24 and 1 more may ask 100 queries a second from an address and 1000 from a "
          "network, without a cookie over UDP. If no packet with such an address can come in from "
          "outside, say so: \"rate-limit\": { \"exempt\": [\"private\", \"localnets\", "
          "\"192.0.2.0/24\", \"2001:db8::/32\"] }");
    // The line that it names ends it.
    config.rate_limit.exempt.push_back(*Prefix::from_text("192.0.2.0/24"));
    config.rate_limit.exempt.push_back(*Prefix::from_text("2001:db8::/32"));
    CHECK_FALSE(limited_networks(config));
    config.rate_limit.exempt = {*Prefix::from_text("198.51.100.0/24")};
    config.rate_limit.exempt_local_networks = false;
    CHECK(limited_networks(config)->text.ends_with(
        "[\"198.51.100.0/24\", \"192.0.2.0/24\", \"2001:db8::/32\"] }"));
    config.rate_limit.mode = policy::RateMode::off;
    CHECK_FALSE(limited_networks(config));
    // Nobody is told to exempt the whole internet.
    config = {};
    config.access.allow = {*Prefix::from_text("0.0.0.0/0")};
    CHECK_FALSE(limited_networks(config));
}

TEST_CASE("a private zone below a signed one is told, unless its parent denies or we do",
          "[config][lint]") {
    const auto forwarding = [](const std::string& zone, const std::string& more) {
        return R"({"forward": [{"zone": ")" + zone + R"(", "addresses": ["10.0.0.1"]}])" + more +
               "}";
    };
    CHECK(found_in(forwarding("corp.example", "")) == Found{"1:14 forward-breaks-dnssec"});
    CHECK(found_in(forwarding("corp.example",
                              R"(, "dnssec": {"negative-anchors":
            [{"zone": "example", "until": "2024-10-05T00:00:00Z"}]})"))
              .empty());
    CHECK(found_in(forwarding("corp.example", R"(, "dnssec": {"validate": false})")).empty());
    CHECK(found_in(forwarding(".", "")).empty());
    CHECK(found_in(forwarding("1.168.192.in-addr.arpa", "")).empty());
    CHECK(found_in(forwarding("20.172.in-addr.arpa", "")).empty());
    CHECK(found_in(forwarding("40.172.in-addr.arpa", "")).size() == 1);
    CHECK(found_in(R"({"stub": [{"zone": "a", "addresses": ["10.0.0.1", "192.0.2.1"]}]})").empty());
}

TEST_CASE("doors that others can look into are told", "[config][lint]") {
    CHECK(found_in(R"({"http": {"listen": ["0.0.0.0"], "plain": true,
        "metrics-allow": ["10.0.0.0/8", "0.0.0.0/0"]}})") ==
          Found{"2:41 door-open-without-token", "1:21 plain-door"});
    CHECK(
        found_in(R"({"http": {"listen": ["127.0.0.1"], "metrics-allow": ["0.0.0.0/0"]}})").empty());
}

TEST_CASE("negative anchors, limits and texts that contradict are told", "[config][lint]") {
    CHECK(found_in(R"({"dnssec": {"negative-anchors": ["a", {"zone": "b", "until": "2000-01-01"}]},
        "waiting": {"clients": 5, "per-address": 6}, "lint": {"ignore": ["open-resolvr"]}})") ==
          Found{"1:39 negative-anchor-ended", "1:34 negative-anchor-forever",
                "2:50 timers-contradict", "2:74 unknown-lint"});
    CHECK(found_in(R"({"waiting": {"clients": 5, "per-address": 6},
                       "lint": {"ignore": ["timers-contradict"]}})")
              .empty());
    const TemporaryDirectory directory;
    directory.write("more.json", R"({"workers": 2})");
    const auto loaded =
        load_config_file(directory.write("wend.json", R"({"workers": 1, "include": "more.json"})"));
    REQUIRE(loaded);
    const auto findings = lint(loaded->config, &loaded->sources, nullptr, WallTime{});
    REQUIRE(findings.size() == 1);
    CHECK(to_text(findings.front()) ==
          directory.path() + "/more.json:1:2: hint: workers is given here and before, at " +
              directory.path() + "/wend.json:1:2, which has no effect [key-set-twice]");
}

TEST_CASE("what the machine cannot give is told", "[config][lint]") {
    Machine machine = small_machine();
    CHECK(found_here(R"({"listen": ["192.0.2.8", "192.0.2.7", "0.0.0.0", "127.0.0.9"]})",
                     machine) == Found{"1:13 address-missing"});
    CHECK(found_here(R"({"listen": ["0.0.0.0"], "access": {"allow": ["private"]}})", machine) ==
          Found{"1:45 nobody-may-ask"});
    CHECK(found_here(R"({"listen": ["0.0.0.0"], "access": {"allow": ["192.0.2.128/25"]},
                         "rate-limit": {"mode": "off"}})",
                     machine)
              .empty());
    CHECK(found_here(R"({"access": {"allow": ["private"]}})", machine).empty());
    CHECK(found_here(R"({"cache": {"size": "900MiB"}})", machine) ==
          Found{"1:20 memory-too-large"});
    CHECK(found_here(R"({"cache": {"size": "800MiB"}})", machine).empty());
    machine.own_addresses_problem = "Permission denied";
    CHECK(found_here(R"({"listen": ["0.0.0.0"]})", machine) == Found{"1:12 own-addresses-unknown"});
    machine.own_addresses_problem.clear();
    machine.may_open_low_ports = false;
    CHECK(found_here(R"({"listen": ["127.0.0.1:53", "127.0.0.1:5300"]})", machine) ==
          Found{"1:13 needs-capability"});
}

TEST_CASE("who holds a port is said in one sentence", "[config][lint]") {
    Machine machine = small_machine();
    machine.holders = {{*Endpoint::from_text("127.0.0.53:53"), "systemd-resolve", 321}};
    CHECK(lint(Config{}, nullptr, &machine, WallTime{}).empty());
    Config config;
    config.listen = {*Endpoint::from_text("0.0.0.0:53")};
    auto findings = lint(config, nullptr, &machine, WallTime{});
    REQUIRE(findings.size() == 1);
    CHECK(findings.front() == Finding{"",
                                      "0.0.0.0:53 is held by systemd-resolve (process 321), which "
                                      "is bound to 127.0.0.53:53",
                                      "port-busy"});
    machine.holders = {{*Endpoint::from_text("[::]:53"), "", 0}};
    findings = lint(Config{}, nullptr, &machine, WallTime{});
    REQUIRE(findings.size() == 2);
    CHECK(
        findings.front().text ==
        "127.0.0.1:53 is held by another user's program (as root, `wend check` says which), which "
        "is bound to [::]:53");
    machine.holders.front().program = "wend";
    CHECK(lint(Config{}, nullptr, &machine, WallTime{}).empty());
}

TEST_CASE("files with secrets that others can read are told", "[config][lint]") {
    Machine machine = small_machine();
    machine.files = {{"/s/tokens.json", 0600}, {"/s/changes.json", 0640}};
    const auto findings = lint(Config{}, nullptr, &machine, WallTime{});
    REQUIRE(findings.size() == 1);
    CHECK(
        to_text(findings.front()) ==
        "/s/changes.json: warning: others than its owner have access to it (mode 0640): chmod 600 "
        "/s/changes.json [key-readable]");
}

TEST_CASE("a server that does not answer is told with what it does not answer over",
          "[config][lint]") {
    const Endpoint server = *Endpoint::from_text("192.0.2.1:53");
    const std::vector<AskedServer> asked = {
        {"a.", server, true, true}, {"b.", server, true, false}, {"c.", server, false, false}};
    const auto findings = unreachable_findings(Config{}, nullptr, asked);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].text == "192.0.2.1:53, to be asked about b., does not answer over TCP");
    CHECK(findings[1].text ==
          "192.0.2.1:53, to be asked about c., does not answer over UDP or TCP");
    Config config;
    config.lint.ignore = {"forwarder-unreachable"};
    CHECK(unreachable_findings(config, nullptr, asked).empty());
}

TEST_CASE("sockets are read from the kernel's tables", "[config][lint]") {
    const char* const tcp =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout "
        "inode\n"
        "   0: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "4711 1 0 100 0 0 10 0\n"
        "   1: 0100007F:0035 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "4712 1\n"
        "   2: 0100007F:0036 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "4713 1\n   3: rubbish\n";
    auto sockets = bound_sockets(tcp, true, {53});
    REQUIRE(sockets.size() == 1);
    CHECK(sockets.front().address.to_text() == "127.0.0.1:53");
    CHECK(sockets.front().inode == 4711);
    const char* const udp6 =
        "1: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 "
        "00000000:00000000 00:00000000 00000000 0 0 9 2 0000000000000000 0\n";
    sockets = bound_sockets(udp6, false, {53});
    REQUIRE(sockets.size() == 1);
    CHECK(sockets.front().address.to_text() == "[::1]:53");
}

TEST_CASE("this machine has addresses, memory and a right or not", "[config][lint]") {
    const Machine machine = read_machine(Config{});
    CHECK_FALSE(machine.addresses.empty());
    CHECK(machine.addresses.size() == machine.networks.size());
    CHECK(machine.memory.value_or(0) > 0);
}
