#include <algorithm>
#include <array>

#include <catch2/catch.hpp>

#include "dns/rdata.h"
#include "tests/unit/dns/octets_of.h"

using namespace wend;
using namespace wend::dns;

namespace {

// A header of zeros, then "example." at offset 12, then the rdata.
struct Read {
    std::vector<std::uint8_t> out;
    std::expected<void, FormError> result;
    std::size_t steps_left = 100;

    Read(Type type, std::string_view rdata_hex, std::size_t steps = 100) : steps_left(steps) {
        auto message = octets_of("000000000000000000000000 07 6578616d706c65 00");
        const auto rdata = octets_of(rdata_hex);
        const std::size_t at = message.size();
        message.insert(message.end(), rdata.begin(), rdata.end());
        message.insert(message.end(), 3, 0xff);  // what follows in the message
        result = read_rdata(message, at, rdata.size(), type, steps_left, out);
    }
};

bool is_valid(Type type, std::string_view hex) {
    return is_valid_rdata(type, octets_of(hex));
}

}  // namespace

TEST_CASE("names in rdata come out uncompressed", "[dns][rfc1035-4.1.4]") {
    const Read mx(Type::mx, "000a 046d61696c c00c");
    REQUIRE(mx.result);
    CHECK(hex_of(mx.out) ==
          "000a"
          "046d61696c"
          "076578616d706c6500");
    const Read soa(Type::soa,
                   "026e73 c00c 04686f7374 c015 00000001 00000002 00000003 00000004 00000005");
    REQUIRE(soa.result);
    CHECK(hex_of(soa.out) ==
          "026e73076578616d706c6500"
          "04686f7374026e73076578616d706c6500"
          "0000000100000002000000030000000400000005");
}

TEST_CASE("a pointer goes strictly backward and not into the header", "[dns][rfc1035-4.1.4]") {
    CHECK(Read(Type::ns, "c015").result.error() == FormError::bad_pointer);  // itself
    CHECK(Read(Type::ns, "c016").result.error() == FormError::bad_pointer);
    CHECK(Read(Type::ns, "c00b").result.error() == FormError::bad_pointer);
    CHECK(Read(Type::ns, "0161 c015").result.error() == FormError::bad_pointer);  // a loop
    CHECK(Read(Type::ns, "c0").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::ns, "400c").result.error() == FormError::bad_label_type);
    CHECK(Read(Type::ns, "c00c").result);
}

TEST_CASE("a name does not cross the end of its rdata", "[dns]") {
    CHECK(Read(Type::ns, "0361").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::ns, "0161").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::dname, "0161").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::ns, "c00c 00").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::ns, "").result.error() == FormError::bad_rdata);
}

TEST_CASE("each label and each pointer takes one step of the message's count", "[dns]") {
    const Read two_labels(Type::mx, "000a 046d61696c c00c", 4);
    CHECK(two_labels.result);
    CHECK(two_labels.steps_left == 0);
    const Read one_short(Type::mx, "000a 046d61696c c00c", 3);
    CHECK(one_short.result.error() == FormError::too_much_work);
    CHECK(one_short.out.empty());
}

TEST_CASE("pointers are refused where no sender ever wrote them", "[dns][rfc3597-4]") {
    CHECK(Read(Type::srv, "0001 0002 0035 c00c").result);
    CHECK(Read(Type::naptr, "0001 0002 00 00 00 c00c").result);
    CHECK(Read(Type::dname, "c00c").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::nsec, "c00c 00 01 40").result.error() == FormError::bad_rdata);
    CHECK(Read(Type::svcb, "0001 c00c").result.error() == FormError::bad_rdata);
}

TEST_CASE("a failed read leaves the output as it was", "[dns]") {
    const auto message = octets_of("000000000000000000000000 0000 0161 c00c ff");
    std::vector<std::uint8_t> out = {1, 2, 3};
    std::size_t steps = 10;
    CHECK_FALSE(read_rdata(message, 12, 7, Type::mx, steps, out));
    CHECK(out == std::vector<std::uint8_t>{1, 2, 3});
    CHECK(read_rdata(message, 12, 60, Type::mx, steps, out).error() == FormError::truncated);
}

TEST_CASE("canonical form puts names in lower case where the RFCs say", "[dns][rfc4034-6.2]") {
    const auto canonical = [](Type type, std::string_view hex) {
        std::vector<std::uint8_t> out;
        append_canonical_rdata(type, octets_of(hex), out);
        return hex_of(out);
    };
    CHECK(canonical(Type::mx, "4141 014100") == "4141016100");
    CHECK(canonical(Type::dname, "014100") == "016100");
    CHECK(canonical(Type::nsec, "014100 000140") == "014100000140");  // RFC 6840 5.1
    CHECK(canonical(Type::hinfo, "0141 0142") == "01410142");
    CHECK(canonical(Type::svcb, "0001 014100") == "0001014100");
    CHECK(canonical(Type::rp, "014100 014200") == "016100016200");
    CHECK(canonical(Type{65400}, "014100") == "014100");
    CHECK(canonical(Type::naptr, "0001 0002 0141 0142 0143 014100") ==
          "00010002014101420143016100");
}

