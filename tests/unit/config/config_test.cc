#include "config/config.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/edit_distance.h"
#include "config/keys.h"
#include "config/read.h"

using namespace wend;

namespace {

std::vector<std::string> mistakes_in(std::string_view text) {
    const auto config = read_config(text, ".");
    std::vector<std::string> lines;
    if (!config) {
        for (const Mistake& mistake : config.error()) {
            lines.push_back(std::to_string(mistake.place.line) + ":" +
                            std::to_string(mistake.place.column) + " " + mistake.text);
        }
    }
    return lines;
}

using Lines = std::vector<std::string>;

std::string file_of_the_project(const std::string& name) {
    std::ifstream file(std::string(WEND_SOURCE_DIR) + "/" + name);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Every leaf below "properties" as a dotted path.
void collect_paths(const nlohmann::json& schema, const std::string& prefix,
                   std::set<std::string>& paths) {
    for (const auto& [key, value] : schema.at("properties").items()) {
        if (value.contains("properties")) {
            collect_paths(value, prefix + key + ".", paths);
        } else {
            paths.insert(prefix + key);
        }
    }
}

template <class Target>
std::set<std::string> table_paths(std::span<const ConfigKey<Target>> table) {
    std::set<std::string> paths;
    for (const auto& key : table) {
        paths.insert(std::string(key.path));
    }
    return paths;
}

}  // namespace

TEST_CASE("an empty object is the default configuration", "[config]") {
    const auto config = read_config("{}", ".");
    REQUIRE(config);
    CHECK(*config == Config{});
}

TEST_CASE("etc/wend.json says exactly the defaults, and every key", "[config]") {
    const std::string text = file_of_the_project("etc/wend.json");
    const auto config = read_config(text, ".");
    REQUIRE(config);
    CHECK(*config == Config{});
    const auto json = nlohmann::json::parse(text, nullptr, true, true);
    for (const auto& key : config_keys()) {
        std::string pointer = "/" + std::string(key.path);
        std::ranges::replace(pointer, '.', '/');
        INFO(key.path);
        CHECK(json.contains(nlohmann::json::json_pointer(pointer)));
    }
}

TEST_CASE("the JSON Schema names the keys of the table, no more and no fewer", "[config]") {
    const auto schema = nlohmann::json::parse(file_of_the_project("etc/wend.schema.json"));
    std::set<std::string> paths;
    collect_paths(schema, "", paths);
    CHECK(paths == table_paths(config_keys()));
    std::set<std::string> zone_paths;
    collect_paths(schema.at("$defs").at("zones").at("items"), "", zone_paths);
    CHECK(zone_paths == table_paths(zone_keys()));
    std::set<std::string> negative_paths;
    collect_paths(schema.at("$defs").at("negative-anchor"), "", negative_paths);
    CHECK(negative_paths == table_paths(negative_anchor_keys()));
}

// Each key with a value that is not its default.
const char* const every_key = R"({
        "listen": ["192.0.2.1", "[2001:db8::1]:5353"], "workers": 3,
        "access": {"allow": ["198.51.100.0/24"]},
        "cache": {"size": "2GiB", "ttl-min": 5, "ttl-max": 600, "negative-ttl-max": 60},
        "upstream": {"ipv4": true, "ipv6": false, "port": 5300, "never-query": [],
                     "minimise-qname": false, "minimise-type": "NS", "mixed-case": false,
                     "cookies": false},
        "dnssec": {"validate": false, "anchors-state": "keys", "check-clock": false,
                   "disabled-algorithms": ["ECDSAP256SHA256", 8, "nsec3rsasha1"],
                   "disabled-digests": ["SHA-1", 4],
                   "negative-anchors": ["a.example",
                                        {"zone": "b.example", "until": "2026-12-31T00:00:00Z"}],
                   "time-servers": ["ntp.example"]},
        "forward": [{"zone": "corp.example", "addresses": ["192.0.2.53"], "first": true}],
        "stub": [{"zone": "10.in-addr.arpa.", "addresses": ["192.0.2.54:54"]}],
        "chaos": {"identity": "ns1", "version": "1"}, "log": {"level": "warning"},
        "tcp": {"clients": 7, "client-percent": 6, "idle-seconds": 5, "pipeline": 4},
        "waiting": {"clients": 9, "per-address": 8},
        "cookies": {"answer": false},
        "rate-limit": {"mode": "shadow", "queries-per-address": 1, "queries-per-network": 2,
                       "errors-per-address": 3, "errors-per-network": 4, "exempt": ["::1"]},
        "cpu-share": {"mode": "shadow", "percent": 40},
        "control": {"socket": "my.sock", "group-scope": "read"},
        "http": {"listen": ["[::1]", "192.0.2.1:80"], "names": ["Wend.Example."], "plain": true,
                 "metrics-allow": ["192.0.2.0/24"]},
        "lock": ["cache", "forward"], "state": {"folder": "state"}, "reload": {"generations": 2},
        "lint": {"ignore": ["open-resolver"]}, "include": null
    })";

