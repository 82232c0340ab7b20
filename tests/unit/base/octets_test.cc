#include "base/octets.h"

#include <array>

#include <catch2/catch.hpp>

using namespace wend;

TEST_CASE("numbers are written and read with their highest octet first", "[base]") {
    std::array<std::uint8_t, 10> octets{};
    store_u16(octets, 1, 0x0102);
    store_u32(octets, 3, 0x03040506);
    CHECK(octets == std::array<std::uint8_t, 10>{0, 1, 2, 3, 4, 5, 6, 0, 0, 0});
    CHECK(load_u16(octets, 1) == 0x0102);
    CHECK(load_u32(octets, 3) == 0x03040506);
    octets = {0x80, 1, 2, 3, 4, 5, 6, 7, 0xff, 0};
    CHECK(load_u64(octets, 0) == 0x8001020304050607U);
    CHECK(load_u64(octets, 1) == 0x01020304050607ffU);
}
