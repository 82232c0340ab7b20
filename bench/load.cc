// Drives a resolver: a window of queries in flight over UDP from many client addresses, in batches.
// Prints one line of JSON. What is not answered in time is counted as lost and never asked again.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "bench/questions.h"

namespace wend::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t batch_max = 64;
constexpr std::size_t datagram_max = 1'500;

struct Options {
    std::string server;
    std::string client_base = "127.0.1.1";  // the first client's address; the others follow
    std::size_t clients = 8;
    std::size_t window = 512;  // in flight, all clients together
    double rate = 0;           // queries per second at most; 0: as fast as answers come
    double ramp = 0;           // seconds in which the rate grows from nothing to its whole
    double seconds = 0;        // 0: until the questions end
    std::size_t count = 0;     // 0: no limit
    double patience = 5;       // seconds until a query counts as lost
    QuestionOptions questions{};
};

struct Totals {
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint64_t lost = 0;
    std::size_t in_slot = 0;  // answered since the last 100 ms ended
    std::array<std::uint64_t, 16> rcodes{};
    std::vector<std::uint32_t> latencies_us;
};

// One client: a connected socket and its part of the window. A query's id is its place in the
// window plus a multiple of the window's size, another one each time.
class Client {
  public:
    Client(int fd, std::size_t window) : fd_(fd), places_(window) {
        for (std::size_t i = window; i > 0; --i) {
            free_.push_back(i - 1);
        }
    }

    bool has_room() const { return !free_.empty() && queued_ < batch_max; }

    std::size_t in_flight() const { return places_.size() - free_.size(); }

    int fd() const { return fd_; }

    // The id of the query that push() is to be given next.
    std::uint16_t next_id() const {
        const std::size_t place = free_.back();
        return static_cast<std::uint16_t>(place + places_[place].turn * places_.size());
    }

    void push(Octets query) {
        std::ranges::copy(query, octets_[queued_].begin());
        sizes_[queued_] = query.size();
        queued_places_[queued_++] = free_.back();
        free_.pop_back();
    }

    void flush(Totals& totals) {
        for (std::size_t i = 0; i < queued_; ++i) {
            parts_[i] = {octets_[i].data(), sizes_[i]};
            headers_[i] = {};
            headers_[i].msg_hdr.msg_iov = &parts_[i];
            headers_[i].msg_hdr.msg_iovlen = 1;
            places_[queued_places_[i]].sent_at = Clock::now();
            places_[queued_places_[i]].waiting = true;
        }
        for (std::size_t at = 0; at < queued_;) {
            const int sent = sendmmsg(fd_, &headers_[at], static_cast<unsigned>(queued_ - at), 0);
            at += sent > 0 ? static_cast<std::size_t>(sent) : 1;  // what fails will count as lost
        }
        totals.sent += queued_;
        queued_ = 0;
    }

    // Answers taken in.
    std::size_t receive(Totals& totals) {
        for (std::size_t i = 0; i < batch_max; ++i) {
            parts_[i] = {octets_[i].data(), datagram_max};
            headers_[i] = {};
            headers_[i].msg_hdr.msg_iov = &parts_[i];
            headers_[i].msg_hdr.msg_iovlen = 1;
        }
        const int got = recvmmsg(fd_, headers_.data(), batch_max, MSG_DONTWAIT, nullptr);
        const Clock::time_point now = Clock::now();
        for (int i = 0; i < got; ++i) {
            const auto at = static_cast<std::size_t>(i);
            take(Octets(octets_[at]).first(headers_[at].msg_len), now, totals);
        }
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }

    void give_up(Clock::time_point before, Totals& totals) {
        for (std::size_t place = 0; place < places_.size(); ++place) {
            if (places_[place].waiting && places_[place].sent_at < before) {
                ++totals.lost;
                release(place);
            }
        }
    }

  private:
    struct Place {
        Clock::time_point sent_at{};
        std::size_t turn = 0;
        bool waiting = false;
    };

