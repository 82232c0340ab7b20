// Names in canonical order become the sections of a NameTable.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/book/book_file.h"
#include "policy/build/output.h"

namespace wend::policy::build {

class NameTableWriter {
  public:
    // `out` outlives it; nobody else writes to it from add() to finish().
    explicit NameTableWriter(Output& out) : out_(out) {}

    // `lines`: of each rule of the set.
    void add(Octets key, std::uint32_t set, std::span<const std::uint32_t> lines);

    book::NameSections finish();

  private:
    void begin_block(Octets key);

    Output& out_;
    book::NameSections sections_{};
    std::vector<std::uint8_t> last_key_;
    std::vector<std::uint64_t> heads_;
    std::vector<std::uint32_t> offsets_;
    std::vector<std::uint32_t> line_offsets_;
    std::vector<std::uint8_t> lines_;
    std::vector<std::uint64_t> hashes_;
};

}  // namespace wend::policy::build
