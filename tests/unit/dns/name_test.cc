#include "dns/name.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using namespace wend::dns;

TEST_CASE("every octet survives the way through presentation form", "[dns][rfc1035-5.1]") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        const std::vector<std::uint8_t> label = {'a', static_cast<std::uint8_t>(octet), 'b'};
        const auto name = name_of("example.").with_label(label);
        REQUIRE(name);
        const auto back = Name::from_text(to_text(*name));
        REQUIRE(back);
        CHECK(equal_with_case(*back, *name));
    }
}

TEST_CASE("a dot inside a label is not a dot between labels", "[dns]") {
    CHECK_FALSE(name_of("a\\.b.test") == name_of("a.b.test"));
    CHECK(name_of("a\\046b.test") == name_of("a\\.b.test"));
    CHECK(name_of("a\\.b.test").view().label_count() == 2);
}

TEST_CASE("labels hold 63 octets and names 255", "[dns][rfc1035-2.3.4]") {
    const std::string label63(63, 'a');
    CHECK(Name::from_text(label63 + "."));
    CHECK(Name::from_text(label63 + "a.").error() == FormError::label_too_long);
    const std::string three = label63 + "." + label63 + "." + label63 + ".";
    CHECK(Name::from_text(three + std::string(61, 'b'))->wire().size() == 255);
    CHECK(Name::from_text(three + std::string(62, 'b')).error() == FormError::name_too_long);
    std::string many;
    for (int i = 0; i < 127; ++i) {
        many += "x.";
    }
    CHECK(Name::from_text(many)->view().label_count() == 127);
    CHECK(Name::from_text(many + "x.").error() == FormError::name_too_long);
}

TEST_CASE("a copy of a name is the whole name, whatever stood there before", "[dns]") {
    const Name long_before = name_of(std::string(60, 'y') + "." + std::string(60, 'z') + ".");
    std::string text;
    for (std::size_t size = 1; size <= 255; ++size) {  // of "x." and "aaa..." labels, by octets
        const std::size_t labels = size > 2 ? (size - 1 + 63) / 64 : 0;
        if (size == 2 || size - 1 - labels < labels) {
            continue;  // no name has this size, or only one with an empty label
        }
        text.clear();
        std::size_t left = size - 1;
        while (left > 0) {
            const std::size_t octets = std::min<std::size_t>(left == 65 ? 62 : left - 1, 63);
            text += std::string(octets, 'a') + ".";
            left -= octets + 1;
        }
        const Name name = name_of(text.empty() ? "." : text);
        REQUIRE(name.wire().size() == size);
        const Name copied = name;
        Name assigned = long_before;
        assigned = copied;
        const Name& itself = assigned;
        assigned = itself;
        REQUIRE(equal_with_case(copied, name));
        REQUIRE(equal_with_case(assigned, name));
    }
}

TEST_CASE("text that is no name is refused with its reason", "[dns]") {
    CHECK(Name::from_text("").error() == FormError::empty_label);
    CHECK(Name::from_text("a..b").error() == FormError::empty_label);
    CHECK(Name::from_text(".a").error() == FormError::empty_label);
    CHECK(Name::from_text("a\\").error() == FormError::bad_escape);
    CHECK(Name::from_text("a\\25").error() == FormError::bad_escape);
    CHECK(Name::from_text("a\\256").error() == FormError::bad_escape);
}

TEST_CASE("relative names end in the origin", "[dns][rfc1035-5.1]") {
    const Name origin = name_of("example.org.");
    CHECK(*Name::from_text("www", origin) == name_of("www.example.org."));
    CHECK(*Name::from_text("www.", origin) == name_of("www."));
    CHECK(*Name::from_text("@", origin) == origin);
}

