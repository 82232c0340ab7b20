#include "resolver/minimise.h"

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>
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

// A name of so many labels: from 33 on an address below "z.", "z.z." and so on.
std::string name_of_labels(std::size_t total, std::string_view digit) {
    std::string name;
    for (std::size_t i = 0; i < total; ++i) {
        name += i < 32 ? std::string(digit) + '.' : "z.";
    }
    return name;
}

// How many labels are shown, beginning in a zone of so many.
std::vector<std::size_t> stops_of(const std::string& name, std::size_t zone_labels) {
    const dns::Question question = question_of(name, dns::Type::ptr);
    Minimiser minimiser(question, zone_labels, true);
    std::vector<std::size_t> stops;
    while (!minimiser.is_full()) {
        stops.push_back(minimiser.next().qname.view().label_count());
        minimiser.count_query();
        minimiser.show_more();
    }
    return stops;
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

TEST_CASE("a name is shown in the same places wherever the walk began",
          "[resolver][minimise][rfc9156-2.3]") {
    for (std::size_t total = 1; total <= 100; ++total) {
        const std::string plain = name_of_labels(total, "l");
        const std::vector<std::size_t> whole = stops_of(plain, 0);
        CHECK(whole.size() < minimised_steps_max);
        for (std::size_t zone = 0; zone < total; ++zone) {
            const std::vector<std::size_t> rest = stops_of(plain, zone);
            const auto from = std::ranges::upper_bound(whole, zone);
            CHECK(std::ranges::equal(rest, std::ranges::subrange(from, whole.end())));
        }
    }
}

TEST_CASE("an IPv6 address is shown where delegations are usual, and then whole",
          "[resolver][minimise][rfc9156-2.3]") {
    using Stops = std::vector<std::size_t>;
    const std::string name = name_of_labels(34, "a");
    CHECK(stops_of(name, 0) == Stops{1, 2, 6, 10});
    CHECK(stops_of(name, 2) == Stops{6, 10});
    CHECK(stops_of(name, 7) == Stops{10, 14});
    CHECK(stops_of(name, 14) == Stops{16, 18});
    CHECK(stops_of(name, 16) == Stops{18});
    CHECK(stops_of(name, 18).empty());
    CHECK(stops_of(name_of_labels(34, "g"), 14).size() > 2);  // no address
    CHECK(stops_of("x" + name, 14).size() > 2);
    CHECK(stops_of(name_of_labels(36, "F"), 3) == Stops{4, 8, 12});
}

TEST_CASE("in one zone an IPv6 address costs three queries at most",
          "[resolver][minimise][rfc9156-2.3]") {
    for (std::size_t total = 33; total <= 40; ++total) {
        for (std::size_t zone = total - 32; zone < total; ++zone) {
            CHECK(stops_of(name_of_labels(total, "0"), zone).size() <= address_steps_per_zone_max);
        }
    }
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