TEST_CASE("every key that is set arrives", "[config]") {
    const auto config = read_config(R"({ // a comment
        "listen": ["192.0.2.1", "[2001:db8::1]:5353"], "workers": 3,
        "access": {"allow": ["198.51.100.0/24"]},
        "cache": {"size": "64KiB" /* too small */ }
    })",
                                    ".");
    REQUIRE_FALSE(config);
    const auto good = read_config(every_key, ".");
    REQUIRE(good);
    CHECK(good->listen.at(0).to_text() == "192.0.2.1:53");
    CHECK(good->listen.at(1).to_text() == "[2001:db8::1]:5353");
    CHECK(good->workers == 3);
    CHECK(good->access.allow == std::vector{*Prefix::from_text("198.51.100.0/24")});
    CHECK(good->cache == Config::Cache{std::size_t{2} << 30, 5, 600, 60});
    CHECK(good->upstream ==
          Config::Upstream{true, false, 5300, {}, false, dns::Type::ns, false, false});
    CHECK_FALSE(good->dnssec.validate);
    CHECK(good->dnssec.anchors_state == "./keys");
    CHECK_FALSE(good->dnssec.check_clock);
    CHECK(good->dnssec.negative_anchors ==
          std::vector<Config::NegativeAnchor>{
              {dns::name_of("a.example."), std::nullopt},
              {dns::name_of("b.example."), WallTime{std::chrono::seconds(1'798'675'200)}}});
    CHECK(good->dnssec.disabled_algorithms == std::vector<std::uint8_t>{13, 8, 7});
    CHECK(good->dnssec.disabled_digests == std::vector<std::uint8_t>{1, 4});
    CHECK(good->dnssec.time_servers == std::vector{dns::name_of("ntp.example.")});
    CHECK(good->forward.at(0).zone == dns::name_of("corp.example."));
    CHECK(good->forward.at(0).first);
    CHECK(good->stub.at(0).addresses.at(0).to_text() == "192.0.2.54:54");
    CHECK(good->chaos == Config::Chaos{"ns1", "1"});
    CHECK(good->log.level == LogLevel::warning);
    CHECK(good->tcp == Config::Tcp{7, 6, std::chrono::seconds(5), 4});
    CHECK(good->waiting == Config::Waiting{9, 8});
    CHECK_FALSE(good->cookies.answer);
    CHECK(good->rate_limit ==
          Config::RateLimit{
              policy::RateMode::shadow, {1, 2, 3, 4}, {*Prefix::from_text("::1")}, false});
    CHECK(good->cpu_share == Config::CpuShare{policy::RateMode::shadow, 40});
    CHECK(good->control == Config::Control{"./my.sock", DoorScope::read});
    CHECK(good->http ==
          Config::Http{{*Endpoint::from_text("[::1]:8053"), *Endpoint::from_text("192.0.2.1:80")},
                       {"wend.example"},
                       true,
                       {*Prefix::from_text("192.0.2.0/24")}});
    CHECK(good->lock == Lines{"cache", "forward"});
    CHECK(good->state.folder == "./state");
    CHECK(good->reload.generations == 2);
    CHECK(good->lint.ignore == Lines{"open-resolver"});
    CHECK(good->include.empty());
}

TEST_CASE("two words stand for many networks", "[config]") {
    const auto config = read_config(
        R"({"access": {"allow": ["192.0.2.0/24", "localnets"]},
            "rate-limit": {"exempt": ["10.0.0.0/8", "private", "192.0.2.0/24"]}})",
        ".");
    REQUIRE(config);
    CHECK(config->access.allow == std::vector{*Prefix::from_text("192.0.2.0/24")});
    CHECK(config->access.local_networks);
    CHECK_FALSE(config->rate_limit.exempt_local_networks);
    std::vector<Prefix> exempt = policy::default_allowed();
    exempt.push_back(*Prefix::from_text("192.0.2.0/24"));
    CHECK(config->rate_limit.exempt == exempt);
    CHECK(read_config(R"({"access": {"allow": []}})", ".")->access ==
          Config::Access{.allow = {}, .local_networks = false});
    CHECK(mistakes_in(R"({"access": {"allow": ["private", "localnet"]}})") ==
          Lines{R"(1:34 wants a network, such as "192.0.2.0/24" or "2001:db8::/32", "private" or )"
                R"("localnets")"});
    CHECK(mistakes_in(R"({"upstream": {"never-query": ["localnets"]}})").size() == 1);
}

TEST_CASE("an unknown key is named with its place and the nearest known key", "[config]") {
    CHECK(mistakes_in("{\"workesr\": 1}") ==
          Lines{"1:2 there is no key \"workesr\"; the nearest is \"workers\""});
    CHECK(mistakes_in("{\n  \"cache\": {\n    \"sise\": \"1GiB\"\n  }\n}") ==
          Lines{"3:5 there is no key \"cache.sise\"; the nearest is \"cache.size\""});
    CHECK(mistakes_in("{\"upstream\": {\"minimise-typ\": \"NS\"}}") ==
          Lines{"1:15 there is no key \"upstream.minimise-typ\"; the nearest is "
                "\"upstream.minimise-type\""});
    CHECK(mistakes_in("{\"upstream\": {\"allow\": []}}") ==
          Lines{"1:15 there is no key \"upstream.allow\"; the nearest is \"access.allow\""});
    CHECK(mistakes_in("{\"stub\": [{\"zone\": \".\", \"adresses\": [], \"addresses\": "
                      "[\"192.0.2.1\"]}]}") ==
          Lines{"1:25 there is no key \"adresses\"; the nearest is \"addresses\""});
}

TEST_CASE("a value of the wrong kind or size is named with its place", "[config]") {
    CHECK(mistakes_in("{\"workers\":\n \"two\"}") ==
          Lines{"2:2 wants a whole number from 0 to 256"});
    CHECK(mistakes_in("{\"workers\": 257 }") == Lines{"1:13 wants a whole number from 0 to 256"});
    CHECK(mistakes_in("{\"workers\": -1}") == Lines{"1:13 wants a whole number from 0 to 256"});
    CHECK(mistakes_in("{\"workers\": 1.5}") == Lines{"1:13 wants a whole number from 0 to 256"});
    CHECK(mistakes_in("{\"dnssec\": {\"validate\": 1}}") ==
          Lines{"1:25 wants true or false, not a whole number"});
    CHECK(mistakes_in("{\"dnssec\": true}") == Lines{"1:12 wants an object, not true or false"});
    CHECK(mistakes_in("{\"listen\": \"127.0.0.1\"}") == Lines{"1:12 wants a list, not a text"});
    CHECK(mistakes_in(R"({"chaos": {"identity": "a\"b\\", "version": 5}})") ==
          Lines{"1:45 wants a text, not a whole number"});
    CHECK(mistakes_in("{\"upstream\": {\"minimise-type\": \"AAAA\"}}") ==
          Lines{"1:32 wants \"A\" or \"NS\""});
    CHECK(mistakes_in("[]") == Lines{"1:1 a configuration is an object, { ... }, not a list"});
}

