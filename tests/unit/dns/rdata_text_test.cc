#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "dns/rdata.h"
#include "dns/zone_file_lexer.h"
#include "tests/unit/dns/octets_of.h"
#include "tests/unit/dns/rdata_samples.h"

using namespace wend;
using namespace wend::dns;

namespace {

std::expected<std::vector<std::uint8_t>, TextError> from_text(Type type, std::string_view text,
                                                              TextMode mode = TextMode::strict) {
    ZoneLexer lexer(text);
    ZoneEntry entry;
    REQUIRE(lexer.next(entry));
    std::vector<std::uint8_t> out;
    const auto read = rdata_from_text(type, entry.tokens, name_of("origin."), out, mode);
    if (!read) {
        CHECK(out.empty());
        return std::unexpected(read.error());
    }
    return out;
}

std::string octets_from_text(Type type, std::string_view text, TextMode mode = TextMode::strict) {
    const auto octets = from_text(type, text, mode);
    return octets ? hex_of(*octets) : octets.error().message;
}

std::string fault(Type type, std::string_view text) {
    const auto octets = from_text(type, text);
    return octets ? "accepted" : octets.error().message;
}

std::string generic(Octets octets) {
    return "\\# " + std::to_string(octets.size()) + " " + hex_of(octets);
}

// The last field takes whatever is left, so that one octet less is as well formed.
bool ends_anyhow(Type type) {
    constexpr Field open_ended[] = {Field::hex_to_end,  Field::base64_to_end, Field::signature,
                                    Field::key_or_none, Field::text_to_end,   Field::gateway,
                                    Field::opaque,      Field::service_params};
    const auto fields = fields_of(type);
    return !fields.empty() && std::ranges::find(open_ended, fields.back()) != std::end(open_ended);
}

// One zero octet more is one more empty string, or one more root.
bool takes_a_zero(Type type) {
    const auto last = fields_of(type).back();
    return last == Field::character_strings || last == Field::names_to_end || ends_anyhow(type);
}

}  // namespace

TEST_CASE("each type's text and octets are two forms of one thing", "[dns][rfc1035-5.1]") {
    for (const RdataSample& sample : rdata_samples) {
        CAPTURE(to_text(sample.type), sample.text);
        const auto octets = octets_of(sample.octets);
        CHECK(is_valid_rdata(sample.type, octets));
        CHECK(rdata_to_text(sample.type, octets) == sample.text);
        CHECK(octets_from_text(sample.type, sample.text) == sample.octets);
        CHECK(octets_from_text(sample.type, sample.text, TextMode::lenient) == sample.octets);
    }
}

TEST_CASE("every type of the table has a sample", "[dns]") {
    std::set<Type> sampled;
    for (const RdataSample& sample : rdata_samples) {
        sampled.insert(sample.type);
    }
    for (const RdataSample& sample : generic_rdata_samples) {
        sampled.insert(sample.type);
    }
    for (std::uint16_t number = 1; number < 400; ++number) {
        const Type type{number};
        const bool in_table = field_label(type, 0) != "";
        CAPTURE(to_text(type));
        CHECK((!in_table || sampled.contains(type)));
    }
}

TEST_CASE("the generic form reads and writes every type", "[dns][rfc3597-5]") {
    for (const RdataSample& sample : rdata_samples) {
        CAPTURE(to_text(sample.type), sample.text);
        CHECK(octets_from_text(sample.type, generic(octets_of(sample.octets))) == sample.octets);
    }
    for (const RdataSample& sample : generic_rdata_samples) {
        CAPTURE(to_text(sample.type), sample.text);
        CHECK(is_valid_rdata(sample.type, octets_of(sample.octets)));
        CHECK(rdata_to_text(sample.type, octets_of(sample.octets)) == sample.text);
        CHECK(octets_from_text(sample.type, sample.text) == sample.octets);
    }
    CHECK(octets_from_text(Type{65400}, "\\# 3 ab cd EF") == "abcdef");
    CHECK(fault(Type{65400}, "\\# 3 abcd").find("a count of octets") != std::string::npos);
    CHECK(fault(Type{65400}, "\\# 2 abc") != "accepted");
    CHECK(fault(Type{65400}, "\\#") != "accepted");
    CHECK(fault(Type{65400}, "abcd") != "accepted");
    CHECK(fault(Type{65400}, "\"\\#\" 1 ab") != "accepted");
    CHECK(fault(Type::a, "\\# 3 c00002") ==
          "A address: this is not valid by the rules of the type");
    CHECK(octets_from_text(Type::a, "\\# 3 c00002", TextMode::lenient) == "c00002");
}

