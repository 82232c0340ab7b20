#include "command/trace_json.h"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "resolver/event.h"
#include "tests/unit/server/records.h"

using namespace wend;

TEST_CASE("events and answer become JSON in their order", "[command]") {
    JsonTrace trace;
    const dns::Question question{dns::name_of("www.example."), dns::Type::a, dns::Class::in};
    const Instant start{std::chrono::seconds(5)};
    trace.on_event({.at = start, .body = event::Began{.question = question}});
    trace.on_event({.at = start + std::chrono::milliseconds(2),
                    .depth = 1,
                    .body = event::LimitReached{dns::Reason::budget_aliases}});
    Answer answer;
    answer.rcode = dns::Rcode::noerror;
    answer.reason = dns::Reason::resolved;
    answer.answer = {addresses_of("www.example.", 1)};
    const std::string json = trace.finish(question, answer);
    const auto at = [&](std::string_view text) {
        INFO(text);
        const std::size_t found = json.find(text);
        CHECK(found != std::string::npos);
        return found;
    };
    CHECK(at("\"rcode\": \"NOERROR\"") < at("\"text\": \"www.example. 300 IN A 192.0.0.0\""));
    CHECK(at("\"event\": \"began\"") < at("\"at-us\": 2000"));
    CHECK(at("\"event\": \"limit-reached\"") < at("\"reason\": \"budget-aliases\""));
}
