#include "config/idn.h"

#include <catch2/catch.hpp>

using namespace wend;

TEST_CASE("names in the writing of people become what the DNS holds", "[config][rfc5891]") {
    CHECK(to_a_labels("Bücher.Example") == "xn--bcher-kva.example");
    CHECK(to_a_labels("faß.example.") == "xn--fa-hia.example.");
    CHECK(to_a_labels("_443._tcp.*.ελλάδα") == "_443._tcp.*.xn--hxakic4aa");
    CHECK(to_a_labels("xn--bcher-kva.example") == "xn--bcher-kva.example");
    // Written with a combining accent, it is the same name.
    CHECK(to_a_labels("bu\u0308cher") == to_a_labels("bücher"));
}

TEST_CASE("what has no form in ASCII is refused with a reason", "[config][rfc5891]") {
    CHECK_FALSE(to_a_labels("\xff\xfe.example"));
    CHECK_FALSE(to_a_labels("☕.example"));  // a symbol: IDNA 2008 knows letters and digits
    CHECK(a_label_advice("☕.example").starts_with("it has no form in ASCII ("));
    CHECK(a_label_advice("bücher") == "write \"xn--bcher-kva\"");
}

TEST_CASE("only octets above 127 are beyond ASCII", "[config]") {
    CHECK(is_beyond_ascii("bücher"));
    CHECK_FALSE(is_beyond_ascii("a\x7f\x01-_*"));
    CHECK_FALSE(is_beyond_ascii(""));
}
