#include "base/durable_file.h"

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace wend {
namespace {

// Closes at the end of its scope.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;

    ~Descriptor() {
        if (fd_ >= 0) {
            close(fd_);
        }
    }

    int get() const { return fd_; }

  private:
    int fd_;
};

std::unexpected<std::string> failure(std::string_view what, const std::string& path) {
    return std::unexpected(
        fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(errno)));
}

}  // namespace

std::expected<std::optional<std::string>, std::string> KernelFiles::read(const std::string& path,
                                                                         std::size_t octets_max) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        return failure("read", path);
    }
    std::string text(octets_max + 1, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        const ssize_t count = ::read(file.get(), text.data() + filled, text.size() - filled);
        if (count < 0 && errno != EINTR) {
            return failure("read", path);
        }
        if (count == 0) {
            text.resize(filled);
            return text;
        }
        filled += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return std::unexpected(fmt::format("{} is over {} octets", path, octets_max));
}

FileStore::Outcome KernelFiles::write_and_sync(const std::string& path, std::string_view text) {
    const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) {
        return failure("write", path);
    }
    while (!text.empty()) {
        const ssize_t count = write(file.get(), text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return failure("write", path);
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    if (fsync(file.get()) != 0) {
        return failure("write", path);
    }
    return {};
}

FileStore::Outcome KernelFiles::rename(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return failure("replace", to);
    }
    return {};
}

FileStore::Outcome KernelFiles::sync_folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 || fsync(file.get()) != 0) {
        return failure("write to the folder of", path);
    }
    return {};
}

FileStore::Outcome replace_file(FileStore& files, const std::string& path, std::string_view text) {
    const std::string beside = path + ".new";
    auto outcome = files.write_and_sync(beside, text);
    if (outcome) {
        outcome = files.rename(beside, path);
    }
    if (outcome) {
        outcome = files.sync_folder_of(path);
    }
    return outcome;
}

}  // namespace wend
