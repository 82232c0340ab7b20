#include "replay/replay.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/replay/relay_subject.h"
#include "tests/unit/replay/scenario_text.h"

using namespace wend;
using namespace wend::sim;
using namespace wend::sim::test;

namespace {

const std::string range =
    "RANGE_BEGIN 0 100\nADDRESS 192.0.2.1\n" + answer_entry("www.example.") + "RANGE_END\n";

ReplayResult play(const std::string& text, std::string* trace = nullptr) {
    const auto scenario = read_scenario(text);
    if (!scenario) {
        FAIL(scenario.error().line << ": " << scenario.error().message);
    }
    const auto settings = settings_of(*scenario);
    if (!settings) {
        FAIL(settings.error().line << ": " << settings.error().message);
    }
    RelayFactory factory;
    ReplayOptions options;
    if (trace != nullptr) {
        options.trace = [trace](std::string_view line) { trace->append(line).append("\n"); };
    }
    return replay(*scenario, *settings, factory, options);
}

// Notes how each subject that it makes is to minimise.
class NotingFactory final : public SubjectFactory {
  public:
    std::unique_ptr<Subject> make(const ScenarioSettings& settings,
                                  const SubjectWorld& world) override {
        const bool on = settings.minimise_qname.value_or(false);
        ways.push_back(on ? std::string(dns::to_text(settings.minimise_type)) : "off");
        return relays_.make(settings, world);
    }

    std::vector<std::string> ways;

  private:
    RelayFactory relays_;
};

std::vector<std::string> ways_of(const std::string& text) {
    const auto scenario = read_scenario(text);
    REQUIRE(scenario);
    const auto settings = settings_of(*scenario);
    REQUIRE(settings);
    NotingFactory factory;
    replay(*scenario, *settings, factory, {});
    return factory.ways;
}

// "passed", or why not.
std::string outcome(const std::string& text) {
    const ReplayResult result = play(text);
    return result.verdict == Verdict::passed ? "passed" : result.why;
}

}  // namespace

TEST_CASE("a scenario whose answer is as expected passes", "[sim][replay]") {
    const std::string steps =
        query_step("1", "www.example.") + check_step("10", "www.example.", "192.0.2.80");
    CHECK(outcome(unbound_text(range + steps)) == "passed");
    CHECK(outcome(deckard_text("RANGE_BEGIN 0 100 192.0.2.1\n" + answer_entry("www.example.") +
                               "RANGE_END\n" + query_step("1", "www.example."))) == "passed");
}

TEST_CASE("an answer with another address fails and says what was expected", "[sim][replay]") {
    const ReplayResult result = play(unbound_text(range + query_step("1", "www.example.") +
                                                  check_step("10", "www.example.", "192.0.2.81")));
    CHECK(result.verdict == Verdict::failed);
    CHECK(result.line == 25);
    CHECK(
        result.why ==
        "step 10: expected in ANSWER www.example. 3600 IN A 192.0.2.81, got www.example. 300 IN A "
        "192.0.2.80");
}

TEST_CASE("a check without an answer fails", "[sim][replay]") {
    CHECK(outcome(unbound_text(check_step("10", "www.example.", "192.0.2.80"))) ==
          "step 10: expected an answer, got none");
    CHECK(outcome(deckard_text(check_step("10", "www.example.", "192.0.2.80")))
              .starts_with("step 10: expected an answer, got none"));
}

TEST_CASE("an answer that no step checks fails", "[sim][replay]") {
    CHECK(outcome(unbound_text(range + query_step("1", "www.example.") +
                               "STEP 2 TRAFFIC\nSTEP 3 NOTHING\n")) ==
          "step 1: expected no answer, got one that no step checks");
}

TEST_CASE("a range counts by the next step for Unbound and by the present one for Deckard",
          "[sim][replay]") {
    const std::string blocks = "RANGE_BEGIN 0 15\n" + answer_entry("www.example.") + "RANGE_END\n" +
                               query_step("12", "www.example.") +
                               check_step("20", "www.example.", "192.0.2.80");
    CHECK(outcome(unbound_text(blocks)) == "step 20: expected rcode NOERROR, got SERVFAIL");
    CHECK(outcome(deckard_text(blocks)).starts_with("step 20: expected an OPT record, got none") ==
          false);
    CHECK(outcome(deckard_text(blocks)) == "passed");
}

