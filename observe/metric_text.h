// The text format of Prometheus, version 0.0.4: families one after another, each with what it is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "observe/histogram.h"

namespace wend {

// What an answer with this text is labelled with; newer Prometheus reads none without it.
inline constexpr std::string_view metric_content_type = "text/plain; version=0.0.4; charset=utf-8";

enum class MetricType : std::uint8_t { counter, gauge, histogram };

class MetricText {
  public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // Begins a family: what follows until the next one is its samples. `help` is one line without a
    // backslash.
    void family(std::string_view name, MetricType type, std::string_view help);

    // Label values have neither quotes nor backslashes nor ends of lines: they are words of ours.
    void add(Labels labels, std::uint64_t value);
    void add_seconds(Labels labels, double value);
    // Of a histogram: its buckets at powers of two from 64 us to 8.4 s, sum and count.
    void add(Labels labels, const HistogramSum& histogram);

    std::size_t series() const { return series_; }

    std::string take() { return std::move(text_); }

  private:
    void begin(std::string_view suffix, Labels labels, std::string_view edge = {});

    std::string text_;
    std::string name_;
    std::size_t series_ = 0;
};

// The buckets' edges: 2^octave us.
inline constexpr std::size_t bucket_octave_min = 6;   // 64 us
inline constexpr std::size_t bucket_octave_max = 23;  // 8.4 s

}  // namespace wend
