// How long things took: four steps an octave of whole microseconds, from 1 us to 16 s. One thread
// adds, any reads.
#pragma once
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "observe/number.h"

namespace wend {

class Histogram {
  public:
    static constexpr std::size_t octaves = 24;
    static constexpr std::size_t steps = 4;  // of an octave
    static constexpr std::size_t cells = octaves * steps;

    // Where what took so long is counted: shorter than 1 us in the first, 16.8 s or longer in the
    // last.
    static constexpr std::size_t cell_of(Duration took) {
        const auto us = static_cast<std::uint64_t>(took.count() > 0 ? took.count() : 0);
        if (us == 0) {
            return 0;
        }
        const auto octave = static_cast<std::size_t>(std::bit_width(us) - 1);
        if (octave >= octaves) {
            return cells - 1;
        }
        const std::uint64_t step = octave >= 2 ? us >> (octave - 2) : us << (2 - octave);
        return octave * steps + (step & (steps - 1));
    }

    // The shortest that is counted there; that of the cell behind it is the shortest that is not.
    static constexpr Duration lower_bound(std::size_t cell) {
        const std::uint64_t step = steps + cell % steps;
        return Duration(static_cast<Duration::rep>((step << (cell / steps)) / steps));
    }

    void add(Duration took, std::uint64_t count = 1) {
        bump(counts_[cell_of(took)], count);
        bump(sum_us_, static_cast<std::uint64_t>(took.count() > 0 ? took.count() : 0) * count);
    }

    std::uint64_t count(std::size_t cell) const {
        return counts_[cell].load(std::memory_order_relaxed);
    }

    // Of all that was counted.
    std::uint64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }

  private:
    std::array<Number, cells> counts_{};
    Number sum_us_{};
};

// Histograms of several workers read once, and added up.
struct HistogramSum {
    std::array<std::uint64_t, Histogram::cells> counts{};
    std::uint64_t sum_us = 0;

    void add(const Histogram& histogram) {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            counts[i] += histogram.count(i);
        }
        sum_us += histogram.sum_us();
    }

    std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts) {
            sum += count;
        }
        return sum;
    }

    // Of what took less than 2^octave us.
    std::uint64_t below_octave(std::size_t octave) const {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < octave * Histogram::steps; ++i) {
            sum += counts[i];
        }
        return sum;
    }

    // The least duration that at least that part of all took less than or as long as: the upper
    // edge of its cell. `part` in 0..1; zero where there is nothing.
    Duration quantile(double part) const;
};

}  // namespace wend
