#include "config/plan.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "config/read.h"
#include "tests/temporary_directory.h"

using namespace wend;

namespace {

using What = Flush::What;

// Of each key two values, in JSON, of which at least one is not the default. FILE is the path of a
// file that can be read, FOLDER that of a folder that can be written to.
const std::map<std::string_view, std::pair<std::string_view, std::string_view>> examples = {
    {"listen", {R"(["192.0.2.1:53"])", R"(["192.0.2.1:53", "[2001:db8::1]:5353"])"}},
    {"workers", {"2", "4"}},
    {"access.allow", {R"(["private", "localnets"])", R"(["192.0.2.0/24"])"}},
    {"cache.size", {R"("64MiB")", R"("1GiB")"}},
    {"cache.ttl-min", {"0", "5"}},
    {"cache.ttl-max", {"86400", "3600"}},
    {"cache.negative-ttl-max", {"3600", "60"}},
    {"root.hints", {"null", R"("FILE")"}},
    {"root.anchors", {"null", R"("FILE")"}},
    {"upstream.ipv4", {"true", "false"}},
    {"upstream.ipv6", {"true", "false"}},
    {"upstream.port", {"53", "5300"}},
    {"upstream.never-query", {"[]", R"(["127.0.0.0/8", "2001:db8::/32"])"}},
    {"upstream.minimise-qname", {"true", "false"}},
    {"upstream.minimise-type", {R"("A")", R"("NS")"}},
    {"upstream.mixed-case", {"true", "false"}},
    {"upstream.cookies", {"true", "false"}},
    {"dnssec.validate", {"true", "false"}},
    {"dnssec.negative-anchors",
     {R"(["a.example."])",
      R"(["a.example.", {"zone": "b.example.", "until": "2026-12-31T00:00:00Z"}])"}},
    {"dnssec.anchors-state", {"null", R"("FOLDER/keys")"}},
    {"dnssec.disabled-algorithms", {"[5, 7]", "[13]"}},
    {"dnssec.disabled-digests", {"[]", "[1]"}},
    {"dnssec.check-clock", {"true", "false"}},
    {"dnssec.time-servers", {R"(["pool.ntp.org."])", R"(["a.example.", "b.example."])"}},
    {"forward",
     {"[]", R"([{"zone": "a.example.", "addresses": ["192.0.2.53:53"], "first": true}])"}},
    {"stub", {"[]", R"([{"zone": "b.example.", "addresses": ["192.0.2.53:54"], "first": false}])"}},
    {"chaos.identity", {"null", R"("a \"quoted\" name")"}},
    {"chaos.version", {"null", R"("1")"}},
    {"log.level", {R"("info")", R"("debug")"}},
    {"tcp.clients", {"1024", "7"}},
    {"tcp.client-percent", {"5", "6"}},
    {"tcp.idle-seconds", {"10", "5"}},
    {"tcp.pipeline", {"32", "4"}},
    {"waiting.clients", {"10000", "9"}},
    {"waiting.per-address", {"100", "8"}},
    {"cookies.answer", {"true", "false"}},
    {"rate-limit.mode", {R"("enforce")", R"("shadow")"}},
    {"rate-limit.queries-per-address", {"100", "1"}},
    {"rate-limit.queries-per-network", {"1000", "2"}},
    {"rate-limit.errors-per-address", {"20", "0"}},
    {"rate-limit.errors-per-network", {"100", "4"}},
    {"rate-limit.exempt", {R"(["private", "192.0.2.0/24"])", R"(["localnets", "::1/128"])"}},
    {"cpu-share.mode", {R"("enforce")", R"("off")"}},
    {"cpu-share.percent", {"60", "40"}},
    {"control.socket", {"null", R"("FOLDER/control.sock")"}},
    {"control.group-scope", {R"("operate")", R"("read-names")"}},
    {"http.listen", {"[]", R"(["127.0.0.1:8053"])"}},
    {"http.names", {"[]", R"(["wend.example", "ns1"])"}},
    {"http.plain", {"false", "true"}},
    {"http.metrics-allow", {R"(["127.0.0.0/8", "::1/128"])", "[]"}},
    {"lock", {R"(["listen", "access"])", R"(["cache.size"])"}},
    {"state.folder", {"null", R"("FOLDER")"}},
    {"reload.generations", {"10", "3"}},
    {"lint.ignore", {"[]", R"(["open-resolver"])"}},
    {"include", {R"("wend.d/*.json")", R"("other.json")"}},
};

// A change that is not of these is live, and one that is not of these makes nothing untrue: what
// docs and issue trackers of other resolvers never wrote down, here in one place.
const std::vector<std::string_view> only_at_a_restart = {"workers", "cache.size", "state.folder"};

std::string replaced(std::string text, std::string_view what, const std::string& with) {
    const std::size_t at = text.find(what);
    return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

struct Paths {
    TemporaryDirectory directory{};
    std::string file = directory.write("file", "");
    std::string folder = file.substr(0, file.rfind('/'));

    std::string in(std::string_view text) const {
        return replaced(replaced(std::string(text), "FILE", file), "FOLDER", folder);
    }
};

// The default with this one value, which the setter of the key has read.
Config with(const ConfigKey<Config>& key, const std::string& value) {
    const auto node = parse_json(value);
    REQUIRE(node);
    Config config;
    ConfigContext context{.directory = "."};
    key.set(*node, config, context);
    CHECK(context.mistakes.empty());
    return config;
}

Config read(std::string_view text) {
    const auto config = read_config(text, ".");
    REQUIRE(config);
    return *config;
}

std::vector<std::string> flushes(std::string_view before, std::string_view after) {
    std::vector<std::string> texts;
    for (const Flush& flush : plan_of(read(before), read(after)).flushes) {
        texts.push_back(describe(flush));
    }
    return texts;
}

std::string forwarding(std::string_view zones) {
    std::string text = R"({"forward": [)";
    std::string_view comma;
    while (!zones.empty()) {
        const std::size_t end = std::min(zones.find(' '), zones.size());
        const std::string_view zone = zones.substr(0, end);
        const std::size_t at = zone.find('@');
        text += std::string(comma) + R"({"zone": ")" + std::string(zone.substr(0, at)) +
                R"(", "addresses": ["192.0.2.)" + std::string(zone.substr(at + 1)) + R"("]})";
        comma = ", ";
        zones.remove_prefix(std::min(end + 1, zones.size()));
    }
    return text + "]}";
}

std::vector<std::string> forward_flushes(std::string_view before, std::string_view after) {
    return flushes(forwarding(before), forwarding(after));
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every key is declared live or restart, and is planned when it changes either way",
          "[config][plan]") {
    const Paths paths;
    for (const ConfigKey<Config>& key : config_keys()) {
        INFO(key.path);
        if (key.path == "$schema") {
            CHECK(key.get(Config{}) == "null");
            continue;
        }
        const auto found = examples.find(key.path);
        REQUIRE(found != examples.end());
        const std::string one = paths.in(found->second.first);
        const std::string two = paths.in(found->second.second);
        const bool waits =
            std::ranges::find(only_at_a_restart, key.path) != only_at_a_restart.end();
        const Applies applies = waits ? Applies::restart : Applies::live;
        const Config before = with(key, one);
        const Config after = with(key, two);
        CHECK(plan_of(before, before) == Plan{});
        CHECK(plan_of(before, after).keys == std::vector<KeyChange>{{key.path, one, two, applies}});
        CHECK(plan_of(after, before).keys == std::vector<KeyChange>{{key.path, two, one, applies}});
        CHECK(plan_of(before, after).needs_restart() == waits);
        const bool makes_untrue = key.untrue != Untrue::nothing;
        CHECK(plan_of(before, after).flushes.empty() != makes_untrue);
        CHECK(plan_of(after, before).flushes.empty() != makes_untrue);
    }
    CHECK(examples.size() + 1 == config_keys().size());
}

TEST_CASE("docs/configuration.md says of each key when a change holds and what it flushes",
          "[config][plan]") {
    std::ifstream file(std::string(WEND_SOURCE_DIR) + "/docs/configuration.md");
    std::ostringstream text;
    text << file.rdbuf();
    std::string rows;
    for (const ConfigKey<Config>& key : config_keys()) {
        if (key.path != "$schema") {
            rows += fmt::format("| `{}` | {} | {} |\n", key.path, describe(key.applies),
                                describe(key.untrue));
        }
    }
    INFO(rows);
    CHECK(text.str().ends_with("\n|---|---|---|\n" + rows));
}

TEST_CASE("what a key's value is written as reads back as the same value", "[config][plan]") {
    const Paths paths;
    for (const ConfigKey<Config>& key : config_keys()) {
        if (key.path == "$schema") {
            continue;
        }
        INFO(key.path);
        for (const std::string& text :
             {paths.in(examples.at(key.path).first), paths.in(examples.at(key.path).second)}) {
            const Config config = with(key, text);
            CHECK(key.get(config) == text);
            CHECK(with(key, key.get(config)) == config);
        }
        CHECK(with(key, key.get(Config{})) == Config{});
    }
}

TEST_CASE("a forwarder added, removed or moved makes its zone untrue, and only it",
          "[config][plan]") {
    CHECK(forward_flushes("", "corp.example@1") == Texts{"corp.example."});
    CHECK(forward_flushes("corp.example@1", "") ==
          Texts{"corp.example.", "what is known of the servers 192.0.2.1:53"});
    CHECK(forward_flushes("corp.example@1 b.example@3", "corp.example@2 b.example@3") ==
          Texts{"corp.example.", "what is known of the servers 192.0.2.1:53"});
    CHECK(forward_flushes("a.example@1 b.example@1", "b.example@1") == Texts{"a.example."});
    CHECK(flushes(forwarding("a.example@1"),
                  R"({"stub": [{"zone": "A.example", "addresses": ["192.0.2.1"]}]})") ==
          Texts{"a.example."});
    CHECK(flushes(forwarding("a.example@1"),
                  R"({"forward": [{"zone": "a.example", "addresses": ["192.0.2.1"],
                                   "first": true}]})") == Texts{"a.example."});
}

TEST_CASE("the order of zones and of their addresses makes nothing untrue", "[config][plan]") {
    const std::string_view one =
        R"({"stub": [{"zone": "a", "addresses": ["192.0.2.1", "192.0.2.2"]}]})";
    const std::string_view two =
        R"({"stub": [{"zone": "A.", "addresses": ["192.0.2.2", "192.0.2.1"]}]})";
    CHECK(flushes(one, two).empty());
    CHECK(forward_flushes("a.example@1 b.example@2", "b.example@2 a.example@1").empty());
}

TEST_CASE(
    "zones below that keep their servers are kept, but their chain of trust is looked at again",
    "[config][plan]") {
    CHECK(forward_flushes("example@1 a.example@2 x.a.example@3 b.example@4",
                          "example@9 a.example@2 x.a.example@3 b.example@4") ==
          Texts{"example. but not a.example., b.example.",
                "what validated, or did not, at and below a.example.",
                "what validated, or did not, at and below b.example.",
                "what is known of the servers 192.0.2.1:53"});
    // A zone inside a kept one that changes as well.
    CHECK(forward_flushes("a.example@2 x.a.example@3", "example@1 a.example@2 x.a.example@4") ==
          Texts{"example. but not a.example.", "x.a.example.",
                "what validated, or did not, at and below a.example.",
                "what is known of the servers 192.0.2.3:53"});
    // What changes below goes with the zone above.
    CHECK(forward_flushes("a.example@2", "example@1") ==
          Texts{"example.", "what is known of the servers 192.0.2.2:53"});
    CHECK(forward_flushes("a.example@2 b.a.example@3", "b.a.example@3 .@1") ==
          Texts{". but not b.a.example.", "what validated, or did not, at and below b.a.example.",
                "what is known of the servers 192.0.2.2:53"});
}

TEST_CASE("what a wider flush does is not planned twice", "[config][plan]") {
    const std::string_view kept = R"({"zone": "x.a.example", "addresses": ["192.0.2.2"]})";
    const std::string before = R"({"forward": [)" + std::string(kept) + "]}";
    const std::string after = R"({"forward": [)" + std::string(kept) +
                              R"(, {"zone": "example", "addresses": ["192.0.2.1"]}],
                              "dnssec": {"negative-anchors": ["a.example", "b.test"]}})";
    CHECK(flushes(before, after) == Texts{"example. but not x.a.example.",
                                          "what validated, or did not, at and below a.example.",
                                          "what validated, or did not, at and below b.test."});
}

TEST_CASE("a negative anchor that comes, goes or lasts longer makes its zone's trust untrue",
          "[config][plan][rfc7646]") {
    const std::string_view none = "{}";
    const std::string_view two = R"({"dnssec": {"negative-anchors": ["a.example", "b.example"]}})";
    const std::string_view until =
        R"({"dnssec": {"negative-anchors": ["b.example",
            {"zone": "a.example", "until": "2026-12-31"}]}})";
    const Texts both = {"what validated, or did not, at and below a.example.",
                        "what validated, or did not, at and below b.example."};
    CHECK(flushes(none, two) == both);
    CHECK(flushes(two, none) == both);
    CHECK(flushes(two, until) == Texts{both[0]});
    CHECK(flushes(none, R"({"dnssec": {"negative-anchors": ["a.example", "x.a.example"]}})") ==
          Texts{both[0]});
}

TEST_CASE("validation on or off, anchors and algorithms make all trust untrue", "[config][plan]") {
    const Texts all = {"what validated, or did not, at and below ."};
    CHECK(flushes("{}", R"({"dnssec": {"validate": false}})") == all);
    CHECK(flushes(R"({"dnssec": {"validate": false}})", "{}") == all);
    CHECK(flushes("{}", R"({"dnssec": {"disabled-algorithms": []}})") == all);
    CHECK(flushes("{}", R"({"dnssec": {"disabled-digests": [1], "validate": false,
                             "negative-anchors": ["a.example"]},
                             "upstream": {"ipv6": false}})") == all);
    const Paths paths;
    Config config;
    config.root.anchors = paths.file;
    CHECK(plan_of(Config{}, config).flushes == std::vector{flush_of_anchors()});
    config = {};
    config.root.hints = paths.file;
    CHECK(plan_of(Config{}, config).flushes == std::vector{flush_of_hints()});
    CHECK(describe(flush_of_hints()) == "the root's name servers");
}

TEST_CASE("how servers are asked makes what failed worth another try", "[config][plan]") {
    CHECK(flushes("{}", R"({"upstream": {"mixed-case": false, "ipv6": false}})") ==
          Texts{"failures at and below ."});
    CHECK(flushes("{}", R"({"cache": {"ttl-max": 60}, "log": {"level": "off"}})").empty());
}
