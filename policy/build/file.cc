#include "policy/build/file.h"

#include <cerrno>

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
    close(fd_);
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

}  // namespace wend::policy::build
