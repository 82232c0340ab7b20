#include "policy/build/file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace wend::policy::build {

std::expected<std::shared_ptr<File>, std::string> File::make() {
    const int fd = memfd_create("wend-policy", MFD_CLOEXEC);
    if (fd < 0) {
        return std::unexpected(
            fmt::format("no file in memory can be made for lists (error {}); is the limit on open "
                        "files too low?",
                        errno));
    }
    return std::make_shared<File>(fd);
}

File::~File() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

int File::release() {
    return std::exchange(fd_, -1);
}

bool File::write_at(std::uint64_t at, Octets octets) const {
    while (!octets.empty()) {  // ends: each turn writes some of it, or fails
        const ssize_t written = pwrite(fd_, octets.data(), octets.size(), static_cast<off_t>(at));
        if (written <= 0 && errno != EINTR) {
            return false;
        }
        const auto count = static_cast<std::size_t>(written > 0 ? written : 0);
        at += count;
        octets = octets.subspan(count);
    }
    return true;
}

std::size_t File::read_at(std::uint64_t at, MutableOctets to) const {
    std::size_t got = 0;
    while (got < to.size()) {  // ends: each turn reads some, or nothing is left
        const ssize_t some =
            pread(fd_, to.data() + got, to.size() - got, static_cast<off_t>(at + got));
        if (some == 0 || (some < 0 && errno != EINTR)) {
            break;
        }
        got += static_cast<std::size_t>(some > 0 ? some : 0);
    }
    return got;
}

void File::forget_before(std::uint64_t at) const {
    constexpr std::uint64_t page = 4'096;
    const std::uint64_t whole = at / page * page;
    if (whole > 0) {
        fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(whole));
    }
}

}  // namespace wend::policy::build
