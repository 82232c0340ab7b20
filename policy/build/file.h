// A file without a name, for who builds: it lies in memory and is gone with its last user.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "base/octets.h"

namespace wend::policy::build {

class File {
  public:
    // The error is one sentence.
    static std::expected<std::shared_ptr<File>, std::string> make();

    explicit File(int fd) : fd_(fd) {}

    File(const File&) = delete;
    File& operator=(const File&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;
    ~File();

    int fd() const { return fd_; }

    // All of it, or false.
    bool write_at(std::uint64_t at, Octets octets) const;

    // Fewer octets than asked for at the end alone, or where reading fails.
    std::size_t read_at(std::uint64_t at, MutableOctets to) const;

  private:
    int fd_;
};

}  // namespace wend::policy::build
