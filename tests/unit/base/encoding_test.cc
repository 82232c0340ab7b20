#include "base/encoding.h"

#include <array>

#include <catch2/catch.hpp>

using namespace wend;

namespace {

std::vector<std::uint8_t> octets_of(std::string_view text) {
    return {text.begin(), text.end()};
}

using Append = bool (*)(std::string_view, Decoding, std::vector<std::uint8_t>&);

bool refuses(Append append, std::string_view text) {
    std::vector<std::uint8_t> out = {7};
    return !append(text, Decoding::strict, out) && out == std::vector<std::uint8_t>{7};
}

std::vector<std::uint8_t> decoded(Append append, std::string_view text, Decoding decoding) {
    std::vector<std::uint8_t> out;
    CHECK(append(text, decoding, out));
    return out;
}

}  // namespace

TEST_CASE("octets are written as the test vectors say", "[base][rfc4648-10]") {
    CHECK(to_base64(octets_of("")) == "");
    CHECK(to_base64(octets_of("f")) == "Zg==");
    CHECK(to_base64(octets_of("fo")) == "Zm8=");
    CHECK(to_base64(octets_of("foo")) == "Zm9v");
    CHECK(to_base64(octets_of("foobar")) == "Zm9vYmFy");
    CHECK(to_base32hex(octets_of("f")) == "co");
    CHECK(to_base32hex(octets_of("fo")) == "cpng");
    CHECK(to_base32hex(octets_of("foo")) == "cpnmu");
    CHECK(to_base32hex(octets_of("foob")) == "cpnmuog");
    CHECK(to_base32hex(octets_of("foobar")) == "cpnmuoj1e8");
    CHECK(to_hex(octets_of("foobar")) == "666F6F626172");
}

TEST_CASE("what was written is read again, whatever its length", "[base][rfc4648]") {
    std::vector<std::uint8_t> octets;
    for (unsigned i = 0; i < 40; ++i) {
        CHECK(decoded(append_hex, to_hex(octets), Decoding::strict) == octets);
        CHECK(decoded(append_base64, to_base64(octets), Decoding::strict) == octets);
        CHECK(decoded(append_base32hex, to_base32hex(octets), Decoding::strict) == octets);
        CHECK(decoded(append_hex, to_hex(octets), Decoding::lenient) == octets);
        CHECK(decoded(append_base64, to_base64(octets), Decoding::lenient) == octets);
        octets.push_back(static_cast<std::uint8_t>(i * 37 + 200));
    }
}

TEST_CASE("a strict reader takes one text for each value", "[base][rfc4648-3.5]") {
    CHECK(decoded(append_hex, "0aF0", Decoding::strict) == std::vector<std::uint8_t>{0x0a, 0xf0});
    CHECK(refuses(append_hex, "0"));
    CHECK(refuses(append_hex, "0g"));
    CHECK(refuses(append_hex, "00 00"));
    CHECK(refuses(append_base64, "Zg"));
    CHECK(refuses(append_base64, "Zh=="));
    CHECK(refuses(append_base64, "Z==="));
    CHECK(refuses(append_base64, "===="));
    CHECK(refuses(append_base64, "Zg==Zg=="));
    CHECK(refuses(append_base64, "Zm9-"));
    CHECK(refuses(append_base32hex, "c"));
    CHECK(refuses(append_base32hex, "cp"));
    CHECK(refuses(append_base32hex, "cw"));
    CHECK(decoded(append_base32hex, "CPNMU", Decoding::strict) == octets_of("foo"));
}

TEST_CASE("digits of base32hex are read in place, in whole groups", "[base][rfc4648]") {
    std::array<std::uint8_t, 10> octets{};
    for (unsigned i = 0; i < 100; ++i) {
        for (std::uint8_t& octet : octets) {
            octet = static_cast<std::uint8_t>(octet * 5 + i * 37 + 11);
        }
        std::array<std::uint8_t, 10> read{};
        CHECK(read_base32hex(to_base32hex(octets), read));
        CHECK(read == octets);
    }
    CHECK(read_base32hex("0123456789ABCDEF", octets));
    CHECK_FALSE(read_base32hex("0123456789abcdew", octets));
    CHECK_FALSE(read_base32hex("-123456789abcdef", octets));
    CHECK_FALSE(read_base32hex("0123456789abcde", octets));
    CHECK_FALSE(read_base32hex("0123456789abcdef01234567", octets));
}

TEST_CASE("a lenient reader keeps what decodes", "[base]") {
    CHECK(decoded(append_hex, "0a f", Decoding::lenient) == std::vector<std::uint8_t>{0x0a, 0xf0});
    CHECK(decoded(append_base64, "Zm9 vYmFy", Decoding::lenient) == octets_of("foobar"));
    CHECK(decoded(append_base64, "Zg", Decoding::lenient) == octets_of("f"));
    CHECK(decoded(append_base64, "Zm9vY", Decoding::lenient) == octets_of("foo"));
}
