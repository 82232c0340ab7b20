#include "observe/metric_text.h"

#include <array>

#include <fmt/format.h>

namespace wend {
namespace {

constexpr std::uint64_t us_per_second = 1'000'000;

std::string_view to_text(MetricType type) {
    constexpr std::array<std::string_view, 3> words = {"counter", "gauge", "histogram"};
    return words[static_cast<std::size_t>(type)];
}

// "0.000064", "1.048576": exactly, as a power of two of microseconds can be written.
std::string seconds_text(std::uint64_t us) {
    return fmt::format("{}.{:06}", us / us_per_second, us % us_per_second);
}

}  // namespace

void MetricText::family(std::string_view name, MetricType type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help,
                   to_text(type));
}

void MetricText::begin(std::string_view suffix, Labels labels, std::string_view edge) {
    ++series_;
    text_ += name_;
    text_ += suffix;
    char before = '{';
    for (const auto& [label, value] : labels) {
        fmt::format_to(std::back_inserter(text_), "{}{}=\"{}\"", before, label, value);
        before = ',';
    }
    if (!edge.empty()) {
        fmt::format_to(std::back_inserter(text_), "{}le=\"{}\"", before, edge);
        before = ',';
    }
    text_ += before == ',' ? "} " : " ";
}

void MetricText::add(Labels labels, std::uint64_t value) {
    begin({}, labels);
    fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void MetricText::add_seconds(Labels labels, double value) {
    begin({}, labels);
    fmt::format_to(std::back_inserter(text_), "{:.6f}\n", value);
}

void MetricText::add(Labels labels, const HistogramSum& histogram) {
    for (std::size_t octave = bucket_octave_min; octave <= bucket_octave_max; ++octave) {
        begin("_bucket", labels, seconds_text(std::uint64_t{1} << octave));
        fmt::format_to(std::back_inserter(text_), "{}\n", histogram.below_octave(octave));
    }
    const std::uint64_t total = histogram.total();
    begin("_bucket", labels, "+Inf");
    fmt::format_to(std::back_inserter(text_), "{}\n", total);
    begin("_sum", labels);
    fmt::format_to(std::back_inserter(text_), "{}\n", seconds_text(histogram.sum_us));
    begin("_count", labels);
    fmt::format_to(std::back_inserter(text_), "{}\n", total);
}

}  // namespace wend