TEST_CASE("negative anchors, dates and state files are checked where they stand",
          "[config][rfc7646]") {
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchors": [5]}})") ==
          Lines{R"(1:34 wants a zone, such as "broken.example" or )"
                R"({"zone": "broken.example", "until": "2026-12-31"})"});
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchors": [{"until": null}]}})") ==
          Lines{"1:34 has no \"zone\""});
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchors": [{"zone": "a", "untill": null}]}})") ==
          Lines{"1:48 there is no key \"untill\"; the nearest is \"until\""});
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchors": [{"zone": "a", "until": "soon"}]}})") ==
          Lines{R"(1:57 wants a date in UTC, such as "2026-12-31T00:00:00Z", or null)"});
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchors": ["a.", "A"]}})") ==
          Lines{"1:40 the zone A. is given twice"});
    CHECK(mistakes_in(R"({"dnssec": {"anchors-state": "no/such/folder/keys"}})") ==
          Lines{"1:30 the folder \"./no/such/folder/\" cannot be written to"});
    CHECK(mistakes_in(R"({"dnssec": {"time-servers": ["a..b"]}})") ==
          Lines{R"(1:30 wants a domain name, such as "pool.ntp.org")"});
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchor": []}})") ==
          Lines{"1:13 there is no key \"dnssec.negative-anchor\"; the nearest is "
                "\"dnssec.negative-anchors\""});
}

