#include <catch2/catch.hpp>

#include "base/random.h"
#include "octets_of.h"
#include "rdata_property.h"
#include "rdata_samples.h"

using namespace wend;
using namespace wend::dns;

namespace {

constexpr int rounds = 400;

// One to three small changes: an octet replaced, put in, taken out, or the end cut off.
template <class Text>
Text mutated(Text text, Random& random) {
    for (std::uint64_t change = random.below(3) + 1; change > 0; --change) {
        const auto at = static_cast<std::ptrdiff_t>(random.below(text.size() + 1));
        const auto octet = static_cast<typename Text::value_type>(
            random.chance(50) ? random.below(256) : random.below(8));
        const std::uint64_t kind = random.below(4);
        if (kind == 0 || text.empty() || at == std::ssize(text)) {
            text.insert(text.begin() + at, octet);
        } else if (kind == 1) {
            text.erase(text.begin() + at);
        } else if (kind == 2) {
            text[static_cast<std::size_t>(at)] = octet;
        } else if (random.chance(20)) {
            text.resize(static_cast<std::size_t>(at));
        }
    }
    return text;
}

}  // namespace

TEST_CASE("mutated rdata of every type keeps its properties", "[dns][seed-1]") {
    SeededRandom random(1);
    std::size_t valid = 0;
    for (const RdataSample& sample : rdata_samples) {
        const auto original = octets_of(sample.octets);
        REQUIRE(broken_property(sample.type, original) == "");
        for (int round = 0; round < rounds; ++round) {
            const auto octets = mutated(original, random);
            const std::string broken = broken_property(sample.type, octets);
            if (!broken.empty()) {
                CAPTURE(to_text(sample.type), hex_of(octets));
                CHECK(broken == "");
            }
            valid += is_valid_rdata(sample.type, octets) ? 1U : 0U;
        }
    }
    CHECK(valid > 1000);  // enough of both kinds
    CHECK(valid < std::size(rdata_samples) * rounds - 1000);
}

TEST_CASE("rdata of every type reads with pointers as without", "[dns][seed-2]") {
    SeededRandom random(2);
    for (const RdataSample& sample : rdata_samples) {
        const auto original = octets_of(sample.octets);
        for (int round = 0; round < rounds; ++round) {
            std::vector<std::uint8_t> message = octets_of("000000000000000000000000 0161 0162 00");
            const std::size_t at = message.size();
            auto rdata = mutated(original, random);
            const std::size_t cut = random.below(rdata.size() + 1);
            rdata.insert(rdata.begin() + static_cast<std::ptrdiff_t>(cut),
                         {0xc0, static_cast<std::uint8_t>(random.below(message.size() + 4))});
            rdata.resize(cut + 2 + random.below(rdata.size() - cut - 1));
            message.insert(message.end(), rdata.begin(), rdata.end());
            const std::string broken = broken_property_in_message(sample.type, message, at);
            if (!broken.empty()) {
                CAPTURE(to_text(sample.type), hex_of(rdata));
                CHECK(broken == "");
            }
        }
    }
}

TEST_CASE("mutated text of every type makes valid rdata or none", "[dns][seed-3]") {
    SeededRandom random(3);
    std::size_t accepted = 0;
    for (const RdataSample& sample : rdata_samples) {
        for (int round = 0; round < rounds; ++round) {
            const std::string text = mutated(std::string(sample.text), random);
            const std::string broken = broken_property_of_text(sample.type, text);
            if (!broken.empty()) {
                CAPTURE(to_text(sample.type), text);
                CHECK(broken == "");
            }
            accepted += rdata_octets(sample.type, text, TextMode::strict) ? 1U : 0U;
        }
    }
    CHECK(accepted > 1000);
}
