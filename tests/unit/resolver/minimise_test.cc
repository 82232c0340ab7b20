#include "resolver/minimise.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "message_text.h"

using namespace wend;
using namespace wend::test;

namespace {

// What is shown of `name` when nothing but the full name helps, beginning at the root.
std::vector<std::string> shown_of(const std::string& name, bool enabled = true) {
    const dns::Question question = question_of(name, dns::Type::mx);
    Minimiser minimiser(question, 0, enabled);
    std::vector<std::string> shown;
    while (!minimiser.is_full()) {
        CHECK(minimiser.next().qtype == dns::Type::a);
        shown.push_back(dns::to_text(minimiser.next().qname));
        minimiser.count_query();
        minimiser.show_more();
    }
    CHECK(minimiser.next() == question);
    return shown;
}

}  // namespace

TEST_CASE("a name is shown a label at a time, of type A, and the question last",
          "[resolver][minimise][rfc9156-2]") {
    CHECK(shown_of("www.example.com.") == std::vector<std::string>{"com.", "example.com."});
    CHECK(shown_of("com.").empty());
    CHECK(shown_of(".").empty());
    CHECK(shown_of("www.example.com.", false).empty());
}

TEST_CASE("the type that is asked for on the way is chosen, the question stays as it is",
          "[resolver][minimise][rfc9156-2.1]") {
    const dns::Question question = question_of("www.example.", dns::Type::mx);
    Minimiser minimiser(question, 0, true, dns::Type::ns);
    CHECK(minimiser.next() == question_of("example.", dns::Type::ns));
    minimiser.show_more();
    CHECK(minimiser.next() == question);
}

TEST_CASE("after four steps the rest is spread evenly, over ten at most",
          "[resolver][minimise][rfc9156-2.3]") {
    std::string name = "test.";
    for (int i = 1; i < 18; ++i) {
        name = "l." + name;
    }
    std::vector<std::size_t> labels;
    for (const std::string& shown : shown_of(name)) {
        labels.push_back(dns::name_of(shown).view().label_count());
    }
    CHECK(labels == std::vector<std::size_t>{1, 2, 3, 4, 6, 8, 10, 12, 15});
    name.clear();
    for (int i = 0; i < 120; ++i) {
        name += "a.";
    }
    CHECK(shown_of(name).size() <= minimised_steps_max);
}

TEST_CASE("from a label with an underscore on the whole name is shown", "[resolver][minimise]") {
    CHECK(shown_of("_sip._tcp.example.com.") == std::vector<std::string>{"com.", "example.com."});
}

TEST_CASE("after a referral one label more than the zone's own is shown", "[resolver][minimise]") {
    const dns::Question question = question_of("a.b.c.example.");
    Minimiser minimiser(question, 0, true);
    minimiser.enter(2);
    CHECK(dns::to_text(minimiser.next().qname) == "b.c.example.");
}

TEST_CASE("once given up the whole name is shown from there on", "[resolver][minimise]") {
    const dns::Question question = question_of("a.b.c.example.");
    Minimiser minimiser(question, 0, true);
    minimiser.give_up();
    CHECK(minimiser.is_full());
    minimiser.enter(1);
    CHECK(minimiser.is_full());
}
