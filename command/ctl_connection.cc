#include "command/ctl_connection.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "transport/http1_response.h"

namespace wend {
namespace {

// Longer than the server takes for what takes longest.
constexpr std::chrono::seconds patience(90);
constexpr std::size_t answer_octets_max = std::size_t{16} * 1024 * 1024;

constexpr std::string_view how_to_start =
    "start one with `systemctl start wend` or `wend serve`, or name its socket with -c FILE or "
    "--socket PATH";

std::unexpected<CtlFault> fault(CtlFault::Kind kind, std::string sentence) {
    return std::unexpected(CtlFault{kind, std::move(sentence)});
}

bool is_ready(int fd, short events) {
    pollfd wanted{fd, events, 0};
    return poll(&wanted, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) > 0;
}

// Who may, where we may not.
std::string who_may(const std::string& path) {
    struct stat found{};
    if (stat(path.c_str(), &found) != 0) {
        return "its folder is closed to you";
    }
    const group* const entry = getgrgid(found.st_gid);
    const std::string name = entry == nullptr ? std::to_string(found.st_gid) : entry->gr_name;
    return fmt::format(
        "it is for root, the server's own user and the group {0}; "
        "`usermod -aG {0} YOU` and a new login let you in",
        name);
}

}  // namespace

std::expected<CtlTarget, std::string> target_from_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.starts_with("https://")) {
        return std::unexpected(
            "this wend speaks no TLS to control doors yet; use http:// on "
            "loopback, over ssh if need be");
    }
    if (!url.starts_with(scheme)) {
        return std::unexpected("a server is written as http://127.0.0.1:8053");
    }
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) {
        url.remove_suffix(1);
    }
    const bool is_bracketed = url.starts_with('[');
    const std::size_t host_end = is_bracketed ? url.find(']') : url.find(':');
    const std::size_t colon =
        host_end == std::string_view::npos ? host_end : url.find(':', host_end);
    if (!is_http1_host(url) || (is_bracketed && host_end == std::string_view::npos)) {
        return std::unexpected("a server is written as http://127.0.0.1:8053");
    }
    CtlTarget target;
    target.host = url.substr(is_bracketed ? 1 : 0,
                             (is_bracketed ? host_end - 1 : std::min(colon, url.size())));
    target.port = colon == std::string_view::npos ? "80" : std::string(url.substr(colon + 1));
    return target;
}

std::string CtlConnection::name() const {
    if (!target_.socket.empty()) {
        return target_.socket;
    }
    const bool is_v6 = target_.host.contains(':');
    return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", target_.host, is_v6 ? "]" : "", target_.port);
}

CtlFault CtlConnection::broken(std::string_view why) const {
    return {CtlFault::Kind::failed, fmt::format("{}: {}", name(), why)};
}

std::expected<void, CtlFault> CtlConnection::connect() {
    return target_.socket.empty() ? connect_tcp() : connect_unix();
}

std::expected<void, CtlFault> CtlConnection::connect_unix() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (target_.socket.size() >= sizeof address.sun_path) {
        return fault(CtlFault::Kind::failed, "the path of the socket is too long");
    }
    std::memcpy(address.sun_path, target_.socket.data(), target_.socket.size());
    socket_ = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
        0) {
        return {};
    }
    const int code = errno;
    socket_.close();
    if (code == EACCES || code == EPERM) {
        return fault(
            CtlFault::Kind::not_allowed,
            fmt::format("you may not use {}: {}", target_.socket, who_may(target_.socket)));
    }
    return fault(CtlFault::Kind::nobody_there,
                 fmt::format("no wend answers at {} ({}); {}", target_.socket, strerror(code),
                             how_to_start));
}

std::expected<void, CtlFault> CtlConnection::connect_tcp() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int code = getaddrinfo(target_.host.c_str(), target_.port.c_str(), &hints, &found)) {
        return fault(CtlFault::Kind::nobody_there,
                     fmt::format("{} cannot be found: {}", name(), gai_strerror(code)));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, freeaddrinfo);
    int code = 0;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        socket_ = Descriptor(socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(socket_.get(), one->ai_addr, one->ai_addrlen) == 0) {
            return {};
        }
        code = errno;
        socket_.close();
    }
    return fault(CtlFault::Kind::nobody_there,
                 fmt::format("no wend answers at {} ({}); http.listen of its configuration says "
                             "where it does",
                             name(), strerror(code)));
}

std::expected<std::optional<Http1Answer>, CtlFault> CtlConnection::exchange(
    std::string_view request) {
    for (std::size_t sent = 0; sent < request.size();) {
        const ssize_t count =
            send(socket_.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) {
            return std::nullopt;
        }
        sent += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    Http1ResponseReader reader({.body_octets_max = answer_octets_max});
    std::array<std::uint8_t, 65'536> octets{};
    while (is_ready(socket_.get(), POLLIN)) {
        const ssize_t count = recv(socket_.get(), octets.data(), octets.size(), 0);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return reader.is_inside_answer()
                       ? std::expected<std::optional<Http1Answer>, CtlFault>(
                             std::unexpected(broken("the answer broke off; what was asked for may "
                                                    "be done or not")))
                       : std::nullopt;
        }
        auto fed = reader.feed(Octets(octets).first(static_cast<std::size_t>(count)));
        if (auto* const answer = std::get_if<Http1Answer>(&fed.event)) {
            return std::move(*answer);
        }
        if (const auto* const bad = std::get_if<Http1Bad>(&fed.event)) {
            return std::unexpected(broken(
                fmt::format("what answers there is no control door of wend: {}", bad->sentence)));
        }
    }
    return std::unexpected(broken(fmt::format("no answer came in {} seconds", patience.count())));
}

std::expected<Http1Answer, CtlFault> CtlConnection::ask(std::string_view path,
                                                        std::string_view body) {
    Http1Fields fields;
    fields.add({"Content-Type", "application/json"});
    fields.add({"X-Wend", "1"});
    if (!target_.token.empty()) {
        fields.add({"Authorization", "Bearer " + target_.token});
    }
    const auto request = http1_request(Http1Method::post, path,
                                       target_.socket.empty() ? name() : "wend", fields, body);
    if (!request) {
        return fault(CtlFault::Kind::failed, "the token or the server's name cannot be sent");
    }
    // A connection that was idle may have been closed meanwhile, before it saw the question.
    for (const bool was_open : {socket_.is_open(), false}) {
        if (!was_open) {
            if (auto connected = connect(); !connected) {
                return std::unexpected(std::move(connected.error()));
            }
        }
        auto answer = exchange(*request);
        if (!answer) {
            return std::unexpected(std::move(answer.error()));
        }
        if (*answer) {
            if (!(*answer)->is_kept) {
                socket_.close();
            }
            return std::move(**answer);
        }
        socket_.close();
        if (!was_open) {
            break;
        }
    }
    return std::unexpected(
        broken("the server has closed the connection without an answer; what "
               "was asked for may be done or not"));
}

}  // namespace wend
