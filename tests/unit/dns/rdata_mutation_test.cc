#include <catch2/catch.hpp>

#include "base/random.h"
#include "dns/zone_file.h"
#include "fuzz/properties.h"
#include "fuzz/rdata_property.h"
#include "tests/unit/dns/octets_of.h"
#include "tests/unit/dns/rdata_samples.h"

using namespace wend;
using namespace wend::dns;
using namespace wend::fuzz;

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

std::vector<std::uint8_t> octets(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("mutated rdata of every type keeps its properties", "[dns][seed-1]") {
    SeededRandom random(1);
    std::size_t valid = 0;
    for (const RdataSample& sample : rdata_samples) {
        const auto original = octets_of(sample.octets);
        REQUIRE(complaint_about_rdata_octets(sample.type, original) == "");
        for (int round = 0; round < rounds; ++round) {
            const auto rdata = mutated(original, random);
            const std::string complaint = complaint_about_rdata_octets(sample.type, rdata);
            if (!complaint.empty()) {
                CAPTURE(to_text(sample.type), hex_of(rdata));
                CHECK(complaint == "");
            }
            valid += is_valid_rdata(sample.type, rdata) ? 1U : 0U;
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
            const std::string complaint =
                complaint_about_rdata_in_message(sample.type, message, at);
            if (!complaint.empty()) {
                CAPTURE(to_text(sample.type), hex_of(rdata));
                CHECK(complaint == "");
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
            const std::string complaint = complaint_about_rdata_text(sample.type, text);
            if (!complaint.empty()) {
                CAPTURE(to_text(sample.type), text);
                CHECK(complaint == "");
            }
            accepted += rdata_octets(sample.type, text, TextMode::strict) ? 1U : 0U;
        }
    }
    CHECK(accepted > 1000);
}

TEST_CASE("records of a mutated zone file read back as they print", "[dns][seed-4]") {
    const std::string zone =
        "$TTL 1h\n$ORIGIN example.\n@ SOA ns root ( 1 ; serial\n 1h 15m 1w 5m )\n NS ns\n"
        "ns 300 IN A 192.0.2.1\n  AAAA 2001:db8::1\na\\.b IN 60 TXT \"x;y (z)\" w\n"
        "_x HTTPS 1 . alpn=\"h2,h3\" port=53\nc CLASS32 TYPE65400 \\# 2 abcd\n";
    SeededRandom random(4);
    std::size_t accepted = 0;
    for (int round = 0; round < 20 * rounds; ++round) {
        const std::string text = mutated(zone, random);
        const std::string complaint =
            complaint_about_rdata(octets_of("0001" + hex_of(octets(text))));
        if (!complaint.empty()) {
            CAPTURE(text);
            CHECK(complaint == "");
        }
        accepted += parse_zone_file(text, {}) ? 1U : 0U;
    }
    CHECK(accepted > 500);
}
