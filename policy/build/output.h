// The book's file as it grows, a section after the other.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/octets.h"
#include "policy/book/book_file.h"
#include "policy/build/file.h"

namespace wend::policy::build {

class Output {
  public:
    explicit Output(const File& file) : file_(file), at_(sizeof(book::Header)) {}

    // From here on append() adds to a new section.
    void begin() {
        align();
        section_ = {.at = at_ + waiting_.size(), .size = 0};
    }

    void append(Octets octets) {
        waiting_.insert(waiting_.end(), octets.begin(), octets.end());
        section_.size += octets.size();
        if (waiting_.size() >= buffer_octets) {
            flush();
        }
    }

    const book::Section& section() const { return section_; }

    // A whole one.
    book::Section put(Octets octets) {
        begin();
        append(octets);
        return section_;
    }

    template <class Number>
    book::Section put_numbers(const std::vector<Number>& numbers) {
        return put({reinterpret_cast<const std::uint8_t*>(numbers.data()),
                    numbers.size() * sizeof(Number)});
    }

    // Octets so far.
    std::uint64_t size() const { return at_ + waiting_.size(); }

    void flush() {
        has_failed_ = has_failed_ || !file_.write_at(at_, waiting_);
        at_ += waiting_.size();
        waiting_.clear();
    }

    bool has_failed() const { return has_failed_; }

  private:
    static constexpr std::size_t buffer_octets = std::size_t{64} << 10;

    void align() {
        const std::size_t over = size() % book::alignment;
        waiting_.insert(waiting_.end(), over == 0 ? 0 : book::alignment - over, 0);
    }

    const File& file_;
    std::uint64_t at_;
    std::vector<std::uint8_t> waiting_;
    book::Section section_{};
    bool has_failed_ = false;
};

}  // namespace wend::policy::build
