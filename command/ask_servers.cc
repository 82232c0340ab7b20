#include "command/ask_servers.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"
#include "dns/types.h"

namespace wend {
namespace {

using Clock = std::chrono::steady_clock;
using Wire = std::vector<std::uint8_t>;

constexpr std::size_t header_octets = 12;

// One query on its way over one of the two transports.
class Attempt {
  public:
    Attempt(std::size_t server, bool is_tcp, const Endpoint& to, Wire query)
        : server_(server), is_tcp_(is_tcp), query_(std::move(query)) {
        sockaddr_storage address{};
        const socklen_t size = to.to_sockaddr(address);
        const int type = (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
        socket_ = socket(address.ss_family, type, 0);
        if (is_tcp_) {
            query_.insert(query_.begin(), {static_cast<std::uint8_t>(query_.size() >> 8),
                                           static_cast<std::uint8_t>(query_.size())});
        }
        // The kernel's interface wants its own type for every family.
        const auto* const raw = reinterpret_cast<const sockaddr*>(&address);
        if (socket_ >= 0 && connect(socket_, raw, size) != 0 && !is_tcp_) {
            stop();
        }
    }

    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    Attempt(Attempt&& other) noexcept
        : server_(other.server_),
          is_tcp_(other.is_tcp_),
          socket_(std::exchange(other.socket_, -1)),
          is_sent_(other.is_sent_),
          query_(std::move(other.query_)),
          reply_(std::move(other.reply_)) {}

    Attempt& operator=(Attempt&&) = delete;

    ~Attempt() { stop(); }

    // What to wait for; a negative descriptor for nothing.
    pollfd wanted() const {
        return {
            .fd = socket_, .events = static_cast<short>(is_sent_ ? POLLIN : POLLOUT), .revents = 0};
    }

    // Whether the server has answered. Ends the attempt then, and when it has failed.
    bool go_on() {
        if (!is_sent_) {
            is_sent_ =
                true;  // it is short: a fresh socket takes it whole, or the attempt has failed
            const auto size = static_cast<ssize_t>(query_.size());
            if (send(socket_, query_.data(), query_.size(), MSG_NOSIGNAL) != size) {
                stop();
            }
            return false;
        }
        std::array<std::uint8_t, 4096> part{};
        const ssize_t got = recv(socket_, part.data(), part.size(), 0);
        if (got <= 0) {
            stop();
            return false;
        }
        if (!is_tcp_) {
            reply_.clear();
        }
        reply_.insert(reply_.end(), part.begin(), part.begin() + got);
        const std::size_t skipped = is_tcp_ ? 2 : 0;
        if (reply_.size() < skipped + header_octets) {
            return false;
        }
        const bool is_ours = reply_[skipped] == query_[skipped] &&
                             reply_[skipped + 1] == query_[skipped + 1] &&
                             (reply_[skipped + 2] & 0x80U) != 0;
        if (is_ours || is_tcp_) {
            stop();
        }
        return is_ours;
    }

    std::size_t server() const { return server_; }

    bool is_tcp() const { return is_tcp_; }

  private:
    void stop() {
        if (socket_ >= 0) {
            close(std::exchange(socket_, -1));
        }
    }

    std::size_t server_;
    bool is_tcp_;
    int socket_ = -1;
    bool is_sent_ = false;
    Wire query_;
    Wire reply_{};
};

Wire query_for(const dns::Name& zone, bool recursion_desired, std::uint64_t id) {
    Wire query = {static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id),
                  static_cast<std::uint8_t>(recursion_desired ? 1 : 0)};
    query.resize(header_octets);
    query[5] = 1;  // one question
    const Octets name = zone.wire();
    query.insert(query.end(), name.begin(), name.end());
    constexpr std::uint8_t soa = 6;
    constexpr std::uint8_t internet = 1;
    query.insert(query.end(), {0, soa, 0, internet});
    return query;
}

struct Question {
    AskedServer asked;
    Wire query;
};

std::vector<Question> questions_for(const Config& config) {
    std::vector<Question> questions;
    KernelRandom random;
    for (const auto* const zones : {&config.forward, &config.stub}) {
        for (const Config::Zone& zone : *zones) {
            for (const Endpoint& server : zone.addresses) {
                if (questions.size() < asked_servers_max) {
                    Question question;
                    question.asked.zone = to_text(zone.zone);
                    question.asked.server = server;
                    question.query = query_for(zone.zone, zones == &config.forward, random.next());
                    questions.push_back(std::move(question));
                }
            }
        }
    }
    return questions;
}

}  // namespace

std::vector<AskedServer> ask_servers(const Config& config, std::chrono::milliseconds patience) {
    const std::vector<Question> questions = questions_for(config);
    std::vector<AskedServer> asked;
    std::vector<Attempt> attempts;
    for (const Question& question : questions) {
        asked.push_back(question.asked);
        for (const bool is_tcp : {false, true}) {
            attempts.emplace_back(asked.size() - 1, is_tcp, question.asked.server, question.query);
        }
    }
    const auto end = Clock::now() + patience;
    while (true) {
        std::vector<pollfd> waiting;
        bool is_open = false;
        for (const Attempt& attempt : attempts) {
            waiting.push_back(attempt.wanted());
            is_open = is_open || waiting.back().fd >= 0;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        if (!is_open || left.count() <= 0 ||
            poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) < 0) {
            return asked;
        }
        for (std::size_t i = 0; i < attempts.size(); ++i) {
            if (waiting[i].revents != 0 && attempts[i].go_on()) {
                AskedServer& server = asked[attempts[i].server()];
                (attempts[i].is_tcp() ? server.answered_tcp : server.answered_udp) = true;
            }
        }
    }
}

}  // namespace wend