TEST_CASE("algorithms and digests are known by mnemonic or number", "[config][rfc9905-2]") {
    CHECK(
        mistakes_in("{\"dnssec\": {\n\"disabled-algorithms\": [\"RSASHA2\", 256, 5, \"RSASHA1\"],\n"
                    "\"disabled-digests\": [\"MD5\", true]}}") ==
        Lines{
            "2:25 wants a DNSSEC algorithm, such as \"RSASHA1\", \"ECDSAP256SHA256\" or its number",
            "2:36 wants a DNSSEC algorithm, such as \"RSASHA1\", \"ECDSAP256SHA256\" or its number",
            "2:44 5 is given twice",
            "3:22 wants a digest of DS records, such as \"SHA-1\", \"SHA-256\" or its number",
            "3:29 wants a digest of DS records, such as \"SHA-1\", \"SHA-256\" or its number"});
}

TEST_CASE("all mistakes are reported, in the order of the text", "[config]") {
    CHECK(mistakes_in("{\n"
                      "  \"access\": {\"allow\": [\"10.0.0.0/8\", \"10.0.0.0/33\"]},\n"
                      "  \"listen\": [\"here\"],\n"
                      "  \"root\": {\"hints\": \"no-such-file\"},\n"
                      "  \"cache\": {\"size\": \"256MB\"},\n"
                      "  \"cache\": {}\n"
                      "}") ==
          Lines{
              "2:38 wants a network, such as \"192.0.2.0/24\" or \"2001:db8::/32\", "
              "\"private\" or \"localnets\"",
              "3:14 wants an address, such as \"192.0.2.1\", \"192.0.2.1:53\" or "
              "\"[2001:db8::1]:53\"",
              "4:21 the file \"no-such-file\" cannot be read",
              "5:21 wants a size of at least 1MiB, such as \"256MiB\" or \"2GiB\"",
              "6:3 the key \"cache\" is given twice",
          });
}

TEST_CASE("a cache larger than any machine is a mistake", "[config]") {
    CHECK(read_config(R"({"cache": {"size": "16TiB"}})", ".").has_value());
    CHECK(mistakes_in(R"({"cache": {"size": "100TiB"}})") ==
          Lines{"1:20 wants a size of at most 16TiB"});
}