TEST_CASE("the last range of a file comes first for Unbound, the first one for Deckard",
          "[sim][replay]") {
    std::string other = answer_entry("www.example.");
    other.replace(other.find("192.0.2.80"), 10, "192.0.2.99");
    const std::string blocks = "RANGE_BEGIN 0 100\n" + answer_entry("www.example.") +
                               "RANGE_END\nRANGE_BEGIN 0 100\n" + other + "RANGE_END\n" +
                               query_step("1", "www.example.");
    CHECK(outcome(unbound_text(blocks + check_step("10", "www.example.", "192.0.2.99"))) ==
          "passed");
    CHECK(outcome(deckard_text(blocks + check_step("10", "www.example.", "192.0.2.80"))) ==
          "passed");
}

TEST_CASE("a range without a match passes the query on for Unbound only", "[sim][replay]") {
    const std::string blocks = "RANGE_BEGIN 0 100\n" + answer_entry("other.example.") +
                               "RANGE_END\nRANGE_BEGIN 0 100\n" + answer_entry("www.example.") +
                               "RANGE_END\n" + query_step("1", "www.example.");
    CHECK(outcome(unbound_text(blocks + check_step("10", "www.example.", "192.0.2.80"))) ==
          "passed");
    CHECK(outcome(deckard_text(blocks + check_step("10", "www.example.", "192.0.2.80"))) ==
          "step 10: expected rcode NOERROR, got SERVFAIL (without QNAME minimisation)");
}

TEST_CASE("REPLY, TIMEOUT and ERROR steps end a pending query", "[sim][replay]") {
    const std::string query = query_step("1", "www.example.");
    const std::string check = check_step("10", "www.example.", "192.0.2.80");
    const std::string reply = "STEP 5 REPLY\n" + answer_entry("www.example.");
    CHECK(outcome(unbound_text(query + reply + check)) == "passed");
    CHECK(outcome(unbound_text(query + "STEP 2 TIMEOUT\n" + reply + check)) == "passed");
    CHECK(outcome(unbound_text(query + "STEP 2 ERROR\n" + reply + check)) == "passed");
    CHECK(outcome(unbound_text(query + "STEP 2 ERROR\nSTEP 3 ERROR\n" + check)) ==
          "step 10: expected rcode NOERROR, got SERVFAIL");
    CHECK(outcome(unbound_text("STEP 2 TIMEOUT\n")) ==
          "step 2: expected a pending query, got none");
}

TEST_CASE("a query that must go out is looked for", "[sim][replay]") {
    const auto out = [](std::string_view name) {
        return "STEP 2 CHECK_OUT_QUERY\nENTRY_BEGIN\nMATCH qname qtype\nSECTION QUESTION\n" +
               std::string(name) + " IN A\nENTRY_END\n";
    };
    const std::string query = range + query_step("1", "www.example.");
    const std::string check = check_step("10", "www.example.", "192.0.2.80");
    CHECK(outcome(unbound_text(query + out("www.example.") + check)) == "passed");
    CHECK(outcome(unbound_text(query + out("other.example.") + check)) ==
          "step 2: expected an upstream query like this, got none");
}

TEST_CASE("time moves to the subject's timers where nothing can be delivered", "[sim][replay]") {
    std::string trace;
    const ReplayResult result =
        play(unbound_text(query_step("1", "www.example.") +
                          "STEP 10 CHECK_ANSWER\nENTRY_BEGIN\nMATCH rcode\nREPLY SERVFAIL\n"
                          "ENTRY_END\n"),
             &trace);
    CHECK(result.verdict == Verdict::passed);
    CHECK(trace.find("4.000000 timeout 2 192.0.2.1:53 UDP") != std::string::npos);
}

TEST_CASE("a reply to another question is not believed, and is sent once", "[sim][replay]") {
    std::string trace;
    const std::string entry =
        "RANGE_BEGIN 0 100\nENTRY_BEGIN\nMATCH opcode\nREPLY QR\nSECTION QUESTION\n"
        "other.example. IN A\nENTRY_END\nRANGE_END\n";
    const ReplayResult result =
        play(unbound_text(entry + query_step("1", "www.example.") +
                          "STEP 10 CHECK_ANSWER\nENTRY_BEGIN\nMATCH rcode\nREPLY SERVFAIL\n"
                          "ENTRY_END\n"),
             &trace);
    CHECK(result.verdict == Verdict::passed);
    CHECK(trace.find("discarded 1 192.0.2.1:53 UDP") != std::string::npos);
}

TEST_CASE("a mandatory entry that is never used fails", "[sim][replay]") {
    std::string entry = answer_entry("never.example.");
    entry.replace(entry.find("MATCH"), 0, "MANDATORY\n");
    const ReplayResult result = play(deckard_text("RANGE_BEGIN 0 100\n" + entry + "RANGE_END\n"));
    CHECK(result.verdict == Verdict::failed);
    CHECK(result.line == 5);
}