TEST_CASE("letter case does not matter to equality, order or hash", "[dns][rfc4343]") {
    CHECK(name_of("WWW.Example.COM") == name_of("www.example.com"));
    CHECK_FALSE(equal_with_case(name_of("WWW.example.com"), name_of("www.example.com")));
    CHECK(hash({1, 2}, name_of("WWW.Example.COM")) == hash({1, 2}, name_of("www.example.com")));
    CHECK(std::is_eq(canonical_order(name_of("A.b"), name_of("a.B"))));
}

TEST_CASE("names sort as RFC 4034 6.1 lists them", "[dns][rfc4034-6.1]") {
    const std::vector<Name> sorted = {
        name_of("example."),         name_of("a.example."),      name_of("yljkjljk.a.example."),
        name_of("Z.a.example."),     name_of("zABC.a.EXAMPLE."), name_of("z.example."),
        name_of("\\001.z.example."), name_of("*.z.example."),    name_of("\\200.z.example.")};
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        for (std::size_t j = 0; j < sorted.size(); ++j) {
            CAPTURE(to_text(sorted[i]), to_text(sorted[j]));
            CHECK((canonical_order(sorted[i], sorted[j]) == (i <=> j)));
        }
    }
}

TEST_CASE("a subdomain ends in whole labels of its ancestor", "[dns]") {
    CHECK(name_of("a.example.com").view().is_subdomain_of(name_of("EXAMPLE.com")));
    CHECK(name_of("example.com").view().is_subdomain_of(name_of("example.com")));
    CHECK(name_of("example.com").view().is_subdomain_of(name_of(".")));
    CHECK_FALSE(name_of("badexample.com").view().is_subdomain_of(name_of("example.com")));
    CHECK_FALSE(name_of("com").view().is_subdomain_of(name_of("example.com")));
    // The label 7example ends in octets that look like the name "example.".
    CHECK_FALSE(name_of("a\\007example").view().is_subdomain_of(name_of("example")));
    CHECK(name_of("a.b.c.d").view().common_labels(name_of("x.C.d")) == 2);
}

TEST_CASE("a DNAME's suffix is replaced, unless the name grows too long", "[dns][rfc6672-2.2]") {
    CHECK(*name_of("www.a.test").with_suffix_replaced(name_of("a.test"), name_of("b.example")) ==
          name_of("www.b.example"));
    const std::string label63(63, 'a');
    const Name full =
        name_of(label63 + "." + label63 + "." + label63 + "." + std::string(58, 'b') + ".c");
    CHECK_FALSE(full.with_suffix_replaced(name_of("c"), name_of("ccc")));
    CHECK(full.with_suffix_replaced(name_of("c"), name_of("cc")));
}

TEST_CASE("octets that are no uncompressed name are refused", "[dns]") {
    const std::vector<std::uint8_t> cut = {3, 'w', 'w'};
    CHECK(NameView::read(cut).error() == FormError::truncated);
    const std::vector<std::uint8_t> pointer = {0xc0, 0};
    CHECK(NameView::read(pointer).error() == FormError::bad_label_type);
    const std::vector<std::uint8_t> extended = {0x41, 'a', 0};
    CHECK(NameView::read(extended).error() == FormError::bad_label_type);
}

TEST_CASE("two octets are equal in names as fold_octet says, wherever they stand",
          "[dns][rfc4343-3]") {
    for (const std::size_t size : {1U, 3U, 8U, 11U, 20U}) {
        for (std::size_t place = 0; place < size; place += 5) {
            std::vector<std::uint8_t> a(size, 'x');
            std::vector<std::uint8_t> b(size, 'X');
            for (unsigned pair = 0; pair < 65536; ++pair) {
                a[place] = static_cast<std::uint8_t>(pair >> 8);
                b[place] = static_cast<std::uint8_t>(pair);
                const bool same = *Name().with_label(a) == *Name().with_label(b);
                if (same != (fold_octet(a[place]) == fold_octet(b[place]))) {
                    FAIL(size << " octets, at " << place << ": " << pair);
                }
            }
        }
    }
    SUCCEED();
}
