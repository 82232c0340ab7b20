#include "tests/live/door_world.h"

#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "transport/listen.h"

namespace wend::live {
namespace {

using std::chrono::milliseconds;

bool has_input(int fd, milliseconds patience) {
    pollfd wanted{fd, POLLIN, 0};
    return poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
}

Board shared_board() {
    auto board = make_board(1, "9.9.9", false);
    REQUIRE(board);
    return std::move(*board);
}

}  // namespace

RawClient RawClient::over_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
    return RawClient(std::move(socket));
}

RawClient RawClient::over_tcp(const Endpoint& to) {
    sockaddr_storage address{};
    const unsigned size = to.to_sockaddr(address);
    Descriptor socket(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    return RawClient(std::move(socket));
}

void RawClient::send(std::string_view octets) const {
    while (!octets.empty()) {
        const ssize_t sent = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // the other end has closed: what it said shows why
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string RawClient::read_some(milliseconds patience) const {
    std::string text(65'536, '\0');
    const ssize_t size =
        has_input(socket_.get(), patience) ? recv(socket_.get(), text.data(), text.size(), 0) : 0;
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

std::string RawClient::read_to_end(milliseconds patience) const {
    std::string text;
    for (std::string part = read_some(patience); !part.empty(); part = read_some(patience)) {
        text += part;
    }
    return text;
}

bool RawClient::is_closed(milliseconds patience) const {
    char octet = 0;
    return has_input(socket_.get(), patience) && recv(socket_.get(), &octet, 1, MSG_PEEK) <= 0;
}

DoorWorld::DoorWorld(Server server, HttpServerOptions limits,
                     const std::function<void(Doors&)>& change)
    : socket_(folder_.path() + "/control.sock"),
      server_(std::move(server)),
      board_(shared_board()) {
    // A port that is free now; nobody else asks for it in between.
    const auto probe =
        open_listening_socket(*Endpoint::from_text("127.0.0.1:0", 1), Channel::tcp, Sharing::alone);
    REQUIRE(probe);
    http_ = bound_endpoint(probe->get());
    doors_.control.socket = socket_;
    doors_.http.listen = {http_};
    doors_.state_folder = folder_.path();
    if (change) {
        change(doors_);
    }
    const_cast<Descriptor&>(*probe).close();
    auto sockets = make_link_sockets();
    REQUIRE(sockets);
    clock_ = std::make_unique<UvClock>(loop_);
    server_end_ = std::make_unique<UvLink>(loop_, std::move(sockets->first), false);
    control_end_ = std::make_unique<UvLink>(loop_, std::move(sockets->second), false);
    server_end_->set_handlers(
        {.on_message = [this](const LinkMessage& message) { on_message(message); },
         .on_closed = [](std::string_view) {}});
    process_ = std::make_unique<ControlProcess>(ControlProcess::World{.loop = loop_,
                                                                      .clock = *clock_,
                                                                      .link = *control_end_,
                                                                      .board = board_.view(),
                                                                      .compiler = "none",
                                                                      .on_closed = [] {},
                                                                      .limits = limits});
    wake_ = std::make_unique<UvWake>(loop_, true, [this] {
        if (work_) {
            std::exchange(work_, {})();
        }
    });
    thread_ = std::thread([this] { serve(); });
    tell(doors_);
}

DoorWorld::~DoorWorld() {
    run([this] { is_over_ = true; });
    thread_.join();
    process_.reset();
}

void DoorWorld::serve() {
    while (!is_over_) {
        loop_.run_once();
    }
}

void DoorWorld::run(const std::function<void()>& work) {
    std::promise<void> done;
    work_ = [&] {
        work();
        done.set_value();
    };
    std::atomic_thread_fence(std::memory_order_seq_cst);
    wake_->wake();
    done.get_future().wait();
}

void DoorWorld::on_message(const LinkMessage& message) {
    if (const auto* const notice = std::get_if<LinkNotice>(&message)) {
        notices_.push_back(*notice);
    } else if (const auto* const request = std::get_if<LinkRequest>(&message)) {
        if (auto reply = server_ ? server_(*request) : std::nullopt) {
            reply->id = request->id;
            static_cast<void>(server_end_->send(std::move(*reply)));
        }
    }
}

void DoorWorld::tell(const Doors& doors) {
    std::size_t before = told(LinkNotice::Kind::doors_opened).size();
    run([&] {
        REQUIRE(
            server_end_->send(LinkNotice{.kind = LinkNotice::Kind::hello, .text = to_text(doors)}));
    });
    for (int i = 0; i < 1'000 && told(LinkNotice::Kind::doors_opened).size() == before; ++i) {
        std::this_thread::sleep_for(milliseconds(2));
    }
    REQUIRE(told(LinkNotice::Kind::doors_opened).size() == before + 1);
}

void DoorWorld::cut_link() {
    run([this] { server_end_.reset(); });
}

std::vector<std::string> DoorWorld::told(LinkNotice::Kind kind) {
    std::vector<std::string> texts;
    run([&] {
        for (const LinkNotice& notice : notices_) {
            if (notice.kind == kind) {
                texts.push_back(notice.text);
            }
        }
    });
    return texts;
}

std::string DoorWorld::ask_unix(std::string_view request) const {
    const RawClient client = RawClient::over_unix(socket_);
    client.send(request);
    return client.read_to_end();
}

std::string DoorWorld::ask_tcp(std::string_view request) const {
    const RawClient client = RawClient::over_tcp(http_);
    client.send(request);
    return client.read_to_end();
}

std::string DoorWorld::token(std::string_view name, std::string_view scope) const {
    const std::string answer = ask_unix(post(
        "/v1/token/new", fmt::format(R"({{"arguments":["{}","--scope","{}"]}})", name, scope)));
    REQUIRE(status_of(answer) == 200);
    const std::size_t at = answer.find("wend_");
    REQUIRE(at != std::string::npos);
    return answer.substr(at, answer.find('"', at) - at);
}

unsigned status_of(std::string_view answer) {
    if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) {
        return 0;
    }
    return static_cast<unsigned>(std::stoul(std::string(answer.substr(9, 3))));
}

std::string_view body_of_answer(std::string_view answer) {
    const std::size_t at = answer.find("\r\n\r\n");
    return at == std::string_view::npos ? "" : answer.substr(at + 4);
}

std::optional<std::string> field_of(std::string_view answer, std::string_view name) {
    const std::string_view head = answer.substr(0, answer.find("\r\n\r\n") + 2);
    const std::string wanted = fmt::format("\r\n{}: ", name);
    const std::size_t at = head.find(wanted);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view value = head.substr(at + wanted.size());
    return std::string(value.substr(0, value.find("\r\n")));
}

std::string post(std::string_view path, std::string_view body, std::string_view more,
                 std::string_view host) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nX-Wend: 1\r\n"
        "Connection: close\r\n{}Content-Length: {}\r\n\r\n{}",
        path, host, more, body.size(), body);
}

std::string get(std::string_view path, std::string_view more, std::string_view host) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{}\r\n", path, host,
                       more);
}

}  // namespace wend::live