TEST_CASE("an entry that is never used is remarked upon", "[sim][replay]") {
    std::string trace;
    play(unbound_text(range), &trace);
    CHECK(trace.find("remark: line 9: the entry is never used") != std::string::npos);
}

TEST_CASE("TIME_PASSES moves the clock by what its macros come to", "[sim][replay]") {
    std::string trace;
    const ReplayResult result =
        play(unbound_text(
                 "STEP 1 ASSIGN hour = ${60 * 60}\nSTEP 2 TIME_PASSES EVAL ${$hour / 2}\n"
                 "STEP 3 TIME_PASSES ELAPSE 0.5\nSTEP 4 ASSIGN now = ${range 1800 ${time} 1800}\n" +
                 range + query_step("5", "www.example.") +
                 check_step("10", "www.example.", "192.0.2.80")),
             &trace);
    CHECK(result.why.empty());
    CHECK(trace.find("1800.500000 query 1 192.0.2.1:53 UDP") != std::string::npos);
}

TEST_CASE("a scenario that needs what is missing is skipped and names it", "[sim][replay]") {
    const std::string text =
        "server:\n  prefetch: yes\n  serve-expired: no\nrpz:\n  name: a.\n"
        "  zonefile: f\nCONFIG_END\nSCENARIO_BEGIN t\nSCENARIO_END\n";
    const auto scenario = read_scenario(text);
    REQUIRE(scenario);
    const auto settings = settings_of(*scenario);
    REQUIRE(settings);
    RelayFactory factory;
    const ReplayResult result = replay(*scenario, *settings, factory, {});
    CHECK(result.verdict == Verdict::skipped);
    CHECK(result.why == "prefetch, rpz");
}

TEST_CASE("a scenario that takes a defence away is skipped only where it fails", "[sim][replay]") {
    const auto played = [](std::string_view option, std::string_view address) {
        return play("server:\n  " + std::string(option) + "\n" +
                    unbound_text(range + query_step("1", "www.example.") +
                                 check_step("10", "www.example.", address)));
    };
    CHECK(played("harden-glue: no", "192.0.2.80").verdict == Verdict::passed);
    const ReplayResult failing = played("harden-glue: no", "192.0.2.81");
    CHECK(failing.verdict == Verdict::skipped);
    CHECK(failing.why.starts_with("harden-glue-off; step 10: "));
    CHECK(played("harden-glue: yes", "192.0.2.81").verdict == Verdict::failed);
    CHECK(played("harden-glue: no\n  harden-glue: yes", "192.0.2.81").verdict == Verdict::failed);
    CHECK(played("minimal-responses: no", "192.0.2.81").verdict == Verdict::failed);
}

TEST_CASE("a scenario that says nothing of minimisation is played without it and by either type",
          "[sim][replay]") {
    using Ways = std::vector<std::string>;
    const std::string steps =
        range + query_step("1", "www.example.") + check_step("10", "www.example.", "192.0.2.80");
    CHECK(ways_of(deckard_text(steps)) == Ways{"off", "A", "NS"});
    CHECK(ways_of("query-minimization: on\n" + deckard_text(steps)) == Ways{"NS"});
    CHECK(ways_of("query-minimization: off\n" + deckard_text(steps)) == Ways{"off"});
    CHECK(ways_of(unbound_text(steps)) == Ways{"A"});
}

TEST_CASE("the same seed gives the same trace", "[sim][replay]") {
    const std::string text = unbound_text(range + query_step("1", "www.example.") +
                                          check_step("10", "www.example.", "192.0.2.80"));
    std::string first;
    std::string second;
    play(text, &first);
    play(text, &second);
    CHECK(first == second);
    CHECK_FALSE(first.empty());
}

TEST_CASE("a step that looks for a referral in the cache without RD is left out", "[sim][replay]") {
    std::string query = query_step("1", "www.example.");
    query.replace(query.find("REPLY RD"), 8, "REPLY QUERY");
    const auto check = [](std::string_view section) {
        return "STEP 10 CHECK_ANSWER\nENTRY_BEGIN\nMATCH all\nREPLY QR RA NOERROR\nSECTION "
               "QUESTION\n"
               "www.example. IN A\n" +
               std::string(section) + "ENTRY_END\n";
    };
    CHECK(outcome(unbound_text(range + query +
                               check("SECTION AUTHORITY\nexample. NS ns.example.\n"))) == "passed");
    CHECK(outcome(unbound_text(range + query + check("SECTION ANSWER\n. NS ns.example.\n"))) ==
          "passed");
    CHECK(outcome(unbound_text(range + query +
                               check("SECTION ANSWER\n. NS ns.example.\n"
                                     "www.example. A 192.0.2.81\n"))) != "passed");
    CHECK(outcome(unbound_text(range + query + check(""))) != "passed");
}
