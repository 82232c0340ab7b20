#include "dns/edns.h"

#include <catch2/catch.hpp>

#include "dns/message.h"
#include "tests/unit/dns/packet.h"
#include "tests/unit/dns/parsing.h"

using namespace wend;
using namespace wend::dns;

namespace {

Packet query(unsigned additionals) {
    return Packet().header(1, 0, 0, additionals, 0x0100).question("example", Type::a);
}

}  // namespace

TEST_CASE("an OPT record is no record but EDNS", "[dns][edns][rfc6891-6.1]") {
    const auto message = Message::parse(query(1).opt({}, 0xab018000, 4096));
    REQUIRE(message);
    CHECK(message->records(Section::additional).empty());
    REQUIRE(message->edns() != nullptr);
    CHECK(message->edns()->udp_payload_size == 4096);
    CHECK(message->edns()->extended_rcode == 0xab);
    CHECK(message->edns()->version == 1);
    CHECK(message->edns()->dnssec_ok);
    CHECK(message->edns()->options.empty());
    CHECK(message->rcode() == Rcode{0xab0});
}

TEST_CASE("EDNS of another version is read, for the caller to answer BADVERS",
          "[dns][edns][f2-32]") {
    const auto message = Message::parse(query(1).opt({}, 0x00ff0000));
    REQUIRE(message);
    CHECK(message->edns()->version == 255);
    CHECK_FALSE(message->edns()->dnssec_ok);
}

TEST_CASE("a payload size below 512 means 512", "[dns][edns][rfc6891-6.2.3]") {
    for (const unsigned size : {0U, 1U, 511U, 512U}) {
        CHECK(Message::parse(query(1).opt({}, 0, size))->edns()->udp_payload_size == 512);
    }
    CHECK(Message::parse(query(1).opt({}, 0, 513))->edns()->udp_payload_size == 513);
    CHECK(Message::parse(query(1).opt({}, 0, 65535))->edns()->udp_payload_size == 65535);
}

TEST_CASE("two OPT records are refused", "[dns][edns][f2-30][rfc6891-6.1.1]") {
    CHECK(error_of(query(2).opt({}).opt({})) == FormError::bad_opt);
}

TEST_CASE("an OPT record has the root as its owner", "[dns][edns][f2-31]") {
    CHECK(error_of(query(1).name("example").data(Type::opt, {})) == FormError::bad_opt);
    CHECK(error_of(query(1).pointer(12).data(Type::opt, {})) == FormError::bad_opt);
}

TEST_CASE("an OPT record stands in the additional section only", "[dns][edns][f2-29]") {
    CHECK(error_of(Packet().header(1, 1).question("example", Type::a).opt({})) ==
          FormError::bad_opt);
    CHECK(error_of(Packet().header(1, 0, 1).question("example", Type::a).opt({})) ==
          FormError::bad_opt);
}

TEST_CASE("an OPT record may stand before other records", "[dns][edns]") {
    const auto message =
        Message::parse(query(2).opt({0, 10, 0, 1, 7}).pointer(12).data(Type::a, {192, 0, 2, 1}));
    REQUIRE(message);
    CHECK(message->records(Section::additional).size() == 1);
    CHECK(to_bytes(message->edns()->find(OptionCode::cookie)->data) == Bytes{7});
}

TEST_CASE("an option that runs past the end of the rdata is refused", "[dns][edns][f2-33]") {
    CHECK(error_of(query(1).opt({0, 10, 0, 2, 7})) == FormError::bad_opt);
    CHECK(error_of(query(1).opt({0, 10, 255, 255, 7})) == FormError::bad_opt);
    CHECK(error_of(query(1).opt({0})) == FormError::bad_opt);
    CHECK(error_of(query(1).opt({0, 10, 0})) == FormError::bad_opt);
    CHECK(error_of(query(1).opt({0, 3, 0, 1, 'x', 0, 10, 0, 2, 7})) == FormError::bad_opt);
}

TEST_CASE("of many options the first 32 are kept, and all are checked", "[dns][edns][f2-34]") {
    Bytes options;
    for (unsigned i = 0; i < 16000; ++i) {
        options.insert(options.end(), {0xfd, static_cast<std::uint8_t>(i), 0, 0});
    }
    const auto message = Message::parse(query(1).opt(options));
    REQUIRE(message);
    REQUIRE(message->edns()->options.size() == 32);
    CHECK(message->edns()->options[31].code == OptionCode{0xfd1f});
    options.push_back(0);
    CHECK(error_of(query(1).opt(options)) == FormError::bad_opt);
}

TEST_CASE("of options with the same code the first is found", "[dns][edns]") {
    const auto message = Message::parse(query(1).opt({0, 3, 0, 1, 'a', 0, 3, 0, 1, 'b'}));
    REQUIRE(message);
    CHECK(message->edns()->options.size() == 2);
    CHECK(to_bytes(message->edns()->find(OptionCode::nsid)->data) == Bytes{'a'});
}