    void take(Octets answer, Clock::time_point now, Totals& totals) {
        if (answer.size() < 12) {
            return;
        }
        const std::size_t id = std::size_t{answer[0]} << 8 | answer[1];
        const std::size_t place = id % places_.size();
        if (!places_[place].waiting ||
            static_cast<std::uint16_t>(place + places_[place].turn * places_.size()) != id) {
            return;
        }
        ++totals.answered;
        ++totals.in_slot;
        ++totals.rcodes[answer[3] & 0xfU];
        const auto waited = now - places_[place].sent_at;
        totals.latencies_us.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(waited).count()));
        release(place);
    }

    void release(std::size_t place) {
        places_[place].waiting = false;
        // Ids of this place: as many as fit in 16 bits.
        places_[place].turn = (places_[place].turn + 1) % (65'536 / places_.size());
        free_.push_back(place);
    }

    int fd_;
    std::vector<Place> places_;
    std::vector<std::size_t> free_;
    std::size_t queued_ = 0;
    std::array<std::size_t, batch_max> queued_places_{};
    std::array<std::size_t, batch_max> sizes_{};
    std::array<std::array<std::uint8_t, datagram_max>, batch_max> octets_{};
    std::array<iovec, batch_max> parts_{};
    std::array<mmsghdr, batch_max> headers_{};
};

class Load {
  public:
    Load(const Options& options, Questions questions)
        : options_(options), questions_(std::move(questions)) {}

    bool open() {
        const auto base = IpAddress::from_text(options_.client_base);
        const auto server = Endpoint::from_text(options_.server);
        if (!base || !server) {
            return false;
        }
        const std::size_t share = std::max<std::size_t>(1, options_.window / options_.clients);
        for (std::size_t i = 0; i < options_.clients; ++i) {
            const int fd = connected_socket(*base, i, *server);
            if (fd < 0) {
                return false;
            }
            clients_.push_back(std::make_unique<Client>(fd, share));
        }
        return true;
    }

    void run() {
        started_ = Clock::now();
        auto next_sweep = started_;
        while (true) {
            const std::size_t moved = turn();
            const auto now = Clock::now();
            if (now >= next_sweep) {
                next_sweep = now + std::chrono::milliseconds(100);
                give_up_old(now);
                end_slot();
            }
            if (is_over(now) && in_flight() == 0) {
                break;
            }
            if (moved == 0) {
                wait();
            }
        }
        seconds_ = std::chrono::duration<double>(Clock::now() - started_).count();
    }

