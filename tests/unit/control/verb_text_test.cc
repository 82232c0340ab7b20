#include "control/verb_text.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "control/list_joiner.h"
#include "control/verbs.h"

namespace wend {
namespace {

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

}  // namespace

TEST_CASE("nothing of an answer reaches a terminal but printable ASCII") {
    // Escapes of a terminal, C1 controls, a bidirectional override, DEL: in keys and values.
    const std::string hostile = R"("a\u001b[2J\u009b31m\u202e\u007f\r\nb")";
    const std::string object =
        "{" + hostile + ":" + hostile + ",\"name\":" + hostile + ",\"zone\":" + hostile +
        ",\"lines\":[" + hostile + "],\"token\":" + hostile + ",\"flushed\":" + hostile +
        ",\"kept\":" + hostile + ",\"known\":true,\"servers\":[{\"name\":" + hostile +
        ",\"glue\":[" + hostile + "]}],\"ds\":[" + hostile + "],\"changes\":[{\"key\":" + hostile +
        "}],\"flushes\":[" + hostile + "],\"value\":" + hostile + "}";
    for (const VerbSpec& verb : verbs()) {
        INFO(verb.name);
        for (const std::string& json :
             {object, "{\"all\":[" + object + "]}", "{\"all\":[" + hostile + "]}"}) {
            const auto text = verb.text(json);
            CHECK((!text || is_printable(*text)));
        }
        CHECK_FALSE(verb.text("{"));
        CHECK_FALSE(verb.text("7"));
    }
    const auto json = printable_json(object);
    REQUIRE(json);
    CHECK(is_printable(*json));
    CHECK(json->find('\n') == std::string::npos);
    CHECK(json->contains("\\u007f"));
    CHECK_FALSE(printable_json("{\"a\":"));
    CHECK(is_printable(for_terminal("\x1b]0;x\x07\xc2\x9b\xff")));
}

TEST_CASE("an answer is told a record a line") {
    CHECK(text_of_members(R"({"version":"1","cache":{"entries":2},"why":["a","b"],"none":[]})") ==
          "version: 1\ncache.entries: 2\nwhy: a b\nnone: -\n");
    CHECK(text_of_members("{}") == "ok\n");
    CHECK(text_of_flush(R"({"flushed":1})") == "1 entry forgotten\n");
    CHECK(text_of_flush(R"({"flushed":0})") == "0 entries forgotten\n");
    CHECK(text_of_lines(R"({"lines":["a","b"]})") == "a\nb\n");
    CHECK(text_of_entries(R"({"entries":[{"lines":["a"]},{"lines":["b","c"]},{}]})") ==
          "a\nb\nc\n");
    CHECK(text_of_stats(R"({"counters":{"dropped":3}})") == "counters.dropped=3\n");
    CHECK(text_of_reload(
              R"({"generation":3,"took_ms":4,"changed":[{"key":"a.b","was":"1","is":"2"}],)"
              R"("at_restart":[{"key":"workers","was":"2","is":"4"}],"flushed":1})") ==
          "generation 3 is in force after 4 ms, 1 entry forgotten\n~ a.b 1 -> 2 live\n"
          "! workers 2 -> 4 needs a restart\n");
    CHECK(text_of_reload(R"({"generation":3})") == "generation 3 is in force\n");
    CHECK(text_of_servers(R"({"servers":[{"zone":"a.","name":"ns.a.","address":"192.0.2.1:53",)"
                          R"("source":"delegation","known":false,"edns":true,"lame":true}]})") ==
          "a. ns.a. 192.0.2.1:53 rtt=- quiet=- timeouts=- delegation lame\n");
    CHECK(text_of_keys(R"({"keys":[{"key":"a.b","value":"[1, \"x\"]","origin":"default"},)"
                       R"({"key":"c","value":"2","origin":"wend.json:3:4"}]})") ==
          "a.b [1, \"x\"]\nc 2 (wend.json:3:4)\n");
    CHECK(
        text_of_zones(R"({"forward":[{"zone":"a.","addresses":["192.0.2.1:53"],"first":true}]})") ==
        "a. 192.0.2.1:53 first\n");
    CHECK(
        text_of_queries(R"({"queries":[{"name":"a.","type":"A","age_ms":12,"waiters":3,"zone":".",)"
                        R"("waits_for":"the root's servers","checking_disabled":false}]})") ==
        "a. A age=12ms waiters=3 zone=. waits-for=the root's servers\n");
}

TEST_CASE("parts of a list join to one list") {
    const auto joined = [](const std::vector<std::string>& parts) {
        ListJoiner joiner;
        std::string text;
        for (const std::string& part : parts) {
            const auto added = joiner.add(part);
            text += added ? *added : "?";
        }
        return text + std::string(ListJoiner::finish());
    };
    CHECK(joined({R"({"a":[1,2]})"}) == "{\"a\":[1,2]}\n");
    CHECK(joined({R"({"a":[1]})", R"({"a":[]})", R"({"a":["x]}"]})"}) == "{\"a\":[1,\"x]}\"]}\n");
    CHECK(joined({R"({"a":[]})", R"({"a":[2]})"}) == "{\"a\":[2]}\n");
    CHECK(joined({R"({"a":[1]})", R"({"b":[2]})"}).contains('?'));
    CHECK(joined({"{}"}).contains('?'));
    CHECK(joined({R"({"a":{"b":[1]}})"}).contains('?'));
}

}  // namespace wend
