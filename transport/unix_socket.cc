#include "transport/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace wend {
namespace {

constexpr int backlog = 128;

std::unexpected<std::string> no(const std::string& path, std::string_view why) {
    return std::unexpected(fmt::format("cannot listen on {}: {}", path, why));
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Nothing if the path is free now.
std::expected<void, std::string> make_free(const std::string& path, const sockaddr_un& address) {
    struct stat found{};
    if (lstat(path.c_str(), &found) != 0) {
        return {};  // bind() tells what else is wrong
    }
    if (!S_ISSOCK(found.st_mode)) {
        return no(path, "there is a file with that name, which is no socket; it is left as it is");
    }
    const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno == EAGAIN) {
        return no(path, "another process answers there; is wend running already?");
    }
    if (errno != ECONNREFUSED) {
        return no(path, fmt::format("there is a socket already, and it cannot be asked whether it "
                                    "is in use: {}",
                                    strerror(errno)));
    }
    if (unlink(path.c_str()) != 0) {
        return no(path, fmt::format("a socket that was left behind cannot be removed: {}",
                                    strerror(errno)));
    }
    return {};
}

std::string why_not_bound(const std::string& path, int code) {
    const std::string folder = folder_of(path);
    if (code == ENOENT) {
        return fmt::format("the folder {} does not exist; make it, or set control.socket", folder);
    }
    if (code == EACCES || code == EPERM || code == EROFS) {
        return fmt::format("the folder {} is not writable for this user ({})", folder,
                           strerror(code));
    }
    return strerror(code);
}

}  // namespace

UnixSocketFile::UnixSocketFile(std::string path) : path_(std::move(path)) {
    struct stat found{};
    if (lstat(path_.c_str(), &found) == 0) {
        device_ = found.st_dev;
        inode_ = found.st_ino;
        gid_ = found.st_gid;
    }
}

UnixSocketFile::UnixSocketFile(UnixSocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_),
      gid_(other.gid_) {}

UnixSocketFile::~UnixSocketFile() {
    if (is_there()) {
        unlink(path_.c_str());
    }
}

bool UnixSocketFile::is_there() const {
    struct stat found{};
    return !path_.empty() && lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ &&
           found.st_ino == inode_;
}

std::expected<UnixListener, std::string> listen_on_unix_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return no(path, fmt::format("the path of a socket has 1 to {} octets",
                                    sizeof address.sun_path - 1));
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    if (auto free = make_free(path, address); !free) {
        return std::unexpected(std::move(free.error()));
    }
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return no(path, strerror(errno));
    }
    // Not chmod() afterwards: somebody could have connected before.
    const mode_t mask = umask(0117);
    const int bound =
        bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int code = errno;
    umask(mask);
    if (bound != 0) {
        return no(path, why_not_bound(path, code));
    }
    UnixSocketFile file(path);
    if (listen(socket.get(), backlog) != 0) {
        return no(path, strerror(errno));
    }
    return UnixListener{std::move(socket), std::move(file)};
}

}  // namespace wend