TEST_CASE("rules between keys hold", "[config]") {
    CHECK(mistakes_in("{\"cache\": {\"ttl-min\": 60, \"ttl-max\": 30}}") ==
          Lines{"1:23 cache.ttl-min is over cache.ttl-max"});
    CHECK(mistakes_in("{\"upstream\": {\"ipv4\": false, \"ipv6\": false}}") ==
          Lines{"1:38 upstream.ipv4 and upstream.ipv6 are both false: no server can be asked"});
    CHECK(mistakes_in("{\"forward\": [{\"zone\": \"a\", \"addresses\": [\"127.0.0.1\"]}]}") ==
          Lines{"1:42 the zone a. is to be asked at 127.0.0.1:53, where we listen ourselves"});
    CHECK(mistakes_in("{\"stub\": [{\"zone\": \"a\", \"addresses\": [\"127.0.0.1:5\"]}]}") ==
          Lines{"1:39 the zone a. is to be asked at 127.0.0.1:5, which upstream.never-query rules "
                "out"});
    CHECK(mistakes_in("{\"listen\": []}") == Lines{"1:12 listen is empty: nobody could ask"});
    CHECK(mistakes_in("{\"forward\": [{\"zone\": \"a\"}]}") == Lines{"1:14 has no \"addresses\""});
    CHECK(mistakes_in("{\"forward\": [{\"addresses\": [\"192.0.2.1\"]}]}") ==
          Lines{"1:14 has no \"zone\""});
}

TEST_CASE("a door beyond loopback without TLS wants to be said, and is told why", "[config]") {
    const Lines mistakes = mistakes_in(R"({"http": {"listen": ["127.0.0.1", "192.0.2.1"]}})");
    REQUIRE(mistakes.size() == 1);
    CHECK(mistakes.front().starts_with(
        "1:35 192.0.2.1:8053 is beyond loopback, and there is no TLS on this door: "));
    CHECK(mistakes.front().find("\"plain\": true") != std::string::npos);
    CHECK(mistakes_in(R"({"http": {"listen": ["192.0.2.1"], "plain": true}})").empty());
}

TEST_CASE("doors, locks and includes are checked where they stand", "[config]") {
    CHECK(mistakes_in("{\"control\": {\"socket\": \"/" + std::string(107, 'a') + "\"}}") ==
          Lines{"1:24 is a path of 108 octets; that of a socket has at most 107"});
    CHECK(mistakes_in(R"({"control": {"group-scope": "all"}})") ==
          Lines{R"(1:29 wants "metrics", "read", "read-names", "operate" or "admin")"});
    CHECK(mistakes_in(R"({"lock": ["listn"]})") ==
          Lines{R"(1:11 there is no key "listn"; the nearest is "listen")"});
    CHECK(mistakes_in(R"({"http": {"names": ["a b", "a.example", "A.Example."]}})") ==
          Lines{R"(1:21 wants the name of a host as in a URL, such as "wend.example")",
                R"(1:41 "A.Example." is given twice)"});
    CHECK(mistakes_in(R"({"include": "*.d/wend.json"})") ==
          Lines{"1:13 has a wildcard in the name of a folder; only files may have one"});
    CHECK(mistakes_in(R"({"include": "wend.d/"})") ==
          Lines{R"(1:13 wants files of a folder, such as "wend.d/*.json", or null)"});
}

TEST_CASE("a zone is forwarded or stubbed, not both", "[config]") {
    CHECK(mistakes_in(
              "{\"forward\": [{\"zone\": \"Corp.Example\", \"addresses\": [\"192.0.2.1\"]}],\n"
              "\"stub\": [{\"zone\": \"a\", \"addresses\": [\"192.0.2.2\"]},\n"
              "{\"zone\": \"corp.example.\", \"addresses\": [\"192.0.2.3\"]}]}") ==
          Lines{"3:10 the zone corp.example. is in \"forward\" too: its servers are recursive or "
                "authoritative, not both"});
}

TEST_CASE("a name in the writing of people is told its form in the DNS", "[config][rfc5891]") {
    const std::string told =
        " \"bücher.example\" is not written as the DNS holds it: write \"xn--bcher-kva.example\"";
    CHECK(mistakes_in(R"({"stub": [{"zone": "bücher.example", "addresses": ["192.0.2.1"]}]})") ==
          Lines{"1:20" + told});
    CHECK(mistakes_in(R"({"dnssec": {"negative-anchors": ["bücher.example"]}})") ==
          Lines{"1:34" + told});
    CHECK(mistakes_in(R"({"dnssec": {"time-servers": ["a.example", "bücher.example"]}})") ==
          Lines{"1:43" + told});
    CHECK(
        mistakes_in(R"({"forward": [{"zone": "☕.example", "addresses": ["192.0.2.1"]}]})")
            .at(0)
            .starts_with("1:23 \"☕.example\" is not written as the DNS holds it: it has no form"));
}

TEST_CASE("a comma after the last element is named where it stands", "[config]") {
    CHECK(mistakes_in("{\"workers\": 1,\n}") ==
          Lines{"1:14 a comma stands after the last element, before the \"}\": leave it out"});
    CHECK(mistakes_in("{\"listen\": [\"192.0.2.1\", // ours, \"all\"\n /* , */ ]}") ==
          Lines{"1:24 a comma stands after the last element, before the \"]\": leave it out"});
    CHECK(mistakes_in("{\"chaos\": {\"identity\": \"a\\\",//\", }}") ==
          Lines{"1:32 a comma stands after the last element, before the \"}\": leave it out"});
    CHECK(mistakes_in("[,]").at(0).find("a comma stands") == std::string::npos);
    CHECK(mistakes_in("]").at(0).find("a comma stands") == std::string::npos);
}