TEST_CASE("only names of RFC 1035's types may be compressed", "[dns][rfc3597-4]") {
    std::array<RdataName, 2> names{};
    CHECK(compressible_names(Type::mx, octets_of("000a 016100"), names) == 1);
    CHECK(names[0].offset == 2);
    CHECK(names[0].size == 3);
    CHECK(compressible_names(Type::soa,
                             octets_of("0161 00 0162 00 0000000000000000000000000000000000000000"),
                             names) == 2);
    CHECK(names[1].offset == 3);
    CHECK(compressible_names(Type::srv, octets_of("0001 0002 0035 016100"), names) == 0);
    CHECK(compressible_names(Type::txt, octets_of("0161"), names) == 0);
}

TEST_CASE("type bitmaps have rising windows of 1 to 32 octets", "[dns][rfc4034-4.1.2]") {
    CHECK(is_valid(Type::nsec, "00 0006 400000000003"));
    CHECK(is_valid(Type::nsec, "00"));
    CHECK(is_valid(Type::nsec, "00 000140 010140"));
    CHECK_FALSE(is_valid(Type::nsec, "00 010140 000140"));
    CHECK_FALSE(is_valid(Type::nsec, "00 000140 000140"));
    CHECK_FALSE(is_valid(Type::nsec, "00 0000"));
    CHECK_FALSE(is_valid(Type::nsec, "00 000240"));
    CHECK_FALSE(is_valid(Type::nsec, "00 00"));
    CHECK_FALSE(is_valid(Type::nsec, "00 0021 " + std::string(66, '1')));
    CHECK(is_valid(Type::nsec, "00 0020 " + std::string(64, '1')));
}

TEST_CASE("an NSEC3 hash has the size of its algorithm", "[dns][rfc5155-3.2]") {
    CHECK(is_valid(Type::nsec3, "01 00 000a 00 14 " + std::string(40, 'a') + "000140"));
    CHECK_FALSE(is_valid(Type::nsec3, "01 00 000a 00 13 " + std::string(38, 'a') + "000140"));
    CHECK_FALSE(is_valid(Type::nsec3, "02 00 000a 00 00"));
    CHECK(is_valid(Type::nsec3, "02 00 000a 02 abcd 01 aa"));
}

TEST_CASE("service parameters rise and hold what their keys want", "[dns][rfc9460-2.2]") {
    const auto valid = [](const std::string& params) {
        const auto rdata = octets_of("0001 00" + params);
        CHECK(is_valid_rdata(Type::https, rdata));  // whatever they are
        return has_valid_values(Type::https, rdata);
    };
    CHECK(valid(""));
    CHECK(valid("0001 0003 026832  0003 0002 01bb  0004 0004 c0000201"));
    CHECK_FALSE(valid("0003 0002 01bb  0001 0003 026832"));
    CHECK_FALSE(valid("0003 0002 01bb  0003 0002 01bb"));
    CHECK_FALSE(valid("0001 0000"));
    CHECK_FALSE(valid("0001 0001 00"));
    CHECK_FALSE(valid("0001 0002 0268"));
    CHECK_FALSE(valid("0002 0001 00"));
    CHECK_FALSE(valid("0003 0001 35"));
    CHECK_FALSE(valid("0004 0003 c00002"));
    CHECK_FALSE(valid("0004 0000"));
    CHECK_FALSE(valid("0006 0004 c0000201"));
    CHECK_FALSE(valid("0003 0003 01bb"));
    CHECK(valid("0000 0002 0003  0003 0002 01bb"));
    CHECK_FALSE(valid("0000 0002 0004  0003 0002 01bb"));
    CHECK_FALSE(valid("0000 0002 0000  0003 0002 01bb"));
    CHECK_FALSE(valid("0000 0000"));
    CHECK_FALSE(valid("0000 0004 0003 0003  0003 0002 01bb"));
    CHECK(valid("0000 0004 0001 0003  0001 0003 026832  0002 0000  0003 0002 01bb"));
    CHECK_FALSE(valid("0000 0004 0001 0004  0001 0003 026832  0003 0002 01bb"));
}

TEST_CASE("as many service parameters are read as a record holds", "[dns][rfc9460-4.3]") {
    std::vector<std::uint8_t> rdata = {0, 1, 0};
    for (unsigned key = 9; rdata.size() + 4 <= 65'535; ++key) {
        const auto high = static_cast<std::uint8_t>(key >> 8);
        rdata.insert(rdata.end(), {high, static_cast<std::uint8_t>(key), 0, 0});
    }
    CHECK(is_valid_rdata(Type::svcb, rdata));
    CHECK(has_valid_values(Type::svcb, rdata));
    CHECK_FALSE(is_valid_rdata(Type::svcb, octets_of("0001 c000 0001 0000")));  // no name
}

TEST_CASE("ANY, AXFR and IXFR have no rdata and unknown types any", "[dns][rfc3597]") {
    CHECK(is_valid(Type::any, ""));
    CHECK_FALSE(is_valid(Type::any, "00"));
    CHECK_FALSE(is_valid(Type::axfr, "00"));
    CHECK(is_valid(Type{65400}, ""));
    CHECK(is_valid(Type{65400}, "c00c"));
}
