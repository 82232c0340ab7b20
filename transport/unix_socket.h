// A listening unix socket, and the file by which it is found.
#pragma once
#include <cstdint>
#include <expected>
#include <string>

#include "transport/uv_poller.h"

namespace wend {

// The file of a socket of ours: removed when this goes, unless another has taken its place.
class UnixSocketFile {
  public:
    UnixSocketFile() = default;
    // `path` is there.
    explicit UnixSocketFile(std::string path);
    UnixSocketFile(const UnixSocketFile&) = delete;
    UnixSocketFile& operator=(const UnixSocketFile&) = delete;
    UnixSocketFile(UnixSocketFile&& other) noexcept;
    UnixSocketFile& operator=(UnixSocketFile&&) = delete;
    ~UnixSocketFile();

    std::uint32_t gid() const { return gid_; }

    // Whether the path leads to that file still.
    bool is_there() const;

  private:
    std::string path_;
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
    std::uint32_t gid_ = 0;
};

struct UnixListener {
    Descriptor socket;
    UnixSocketFile file;
};

// Nonblocking, mode 0660. A file at which nobody answers is one that was left behind, and is
// replaced. The error is a sentence that names the path. Changes the process's umask for a moment:
// no other thread may make files meanwhile.
std::expected<UnixListener, std::string> listen_on_unix_socket(const std::string& path);

}  // namespace wend
