// What the load generator asks, ready to be sent.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "base/random.h"

namespace wend::bench {

enum class Order : std::uint8_t {
    once,      // each name in turn, then the end
    round,     // the same again and again
    zipf,      // by chance: the n-th name as often as 1/n says
    distinct,  // names that nobody asked for before, below one suffix
};

struct QuestionOptions {
    std::string file{};    // a name on each line; not for distinct
    std::string suffix{};  // for distinct
    Order order = Order::round;
    std::size_t first = 0;  // names used of the file; 0: all
    std::size_t skip = 0;   // names passed over
    bool dnssec_ok = false;
    std::uint64_t seed = 1;
};

class Questions {
  public:
    // Nothing if the file cannot be read or has no such names.
    static std::optional<Questions> make(const QuestionOptions& options);

    // The next query with this id, until it is called again; empty at the end.
    Octets next(std::uint16_t id);

    // Queries that there are; nothing: without end.
    std::optional<std::size_t> count() const;

  private:
    explicit Questions(const QuestionOptions& options);
    void add(const std::string& name);
    std::size_t by_zipf();

    QuestionOptions options_;
    std::unique_ptr<Random> random_;
    std::vector<std::vector<std::uint8_t>> queries_;
    std::vector<double> weights_;  // running sums of 1/n
    std::size_t asked_ = 0;
};

}  // namespace wend::bench
