// A4: where chance comes from, and that it is not to be foreseen.
#include "base/random.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "transport/source_port.h"

using namespace wend;

namespace {

constexpr std::size_t bits = 512;

// Over GF(2); rows are spent.
std::size_t rank_of(std::vector<std::bitset<bits>>& rows) {
    std::size_t rank = 0;
    for (std::size_t column = 0; column < bits; ++column) {
        const auto from = rows.begin() + static_cast<std::ptrdiff_t>(rank);
        const auto pivot =
            std::find_if(from, rows.end(), [column](const auto& row) { return row[column]; });
        if (pivot == rows.end()) {
            continue;
        }
        std::iter_swap(from, pivot);
        for (auto row = from + 1; row != rows.end(); ++row) {
            if ((*row)[column]) {
                *row ^= *from;
            }
        }
        ++rank;
    }
    return rank;
}

// Of each value with the next.
double serial_correlation(const std::vector<double>& values) {
    double sum = 0;
    double squares = 0;
    double products = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i];
        squares += values[i] * values[i];
        products += values[i] * values[(i + 1) % values.size()];
    }
    const auto count = static_cast<double>(values.size());
    return (count * products - sum * sum) / (count * squares - sum * sum);
}

}  // namespace

TEST_CASE("ids and ports show no linear structure and no correlation", "[defences][A4][A3]") {
    KernelRandom random;
    for (const unsigned bit : {0U, 7U, 15U}) {
        std::vector<std::bitset<bits>> rows(bits);
        for (auto& row : rows) {
            for (std::size_t i = 0; i < bits; ++i) {
                row[i] = (random.next() >> bit & 1) != 0;
            }
        }
        // A generator with a small linear state would stay below that state's size.
        CHECK(rank_of(rows) >= bits - 12);
    }
    constexpr std::size_t draws = 4'000'000;  // 0.003 is six standard deviations then
    std::vector<double> ids;
    std::vector<double> ports;
    for (std::size_t i = 0; i < draws; ++i) {
        ids.push_back(static_cast<std::uint16_t>(random.next()));
        ports.push_back(draw_source_port(random));
    }
    CHECK(std::abs(serial_correlation(ids)) < 0.003);
    CHECK(std::abs(serial_correlation(ports)) < 0.003);
}

TEST_CASE("no other generator is named where chance guards something", "[defences][A4]") {
    namespace fs = std::filesystem;
    constexpr std::array words = {"mt19937",  "minstd_rand", "random_device", "xoshiro",
                                  "drand48(", " rand(",      "srand(",        "random()"};
    std::size_t files = 0;
    for (const char* room :
         {"base", "dns", "cache", "dnssec", "transport", "resolver", "policy", "server"}) {
        for (const auto& entry : fs::directory_iterator(fs::path(WEND_SOURCE_DIR) / room)) {
            std::ifstream file(entry.path());
            std::ostringstream read;
            read << file.rdbuf();
            const std::string text = read.str();
            ++files;
            for (const char* word : words) {
                INFO(entry.path() << " names " << word);
                CHECK(text.find(word) == std::string::npos);
            }
        }
    }
    CHECK(files > 100);
}
