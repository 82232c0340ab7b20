#include "observe/histogram.h"

#include <catch2/catch.hpp>

namespace wend {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("each duration is counted in the cell whose edges are around it, to within a quarter") {
    for (Duration each = 1us; each < 8us; each += 1us) {
        CHECK(Histogram::lower_bound(Histogram::cell_of(each)) == each);
    }
    for (std::size_t cell = Histogram::cell_of(8us); cell < Histogram::cells; ++cell) {
        const Duration from = Histogram::lower_bound(cell);
        const Duration to = Histogram::lower_bound(cell + 1);
        CHECK(Histogram::cell_of(from) == cell);
        CHECK(Histogram::cell_of(to - 1us) == cell);
        CHECK(4 * (to - from) <= from);
    }
}

TEST_CASE(
    "what took no time, less than none or longer than a histogram goes is counted at its ends") {
    CHECK(Histogram::cell_of(0us) == 0);
    CHECK(Histogram::cell_of(-5us) == 0);
    CHECK(Histogram::cell_of(16s) == Histogram::cells - 1);
    CHECK(Histogram::cell_of(1h) == Histogram::cells - 1);
    CHECK(Histogram::cell_of(Duration::max()) == Histogram::cells - 1);
}

TEST_CASE("powers of two are edges between cells, so that nothing is guessed at export") {
    Histogram histogram;
    histogram.add(63us);
    histogram.add(64us, 2);
    histogram.add(1s);
    HistogramSum sum;
    sum.add(histogram);
    CHECK(sum.below_octave(6) == 1);
    CHECK(sum.below_octave(7) == 3);
    CHECK(sum.below_octave(20) == 4);
    CHECK(sum.total() == 4);
    CHECK(sum.sum_us == 63 + 2 * 64 + 1'000'000);
}

TEST_CASE("a quantile is the upper edge of the cell that it falls in") {
    Histogram histogram;
    HistogramSum none;
    CHECK(none.quantile(0.5) == 0us);
    histogram.add(100us, 99);
    histogram.add(10ms, 1);
    HistogramSum sum;
    sum.add(histogram);
    CHECK(sum.quantile(0.5) == 112us);
    CHECK(sum.quantile(0.99) == 112us);
    CHECK(sum.quantile(1) == Histogram::lower_bound(Histogram::cell_of(10ms) + 1));
}

}  // namespace wend
