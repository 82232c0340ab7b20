#include "tests/live/steady_load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/live/wend_process.h"

namespace wend::live {
namespace {

using SteadyTime = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds last_patience = std::chrono::seconds(7);
constexpr int buffer_octets = 8 << 20;
constexpr std::array hot_names = {"www.plain.lab.", "mail.plain.lab.", "ftp.plain.lab.",
                                  "www.ed25519.lab.", "sip.plain.lab."};
constexpr std::uint64_t cold_every = 8;  // a name that nobody has asked for

std::string name_of_number(std::uint64_t number) {
    return number % cold_every == 0 ? fmt::format("n{}.wild.lab.", number)
                                    : hot_names[number % hot_names.size()];
}

}  // namespace

struct SteadyLoad::Line {
    int fd = -1;
    std::uint16_t last_id = 0;
    std::unordered_map<std::uint16_t, SteadyTime::time_point> waiting{};
    std::vector<std::uint8_t> unread{};  // of a stream
    std::vector<std::uint8_t> unsent{};
};

SteadyLoad::SteadyLoad(const Endpoint& where, const LoadOptions& options)
    : where_(where), options_(options), thread_([this] { run(); }) {}

SteadyLoad::~SteadyLoad() {
    end();
}

LoadCounts SteadyLoad::end() {
    is_ending_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
    return counts_;
}

void SteadyLoad::ask(Line& line) {
    if (line.fd < 0 || (options_.over_tcp && line.waiting.size() >= options_.waiting_max)) {
        return;
    }
    const std::uint16_t id = ++line.last_id;
    if (line.waiting.contains(id)) {
        return;
    }
    auto query = query_for(name_of_number(next_name_++), dns::Type::a, id);
    if (options_.over_tcp) {
        const auto size = static_cast<std::uint16_t>(query.size());
        query.insert(query.begin(), {static_cast<std::uint8_t>(size >> 8),
                                     static_cast<std::uint8_t>(size & 0xff)});
        line.unsent.insert(line.unsent.end(), query.begin(), query.end());
    } else if (::send(line.fd, query.data(), query.size(), MSG_DONTWAIT) < 0) {
        return;
    }
    line.waiting.emplace(id, SteadyTime::now());
    ++counts_.asked;
}

void SteadyLoad::take(Line& line, const std::uint8_t* message, std::size_t size) {
    const auto id = static_cast<std::uint16_t>(size < 4 ? 0 : message[0] << 8 | message[1]);
    const auto found = size < 4 ? line.waiting.end() : line.waiting.find(id);
    if (found == line.waiting.end()) {
        ++counts_.other;
        return;
    }
    const auto waited = std::chrono::duration_cast<milliseconds>(SteadyTime::now() - found->second);
    counts_.slowest_ms = std::max(counts_.slowest_ms, static_cast<std::uint64_t>(waited.count()));
    line.waiting.erase(found);
    const int rcode = message[3] & 0x0f;
    ++(rcode == 0 ? counts_.good : rcode == 2 ? counts_.servfail : counts_.other);
}

void SteadyLoad::hear(Line& line) {
    std::array<std::uint8_t, 65'536> buffer;
    while (line.fd >= 0) {  // ends when nothing is there
        if (!line.unsent.empty()) {
            const ssize_t sent = ::send(line.fd, line.unsent.data(), line.unsent.size(),
                                        MSG_DONTWAIT | MSG_NOSIGNAL);
            line.unsent.erase(line.unsent.begin(),
                              line.unsent.begin() + std::max<ssize_t>(sent, 0));
        }
        const ssize_t size = recv(line.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == ECONNREFUSED)) {
            return;
        }
        if (!options_.over_tcp) {
            take(line, buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
            continue;
        }
        if (size <= 0) {
            ++counts_.broken;
            close(line.fd);
            line.fd = -1;
            return;
        }
        line.unread.insert(line.unread.end(), buffer.begin(), buffer.begin() + size);
        std::size_t at = 0;
        while (line.unread.size() - at >= 2) {
            const std::size_t length = std::size_t{line.unread[at]} << 8 | line.unread[at + 1];
            if (line.unread.size() - at - 2 < length) {
                break;
            }
            take(line, line.unread.data() + at + 2, length);
            at += 2 + length;
        }
        line.unread.erase(line.unread.begin(),
                          line.unread.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

void SteadyLoad::run() {
    std::vector<Line> lines(options_.sockets);
    sockaddr_storage address;
    const unsigned size = where_.to_sockaddr(address);
    for (Line& line : lines) {
        line.fd = socket(AF_INET, (options_.over_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
        setsockopt(line.fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_octets, sizeof buffer_octets);
        const int on = 1;
        setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(line.fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
            ++counts_.broken;
        }
    }
    const auto began = SteadyTime::now();
    std::uint64_t turns = 0;  // questions that were due so far
    while (!is_ending_) {
        std::this_thread::sleep_for(milliseconds(1));
        const std::chrono::duration<double> passed = SteadyTime::now() - began;
        const auto due = static_cast<std::uint64_t>(passed.count() * options_.per_second);
        turns = std::max(turns, due > 200 ? due - 200 : 0);  // who was stopped does not catch up
        for (; turns < due; ++turns) {
            ask(lines[turns % lines.size()]);
        }
        std::ranges::for_each(lines, [this](Line& line) { hear(line); });
    }
    const auto until = SteadyTime::now() + last_patience;
    const auto is_waiting = [](const Line& line) { return !line.waiting.empty(); };
    while (std::ranges::any_of(lines, is_waiting) && SteadyTime::now() < until) {
        std::this_thread::sleep_for(milliseconds(1));
        std::ranges::for_each(lines, [this](Line& line) { hear(line); });
    }
    for (const Line& line : lines) {
        counts_.lost += line.waiting.size();
        close(line.fd);
    }
}

}  // namespace wend::live
