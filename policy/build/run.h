// The rules of one source, sorted, in a file: what a book is built from. It is kept, so that a book
// can be built again without reading the source.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "policy/book/book.h"
#include "policy/build/file.h"
#include "policy/rule.h"

namespace wend::policy {

inline constexpr std::size_t run_memory = std::size_t{16} << 20;  // octets that are sorted at once

struct AddressRule {
    Trigger trigger = Trigger::ip;
    Action action = Action::withhold;
    bool important = false;
    Prefix prefix{IpAddress(), 128};
    std::vector<std::uint8_t> records{};
    std::size_t line = 0;
};

// Sorted pieces of one file, each so large that it was sorted in memory.
struct Run {
    SourceHead head;
    std::shared_ptr<const build::File> file;
    std::vector<std::uint64_t> ends{};  // of each piece, octets from the start
    std::vector<AddressRule> addresses{};
    std::size_t rules = 0;
    std::uint8_t triggers = 0;  // bits
};

// Takes rules in any order. One thread.
class RunWriter {
  public:
    // The error is one sentence: there is no file to write to.
    static std::expected<RunWriter, std::string> make(SourceHead head,
                                                      std::size_t memory = run_memory);

    // A failure to write is kept until finish().
    void add(const Rule& rule);

    std::expected<Run, std::string> finish();

  private:
    RunWriter(SourceHead head, std::shared_ptr<build::File> file, std::size_t memory);
    void spill();

    Run run_;
    std::shared_ptr<build::File> file_;
    std::size_t memory_;
    std::vector<std::uint8_t> octets_;   // records, in the form of build::RunRecord
    std::vector<std::uint32_t> starts_;  // of each
    std::string failure_;
};

}  // namespace wend::policy
