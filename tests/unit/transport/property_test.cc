#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "fuzz/transport_properties.h"

namespace wend {
namespace {

using Bytes = std::vector<std::uint8_t>;

}  // namespace

TEST_CASE("whatever a server sends, only a reply to this query is accepted",
          "[transport][rfc5452-9.1][fuzz]") {
    SeededRandom chance(31);
    for (int run = 0; run < 30'000; ++run) {
        Bytes input = {static_cast<std::uint8_t>(chance.next() | 2)};
        const std::uint64_t changes = chance.below(6);
        for (std::uint64_t i = 0; i < changes; ++i) {
            const std::uint64_t place = chance.below(60);
            input.insert(input.end(), {0, static_cast<std::uint8_t>(place),
                                       static_cast<std::uint8_t>(chance.next())});
        }
        if (chance.chance(5)) {
            input.push_back(static_cast<std::uint8_t>(chance.next()));
        }
        REQUIRE(fuzz::complaint_about_reply(input) == "");
    }
}

TEST_CASE("the parts in which a stream comes do not change its messages",
          "[transport][rfc7766-8][fuzz]") {
    SeededRandom chance(32);
    for (int run = 0; run < 3'000; ++run) {
        Bytes input = {static_cast<std::uint8_t>(chance.below(3))};
        const std::uint64_t size = chance.below(2'000);
        for (std::uint64_t i = 0; i < size; ++i) {
            input.push_back(chance.chance(70) ? 0 : static_cast<std::uint8_t>(chance.below(40)));
        }
        REQUIRE(fuzz::complaint_about_stream(input) == "");
    }
}

}  // namespace wend