TEST_CASE("rdata that is not valid for its type is printed in the generic form", "[dns]") {
    CHECK(rdata_to_text(Type::a, octets_of("c00002")) == "\\# 3 C00002");
    CHECK(rdata_to_text(Type::mx, octets_of("")) == "\\# 0");
}

TEST_CASE("values that no RFC allows are printed in the generic form, which is read again",
          "[dns][rfc3597-5]") {
    const RdataSample odd[] = {
        {Type::https, "\\# 8 0001000001000100", "0001000001000100"},
        {Type::svcb, "\\# 4 00010009", "00010009"},
        {Type::caa, "\\# 8 0004612D62783A79", "0004612d62783a79"},
        {Type::loc, "\\# 16 00123456FFFFFFFF0000000000000000", "00123456ffffffff0000000000000000"},
    };
    for (const RdataSample& sample : odd) {
        CAPTURE(to_text(sample.type));
        const auto octets = octets_of(sample.octets);
        CHECK(is_valid_rdata(sample.type, octets));
        CHECK_FALSE(has_valid_values(sample.type, octets));
        CHECK(rdata_to_text(sample.type, octets) == sample.text);
        CHECK(octets_from_text(sample.type, sample.text) == sample.octets);
    }
}

TEST_CASE("rdata an octet too short or too long is refused", "[dns]") {
    for (const RdataSample& sample : rdata_samples) {
        CAPTURE(to_text(sample.type), sample.text);
        auto octets = octets_of(sample.octets);
        if (!takes_a_zero(sample.type)) {
            octets.push_back(0);
            CHECK_FALSE(is_valid_rdata(sample.type, octets));
            octets.pop_back();
        }
        octets.pop_back();
        // Without its last octet an empty value or a whole list item may be gone, which is no
        // fault.
        const bool empty_list = fields_of(sample.type).back() == Field::type_bitmap &&
                                std::string_view(sample.text).ends_with("bojr");
        if (!ends_anyhow(sample.type) && !empty_list) {
            CHECK_FALSE(is_valid_rdata(sample.type, octets));
        }
    }
}

TEST_CASE("canonical form of canonical form is itself", "[dns][rfc4034-6.2]") {
    for (const RdataSample& sample : rdata_samples) {
        CAPTURE(to_text(sample.type), sample.text);
        std::vector<std::uint8_t> once;
        append_canonical_rdata(sample.type, octets_of(sample.octets), once);
        std::vector<std::uint8_t> twice;
        append_canonical_rdata(sample.type, once, twice);
        CHECK(once == twice);
        CHECK(is_valid_rdata(sample.type, once));
    }
}

TEST_CASE("a string carries all 256 octets through text", "[dns][rfc1035-5.1]") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        CAPTURE(octet);
        const std::vector<std::uint8_t> txt = {3, 'a', static_cast<std::uint8_t>(octet), 'b'};
        CHECK(octets_from_text(Type::txt, rdata_to_text(Type::txt, txt)) == hex_of(txt));
        const std::vector<std::uint8_t> caa = {0, 1, 'x', static_cast<std::uint8_t>(octet)};
        CHECK(octets_from_text(Type::caa, rdata_to_text(Type::caa, caa)) == hex_of(caa));
        const std::vector<std::uint8_t> alpn = {
            0, 1, 0, 0, 1, 0, 4, 3, 'h', static_cast<std::uint8_t>(octet), '2'};
        CHECK(octets_from_text(Type::https, rdata_to_text(Type::https, alpn)) == hex_of(alpn));
    }
    CHECK(octets_from_text(Type::txt, R"(\097\"b)") == "03612262");
    CHECK(fault(Type::txt, R"("\256")") != "accepted");
    CHECK(fault(Type::txt, R"("\25")") != "accepted");
    CHECK(octets_from_text(Type::txt, std::string(255, 'a')).size() == 512);
    CHECK(fault(Type::txt, std::string(256, 'a')) != "accepted");
}

