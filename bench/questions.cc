#include "bench/questions.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "dns/name.h"

namespace wend::bench {
namespace {

// Header (RD), question (A, IN), OPT (1,232 octets, DO if asked for).
std::vector<std::uint8_t> query_of(const std::string& name, bool dnssec_ok) {
    std::vector<std::uint8_t> query = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    const dns::Name parsed = dns::name_of(name);
    query.insert(query.end(), parsed.wire().begin(), parsed.wire().end());
    const std::uint8_t flags = dnssec_ok ? 0x80 : 0;
    query.insert(query.end(), {0, 1, 0, 1, 0, 0, 41, 0x04, 0xd0, 0, 0, flags, 0, 0, 0});
    return query;
}

}  // namespace

Questions::Questions(const QuestionOptions& options)
    : options_(options), random_(std::make_unique<SeededRandom>(options.seed)) {}

std::optional<Questions> Questions::make(const QuestionOptions& options) {
    Questions questions(options);
    if (options.order == Order::distinct) {
        questions.add(fmt::format("d{:08}.{}", 0, options.suffix));
        return questions;
    }
    std::ifstream file(options.file);
    std::string name;
    std::size_t line = 0;
    while (std::getline(file, name)) {
        const bool enough = options.first != 0 && questions.queries_.size() == options.first;
        if (line++ >= options.skip && !enough) {
            questions.add(name);
        }
    }
    if (questions.queries_.empty()) {
        return std::nullopt;
    }
    return questions;
}

void Questions::add(const std::string& name) {
    queries_.push_back(query_of(name, options_.dnssec_ok));
    const double before = weights_.empty() ? 0 : weights_.back();
    weights_.push_back(before + 1.0 / static_cast<double>(queries_.size()));
}

std::optional<std::size_t> Questions::count() const {
    return options_.order == Order::once ? std::optional(queries_.size()) : std::nullopt;
}

std::size_t Questions::by_zipf() {
    const double draw = static_cast<double>(random_->next() >> 11) * 0x1p-53 * weights_.back();
    const auto at = std::ranges::upper_bound(weights_, draw) - weights_.begin();
    return std::min(static_cast<std::size_t>(at), queries_.size() - 1);
}

Octets Questions::next(std::uint16_t id) {
    std::size_t at = 0;
    switch (options_.order) {
        case Order::once:
            if (asked_ == queries_.size()) {
                return {};
            }
            at = asked_;
            break;
        case Order::round:
            at = asked_ % queries_.size();
            break;
        case Order::zipf:
            at = by_zipf();
            break;
        case Order::distinct: {
            std::size_t number = asked_;
            for (std::size_t digit = 8; digit >= 1; --digit) {  // after the header, length and 'd'
                queries_[0][13 + digit] = static_cast<std::uint8_t>('0' + number % 10);
                number /= 10;
            }
            break;
        }
    }
    ++asked_;
    queries_[at][0] = static_cast<std::uint8_t>(id >> 8);
    queries_[at][1] = static_cast<std::uint8_t>(id);
    return queries_[at];
}

}  // namespace wend::bench
