#include "policy/build/intervals.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>

namespace wend::policy::build {
namespace {

// Nothing behind the last address there is.
std::optional<IpAddress> after(const IpAddress& address) {
    auto octets = address.mapped();
    for (std::size_t i = octets.size(); i > 0; --i) {
        if (++octets[i - 1] != 0) {
            return IpAddress::v6(octets);
        }
    }
    return std::nullopt;
}

class Sweep {
  public:
    void enter(const PrefixRule& rule) {
        leave_before(&rule.prefix.first());
        open_.push_back(rule);
        emit(rule.prefix.first());
    }

    std::vector<Interval> end() {
        leave_before(nullptr);
        return std::move(intervals_);
    }

  private:
    // Those that end before that address; all for null.
    void leave_before(const IpAddress* next) {
        while (!open_.empty() && (next == nullptr || open_.back().prefix.last() < *next)) {
            const auto behind = after(open_.back().prefix.last());
            open_.pop_back();
            if (behind) {
                emit(*behind);
            }
        }
    }

    void emit(const IpAddress& start) {
        Interval interval{.start = start};
        for (auto rule = open_.rbegin(); rule != open_.rend(); ++rule) {  // the longest first
            interval.rules.push_back(rule->rule);
        }
        std::ranges::stable_sort(interval.rules, {}, &book::SetRule::source);
        if (!intervals_.empty() && intervals_.back().start == start) {
            intervals_.pop_back();
        }
        intervals_.push_back(std::move(interval));
    }

    std::vector<PrefixRule> open_;  // each inside the one before
    std::vector<Interval> intervals_;
};

}  // namespace

unsigned bits_of(const Prefix& prefix) {
    const auto first = prefix.first().mapped();
    const auto last = prefix.last().mapped();
    unsigned bits = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const auto differs = static_cast<std::uint8_t>(first[i] ^ last[i]);
        bits += static_cast<unsigned>(std::countl_zero(differs));
        if (differs != 0) {
            break;
        }
    }
    return bits;
}

std::vector<Interval> intervals_of(std::vector<PrefixRule> rules) {
    for (PrefixRule& each : rules) {
        each.rule.bits = static_cast<std::uint8_t>(bits_of(each.prefix));
    }
    const auto place = [](const PrefixRule& each) {
        return std::tuple(each.prefix.first(), each.rule.bits, each.rule.source, each.rule.line);
    };
    std::ranges::sort(rules, {}, place);
    Sweep sweep;
    for (const PrefixRule& each : rules) {
        sweep.enter(each);
    }
    return sweep.end();
}

}  // namespace wend::policy::build