TEST_CASE("text may be written in the ways that people write it", "[dns]") {
    CHECK(octets_from_text(Type::soa, "ns @ 1 15m 1W 1d 1h30m") ==
          "026e73066f726967696e00066f726967696e00000000010000038400093a800001518000001518");
    CHECK(octets_from_text(Type::ds, "1 RSASHA256 SHA-256 ab cd ef") == "00010802abcdef");
    CHECK(octets_from_text(Type::ds, "1 dsa sha1 AB") == "00010301ab");
    CHECK(octets_from_text(Type::dnskey, "257 3 ECDSAP256SHA256 AQ ID") == "0101030d010203");
    CHECK(octets_from_text(Type::rrsig, "NS 5 1 3600 1048354263 1045762263 1 example.") ==
          "00020501"
          "00000e10"
          "3e7c9dd7"
          "3e5510d7"
          "0001"
          "076578616d706c6500");
    CHECK(octets_from_text(Type::nsec, "b.example. ") == "0162076578616d706c6500");
    CHECK(octets_from_text(Type::loc, "42 N 71 06 W 0m") ==
          octets_from_text(Type::loc, "42 0 0.0 N 71 6 0 W 0.00 1m 10000m 10"));
    CHECK(octets_from_text(Type::svcb, "1 . port=\"53\" alpn=h2") ==
          octets_from_text(Type::svcb, "1 . alpn=\"h2\" key3=\\000\\053"));
    CHECK(octets_from_text(Type::aaaa, "2001:DB8:0::0:1") == "20010db8000000000000000000000001");
    CHECK(octets_from_text(Type::txt, "one \"two\"three") == "036f6e650374776f057468726565");
    CHECK(octets_from_text(Type::mx, "10 \"@\"") == "000a0140066f726967696e00");
    CHECK(octets_from_text(Type::nsec3, "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A A") ==
          octets_from_text(Type::nsec3, "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr TYPE1"));
}

TEST_CASE("lenient text gives what can be made of it", "[dns]") {
    const auto lenient = [](Type type, std::string_view text) {
        return octets_from_text(type, text, TextMode::lenient);
    };
    CHECK(lenient(Type::ds, "1 8 2") == "00010802");
    CHECK(lenient(Type::dnskey, "256 3 8 AQI") == "010003080102");
    CHECK(lenient(Type::a, "192.0.2.1 and more") == "c0000201");
    CHECK(lenient(Type::soa, ". . 1 2 3 4 5 6") == "00000000000100000002000000030000000400000005");
    CHECK(fault(Type::ds, "1 8 2") != "accepted");
    CHECK(fault(Type::dnskey, "256 3 8 AQI") != "accepted");
    CHECK(lenient(Type::a, "192.0.2") == "A address: wanted an IPv4 address, not \"192.0.2\"");
}

TEST_CASE("a fault says which part wanted what", "[dns]") {
    CHECK(fault(Type::mx, "ten mail") ==
          "MX preference: wanted a number from 0 to 65535, not \"ten\"");
    CHECK(fault(Type::mx, "10") == "MX exchange: wanted a domain name, not the end of the record");
    CHECK(fault(Type::mx, "10 a b") == "MX: wanted the end of the record, not \"b\"");
    CHECK(fault(Type::mx, "65536 a") != "accepted");
    CHECK(fault(Type::mx, "-1 a") != "accepted");
    CHECK(fault(Type::aaaa, "192.0.2.1") ==
          "AAAA address: wanted an IPv6 address, not \"192.0.2.1\"");
    CHECK(fault(Type::a, "::1") != "accepted");
    CHECK(
        fault(Type::rrsig, "A 8 2 300 20030229000000 0 1 . ") ==
        "RRSIG expiration: wanted a time as YYYYMMDDHHmmSS or in seconds, not \"20030229000000\"");
    CHECK(fault(Type::https, "1 . alpn=h2 alpn=h3").find("\"alpn=h3\"") != std::string::npos);
    CHECK(fault(Type::https, "1 . port=99999") != "accepted");
    CHECK(fault(Type::https, "1 . ohttp=1") != "accepted");
    CHECK(fault(Type::https, "1 . \"alpn=h2\"") != "accepted");
    CHECK(fault(Type::loc, "91 N 0 E 0m") != "accepted");
    CHECK(fault(Type::loc, "90 0 0.001 N 0 E 0m") != "accepted");
    CHECK(fault(Type::loc, "1 60 N 0 E 0m") != "accepted");
    CHECK(fault(Type::eui48, "00-00-5e-00-53") != "accepted");
    CHECK(fault(Type::nid, "10 0014:4fff:ff20") != "accepted");
    CHECK(fault(Type::apl, "1:192.0.2.0/33") != "accepted");
    CHECK(fault(Type::apl, "3:192.0.2.0/3") != "accepted");
    CHECK(fault(Type::caa, "0 is-sue \"x\"") != "accepted");
    CHECK(fault(Type::nsec3, "1 0 0 - 00000000 A") ==
          "NSEC3 next-hash: this is not valid by the rules of the type");
    CHECK(from_text(Type::nsec3, "1 0 0 - 00000000 A").error().token == 4);
    CHECK(fault(Type::https, "1 . mandatory=port alpn=h2") ==
          "HTTPS parameters: this is not valid by the rules of the type");
    CHECK(fault(Type::any, "x") != "accepted");
    CHECK(from_text(Type::mx, "10 a b").error().token == 2);
    CHECK(from_text(Type::mx, "10").error().token == 1);
}
