// Every fuzz target over its corpus and over seeded changes of it, as a test of each run.
#include "fuzz/corpus.h"

#include <catch2/catch.hpp>

#include "base/random.h"

using namespace wend;
using namespace wend::fuzz;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int changed_inputs = 1'000;  // of each target

Bytes changed(Bytes input, Random& random) {
    for (std::uint64_t left = 1 + random.below(5); left > 0 && !input.empty(); --left) {
        const auto at = input.begin() + static_cast<std::ptrdiff_t>(random.below(input.size()));
        switch (random.below(5)) {
            case 0:
                *at ^= static_cast<std::uint8_t>(1U << random.below(8));
                break;
            case 1:
                *at = static_cast<std::uint8_t>(random.next());
                break;
            case 2:
                input.insert(at, static_cast<std::uint8_t>(random.next()));
                break;
            case 3:
                input.erase(at);
                break;
            default:
                input.resize(static_cast<std::size_t>(at - input.begin()));
        }
    }
    return input;
}

}  // namespace

TEST_CASE("what each fuzz target states holds for its corpus and for changes of it", "[fuzz]") {
    for (const Target& target : targets(WEND_SOURCE_DIR)) {
        INFO(target.name);
        REQUIRE_FALSE(target.corpus.empty());
        for (const Bytes& input : target.corpus) {
            CHECK(target.complaint(input).empty());
        }
        for (int seed = 0; seed < changed_inputs; ++seed) {
            SeededRandom random(static_cast<std::uint64_t>(seed));
            const Bytes input = changed(target.corpus[random.below(target.corpus.size())], random);
            INFO("seed " << seed);
            CHECK(target.complaint(input).empty());
        }
    }
}
