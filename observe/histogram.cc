#include "observe/histogram.h"

#include <cmath>

namespace wend {

Duration HistogramSum::quantile(double part) const {
    const auto all = static_cast<double>(total());
    const auto wanted = static_cast<std::uint64_t>(std::ceil(all * part));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        seen += counts[i];
        if (seen > 0 && seen >= wanted) {
            return Histogram::lower_bound(i + 1);
        }
    }
    return Duration::zero();
}

}  // namespace wend
