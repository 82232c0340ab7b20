#include "dns/types.h"

#include <catch2/catch.hpp>

using namespace wend::dns;

TEST_CASE("types with a mnemonic go to text and back", "[dns][types]") {
    CHECK(to_text(Type::a) == "A");
    CHECK(to_text(Type::aaaa) == "AAAA");
    CHECK(to_text(Type::nsec3param) == "NSEC3PARAM");
    CHECK(to_text(Type{10}) == "NULL");
    CHECK(to_text(Type{32769}) == "DLV");
    CHECK(type_from_text("AAAA") == Type::aaaa);
    CHECK(type_from_text("https") == Type::https);
    CHECK(type_from_text("Nsap-Ptr") == Type{23});
}

TEST_CASE("every number has one text, which reads back as that number", "[dns][types]") {
    for (unsigned number = 0; number <= 0xffff; ++number) {
        const Type type{static_cast<std::uint16_t>(number)};
        const Class qclass{static_cast<std::uint16_t>(number)};
        REQUIRE(type_from_text(to_text(type)) == type);
        REQUIRE(class_from_text(to_text(qclass)) == qclass);
    }
    for (unsigned number = 0; number <= 0xfff; ++number) {
        const Rcode rcode{static_cast<std::uint16_t>(number)};
        REQUIRE(rcode_from_text(to_text(rcode)) == rcode);
    }
}

TEST_CASE("numbers without a name are written as RFC 3597 says", "[dns][types][rfc3597-5]") {
    CHECK(to_text(Type{65400}) == "TYPE65400");
    CHECK(to_text(Type{0}) == "TYPE0");
    CHECK(to_text(Type{65535}) == "TYPE65535");
    CHECK(type_from_text("TYPE1") == Type::a);
    CHECK(type_from_text("type65535") == Type{65535});
    CHECK(to_text(wend::dns::Class{32}) == "CLASS32");
    CHECK(class_from_text("class1") == wend::dns::Class::in);
    CHECK(to_text(Rcode{3841}) == "RCODE3841");
    CHECK(to_text(Opcode{7}) == "OPCODE7");
}

TEST_CASE("text that is neither a mnemonic nor a number of 16 bits is no type", "[dns][types]") {
    for (const char* const text :
         {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE+1", "TYPE1x", "TYPE 1", "AAAAA", "A ", "1"}) {
        CAPTURE(text);
        CHECK_FALSE(type_from_text(text));
    }
    CHECK_FALSE(class_from_text("CLASS65536"));
    CHECK_FALSE(class_from_text("TYPE1"));
    CHECK_FALSE(rcode_from_text("RCODE4096"));
    CHECK(rcode_from_text("RCODE4095") == Rcode{4095});
}

TEST_CASE("rcodes, classes and opcodes have their names", "[dns][types]") {
    CHECK(to_text(Rcode::nxdomain) == "NXDOMAIN");
    CHECK(to_text(Rcode::badvers) == "BADVERS");
    CHECK(rcode_from_text("servfail") == Rcode::servfail);
    CHECK(to_text(wend::dns::Class::any) == "ANY");
    CHECK(class_from_text("ch") == wend::dns::Class::ch);
    CHECK(to_text(Opcode::query) == "QUERY");
    CHECK(to_text(Opcode::update) == "UPDATE");
}

TEST_CASE("what travels but is never zone data is meta", "[dns][types][rfc6895-3.1]") {
    for (const unsigned number : {0U, 41U, 128U, 249U, 250U, 251U, 252U, 255U}) {
        CAPTURE(number);
        CHECK(is_meta(Type{static_cast<std::uint16_t>(number)}));
    }
    for (const unsigned number : {1U, 40U, 42U, 46U, 127U, 256U, 65400U}) {
        CAPTURE(number);
        CHECK_FALSE(is_meta(Type{static_cast<std::uint16_t>(number)}));
    }
}