    void print() {
        auto& latencies = totals_.latencies_us;
        const auto percentile = [&](double share) {
            if (latencies.empty()) {
                return std::uint32_t{0};
            }
            const auto at =
                static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies.size() - 1));
            std::ranges::nth_element(latencies, latencies.begin() + at);
            return latencies[static_cast<std::size_t>(at)];
        };
        fmt::print(
            R"({{"sent":{},"answered":{},"lost":{},"seconds":{:.3f},"p50_us":{},"p99_us":{},)"
            R"("p999_us":{},"noerror":{},"servfail":{},"nxdomain":{},"refused":{},)"
            R"("least_100ms":{}}})"
            "\n",
            totals_.sent, totals_.answered, totals_.lost, seconds_, percentile(0.5),
            percentile(0.99), percentile(0.999), totals_.rcodes[0], totals_.rcodes[2],
            totals_.rcodes[3], totals_.rcodes[5],
            least_in_slot_ == std::numeric_limits<std::size_t>::max() ? 0 : least_in_slot_);
    }

  private:
    static int connected_socket(const IpAddress& base, std::size_t number, const Endpoint& server) {
        auto octets = std::vector<std::uint8_t>(base.octets().begin(), base.octets().end());
        const std::size_t last = std::size_t{octets[2]} << 8 | octets[3];
        octets[2] = static_cast<std::uint8_t>((last + number) >> 8);
        octets[3] = static_cast<std::uint8_t>(last + number);
        const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        const int buffer = 4 << 20;
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
        sockaddr_storage address;
        unsigned size = Endpoint{IpAddress::v4(octets), 0}.to_sockaddr(address);
        if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
            return -1;
        }
        size = server.to_sockaddr(address);
        return connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 ? fd : -1;
    }

    // Answers and queries that went through. The client after the last that sent comes first in the
    // next turn: a rate is spread over all.
    std::size_t turn() {
        std::size_t moved = 0;
        const std::size_t first = first_;
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            const std::size_t at = (first + i) % clients_.size();
            moved += clients_[at]->receive(totals_);
            const std::size_t pushed = fill(*clients_[at]);
            first_ = pushed > 0 ? at + 1 : first_;
            moved += pushed;
        }
        return moved;
    }

    std::size_t fill(Client& client) {
        std::size_t pushed = 0;
        while (client.has_room() && may_send()) {
            const Octets query = questions_.next(client.next_id());
            if (query.empty()) {
                ended_ = true;
                break;
            }
            client.push(query);
            ++begun_;
            ++pushed;
        }
        if (pushed > 0) {
            client.flush(totals_);
        }
        return pushed;
    }

    bool may_send() const {
        if (ended_ || (options_.count != 0 && begun_ >= options_.count)) {
            return false;
        }
        if (options_.rate == 0 && options_.seconds == 0) {
            return true;
        }
        const double spent = std::chrono::duration<double>(Clock::now() - started_).count();
        const bool early = options_.rate == 0 || static_cast<double>(begun_) < due(spent);
        return early && (options_.seconds == 0 || spent < options_.seconds);
    }

    // Queries that the rate lets out in the first so many seconds.
    double due(double spent) const {
        const double ramp = options_.ramp;
        return options_.rate * (spent < ramp ? spent * spent / (2 * ramp) : spent - ramp / 2);
    }

    bool is_over(Clock::time_point now) const {
        const bool enough = options_.count != 0 && begun_ >= options_.count;
        const double spent = std::chrono::duration<double>(now - started_).count();
        return ended_ || enough || (options_.seconds != 0 && spent >= options_.seconds);
    }

    std::size_t in_flight() const {
        std::size_t all = 0;
        for (const auto& client : clients_) {
            all += client->in_flight();
        }
        return all;
    }

    // The first is cut short by the start, and what comes after the last query counts for nothing.
    void end_slot() {
        const std::size_t answered = std::exchange(totals_.in_slot, 0U);
        if (slots_++ > 0 && may_send()) {
            least_in_slot_ = std::min(least_in_slot_, answered);
        }
    }

    void give_up_old(Clock::time_point now) {
        const auto patience = std::chrono::duration<double>(options_.patience);
        for (const auto& client : clients_) {
            client->give_up(now - std::chrono::duration_cast<Clock::duration>(patience), totals_);
        }
    }

    void wait() {
        std::vector<pollfd> sockets;
        for (const auto& client : clients_) {
            sockets.push_back({client->fd(), POLLIN, 0});
        }
        poll(sockets.data(), sockets.size(), 1);
    }

    Options options_;
    Questions questions_;
    std::vector<std::unique_ptr<Client>> clients_;
    Totals totals_{};
    Clock::time_point started_{};
    double seconds_ = 0;
    std::size_t begun_ = 0;
    std::size_t first_ = 0;  // the client whose turn it is
    bool ended_ = false;
    std::size_t slots_ = 0;  // of 100 ms that have ended
    std::size_t least_in_slot_ = std::numeric_limits<std::size_t>::max();
};

void add_options(CLI::App& app, Options& options, std::string& order) {
    app.add_option("--server", options.server)->required();
    app.add_option("--client-base", options.client_base);
    app.add_option("--clients", options.clients)->check(CLI::Range(1, 4096));
    app.add_option("--window", options.window)->check(CLI::Range(1, 65'536));
    app.add_option("--rate", options.rate);
    app.add_option("--ramp", options.ramp)->check(CLI::NonNegativeNumber);
    app.add_option("--seconds", options.seconds);
    app.add_option("--count", options.count);
    app.add_option("--patience", options.patience);
    app.add_option("--order", order)->check(CLI::IsMember({"once", "round", "zipf", "distinct"}));
    app.add_option("--names", options.questions.file);
    app.add_option("--suffix", options.questions.suffix);
    app.add_option("--first", options.questions.first);
    app.add_option("--skip", options.questions.skip);
    app.add_option("--seed", options.questions.seed);
    app.add_flag("--dnssec", options.questions.dnssec_ok);
}

Order order_of(const std::string& text) {
    return text == "once"    ? Order::once
           : text == "zipf"  ? Order::zipf
           : text == "round" ? Order::round
                             : Order::distinct;
}

}  // namespace
}  // namespace wend::bench

int main(int count, char** arguments) {
    using namespace wend::bench;
    CLI::App app("drives a resolver and prints one line of JSON");
    Options options;
    std::string order = "round";
    add_options(app, options, order);
    CLI11_PARSE(app, count, arguments);
    options.questions.order = order_of(order);
    auto questions = Questions::make(options.questions);
    if (!questions) {
        std::fputs("load: no questions\n", stderr);
        return 1;
    }
    Load load(options, std::move(*questions));
    if (!load.open()) {
        std::fputs("load: no socket to the server\n", stderr);
        return 1;
    }
    load.run();
    load.print();
    return 0;
}