TEST_CASE("a hundred thousand networks are read, and the last one's mistake has its place",
          "[config][limits]") {
    constexpr unsigned count = 100'000;
    std::string text = "{\"access\": {\"allow\": [\n";
    for (unsigned i = 0; i < count; ++i) {
        text += "\"10." + std::to_string(i >> 12) + "." + std::to_string((i >> 4) & 255U) + "." +
                std::to_string((i & 15U) << 4) + "/28\",\n";
    }
    const auto good = read_config(text + "\"192.0.2.0/24\"]}}", ".");
    REQUIRE(good);
    CHECK(good->access.allow.size() == count + 1);
    CHECK(mistakes_in(text + "\"10.0.0.0/28\"]}}") ==
          Lines{"100002:1 \"10.0.0.0/28\" is given twice"});
    CHECK(mistakes_in(text + "]}}") == Lines{"100001:19 a comma stands after the last element, "
                                             "before the \"]\": leave it out"});
}

TEST_CASE("an error of form has its line and column", "[config]") {
    const auto bad = read_config("{\n  \"workers\" 4\n}", ".");
    REQUIRE_FALSE(bad);
    REQUIRE(bad.error().size() == 1);
    CHECK(bad.error().front().place == Place{2, 13});
    const auto deep = read_config(std::string(40, '['), ".");
    REQUIRE_FALSE(deep);
    CHECK(deep.error().front().place == Place{1, 17});
    CHECK_FALSE(read_config("", "."));
    CHECK_FALSE(read_config("{} {}", "."));
}

TEST_CASE("sizes are numbers with a binary unit", "[config]") {
    CHECK(size_from_text("1KiB") == 1024);
    CHECK(size_from_text("256MiB") == std::size_t{256} << 20);
    CHECK(size_from_text("3TiB") == std::size_t{3} << 40);
    CHECK_FALSE(size_from_text("256"));
    CHECK_FALSE(size_from_text("256MB"));
    CHECK_FALSE(size_from_text("-1MiB"));
    CHECK_FALSE(size_from_text("99999999999TiB"));
    CHECK_FALSE(size_from_text(""));
}

TEST_CASE("edit distance counts single slips", "[config]") {
    CHECK(edit_distance("cache", "cache") == 0);
    CHECK(edit_distance("cache", "cahce") == 1);
    CHECK(edit_distance("cache", "cach") == 1);
    CHECK(edit_distance("cache", "caches") == 1);
    CHECK(edit_distance("cache", "cacke") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}
