#include "server/service/socket_store.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wend {
namespace {

constexpr int first_inherited = 3;
constexpr unsigned inherited_max = 4'096;  // more than the unit lets systemd keep
constexpr unsigned worker_max = 255;

template <class Number>
std::optional<Number> number_of(std::string_view text, Number max) {
    Number number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return is_whole && number <= max ? std::optional(number) : std::nullopt;
}

std::string_view take_part(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

bool has_option(int fd, int name, int wanted) {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 && value == wanted;
}

// A socket as open_listening_socket() makes them.
bool is_what_it_says(int fd, const StoredSocket& which) {
    const bool is_udp = which.channel == Channel::udp;
    if (!has_option(fd, SO_TYPE, is_udp ? SOCK_DGRAM : SOCK_STREAM) ||
        !has_option(fd, SO_REUSEPORT, 1) || !has_option(fd, SO_ACCEPTCONN, is_udp ? 0 : 1)) {
        return false;
    }
    const Endpoint bound = bound_endpoint(fd);
    return bound.ip == which.wanted.ip &&
           (which.wanted.port == 0 || bound.port == which.wanted.port);
}

std::array<StoredSocket, 2> both(const Endpoint& wanted, unsigned worker) {
    return {StoredSocket{Channel::udp, worker, wanted}, StoredSocket{Channel::tcp, worker, wanted}};
}

}  // namespace

std::string StoredSocket::name() const {
    std::string address = wanted.ip.to_text();
    std::ranges::replace(address, ':', '_');
    return fmt::format("{}-{}-{}-{}", channel == Channel::udp ? "udp" : "tcp", worker, wanted.port,
                       address);
}

std::optional<StoredSocket> StoredSocket::from_name(std::string_view name) {
    const std::string_view channel = take_part(name, '-');
    const auto worker = number_of<unsigned>(take_part(name, '-'), worker_max);
    const auto port = number_of<std::uint16_t>(take_part(name, '-'), 65'535);
    std::string address(name);
    std::ranges::replace(address, '_', ':');
    const auto ip = IpAddress::from_text(address);
    if ((channel != "udp" && channel != "tcp") || !worker || !port || !ip) {
        return std::nullopt;
    }
    return StoredSocket{channel == "udp" ? Channel::udp : Channel::tcp, *worker, {*ip, *port}};
}

std::vector<InheritedSocket> take_inherited_sockets() {
    const auto text = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    const auto pid = number_of<int>(text("LISTEN_PID"), 0x7fffffff);
    const auto count = number_of<unsigned>(text("LISTEN_FDS"), inherited_max);
    const std::string all_names = text("LISTEN_FDNAMES");
    for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
        unsetenv(name);
    }
    std::vector<InheritedSocket> inherited;
    std::string_view names = all_names;
    for (unsigned i = 0; pid == getpid() && count && i < *count; ++i) {
        const int fd = first_inherited + static_cast<int>(i);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        inherited.push_back({std::string(take_part(names, ':')), Descriptor(fd)});
    }
    return inherited;
}

SocketStore::SocketStore(Notifier& notifier, std::vector<InheritedSocket> inherited)
    : notifier_(notifier) {
    for (InheritedSocket& each : inherited) {
        const auto which = StoredSocket::from_name(each.name);
        if (which && is_what_it_says(each.socket.get(), *which)) {
            held_.push_back({*which, std::move(each.socket)});
        } else if (which) {
            notifier_.forget(each.name);
        }
    }
}

bool SocketStore::holds(const Endpoint& where) const {
    return std::ranges::any_of(held_, [&where](const Held& held) {
        const Endpoint& other = held.which.wanted;
        return where.port == other.port && where.ip.is_v4() == other.ip.is_v4() &&
               (where.ip == other.ip || where.ip.is_unspecified() || other.ip.is_unspecified());
    });
}

// Both, or none.
std::optional<BoundSockets> SocketStore::take(const Endpoint& wanted, unsigned worker) {
    const auto [udp, tcp] = both(wanted, worker);
    const auto of_udp = std::ranges::find(held_, udp, &Held::which);
    const auto of_tcp = std::ranges::find(held_, tcp, &Held::which);
    if (of_udp == held_.end() || of_tcp == held_.end() ||
        bound_endpoint(of_udp->socket.get()) != bound_endpoint(of_tcp->socket.get())) {
        return std::nullopt;
    }
    BoundSockets sockets{.wanted = wanted,
                         .where = bound_endpoint(of_udp->socket.get()),
                         .udp = std::move(of_udp->socket),
                         .tcp = std::move(of_tcp->socket)};
    std::erase_if(held_, [](const Held& held) { return !held.socket.is_open(); });
    return sockets;
}

void SocketStore::keep(const BoundSockets& sockets, unsigned worker) {
    const auto [udp, tcp] = both(sockets.wanted, worker);
    notifier_.store(udp.name(), sockets.udp.get());
    notifier_.store(tcp.name(), sockets.tcp.get());
}

std::expected<std::vector<std::vector<BoundSockets>>, ListenError> SocketStore::bind(
    const std::vector<Endpoint>& wanted, unsigned workers) {
    std::vector<std::vector<BoundSockets>> all(workers);
    for (const Endpoint& endpoint : wanted) {
        Endpoint where = endpoint;  // with the port of the first worker's
        for (unsigned worker = 0; worker < workers; ++worker) {
            auto taken = take(endpoint, worker);
            if (taken && (where.port == 0 || taken->where == where)) {
                where = taken->where;
                all[worker].push_back(std::move(*taken));
                continue;
            }
            auto bound = bind_sockets(where);
            if (!bound) {
                drop(wanted, workers);
                return std::unexpected(bound.error());
            }
            bound->wanted = endpoint;
            where = bound->where;
            keep(*bound, worker);
            all[worker].push_back(std::move(*bound));
        }
    }
    return all;
}

void SocketStore::drop_rest() {
    for (const Held& held : held_) {
        notifier_.forget(held.which.name());
    }
    held_.clear();
}

void SocketStore::drop(const std::vector<Endpoint>& wanted, unsigned workers) {
    for (const Endpoint& endpoint : wanted) {
        for (unsigned worker = 0; worker < workers; ++worker) {
            for (const StoredSocket& which : both(endpoint, worker)) {
                notifier_.forget(which.name());
            }
        }
    }
}

}  // namespace wend
