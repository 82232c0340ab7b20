#include "tests/live/wend_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>
#include <utility>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dns/message_builder.h"

namespace wend::live {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds output_patience = std::chrono::seconds(20);
constexpr milliseconds end_patience = std::chrono::seconds(20);
constexpr milliseconds answer_patience = std::chrono::seconds(10);

bool is_readable(int fd, milliseconds patience) {
    pollfd wanted{fd, POLLIN, 0};
    return poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
}

std::string read_all(int fd, std::size_t lines) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (static_cast<std::size_t>(std::ranges::count(text, '\n')) < lines) {
        const ssize_t size =
            is_readable(fd, output_patience) ? read(fd, buffer.data(), buffer.size()) : 0;
        if (size <= 0) {
            break;
        }
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    std::array<int, 2> out{};
    std::array<int, 2> errors{};
    REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
    REQUIRE(pipe2(errors.data(), O_CLOEXEC) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(errors[1], STDERR_FILENO);
        execv(argv.front(), argv.data());
        _exit(127);
    }
    close(out[1]);
    close(errors[1]);
    out_ = out[0];
    errors_ = errors[0];
}

Child::~Child() {
    if (!status_) {
        signal(SIGTERM);
        wait();
    }
    close(out_);
    close(errors_);
}

std::string Child::read_lines(std::size_t lines) {
    return read_all(out_, lines);
}

std::string Child::read_errors() {
    return std::exchange(read_ahead_, {}) + read_all(errors_, SIZE_MAX);
}

std::string Child::read_errors_until(std::string_view word) {
    std::array<char, 4096> buffer{};
    for (;;) {  // ends with the output, or when nothing comes in time
        const std::size_t at = read_ahead_.find(word);
        const std::size_t end = at == std::string::npos ? at : read_ahead_.find('\n', at);
        if (end != std::string::npos) {
            const std::string text = read_ahead_.substr(0, end + 1);
            read_ahead_.erase(0, end + 1);
            return text;
        }
        const ssize_t size =
            is_readable(errors_, output_patience) ? read(errors_, buffer.data(), buffer.size()) : 0;
        if (size <= 0) {
            return std::exchange(read_ahead_, {});
        }
        read_ahead_.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

void Child::signal(int number) const {
    kill(pid_, number);
}

bool Child::runs() {
    int status = 0;
    if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) {
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return !status_;
}

int Child::wait() {
    const auto deadline = std::chrono::steady_clock::now() + end_patience;
    while (runs()) {
        if (std::chrono::steady_clock::now() > deadline) {
            signal(SIGKILL);
        }
        std::this_thread::sleep_for(milliseconds(5));
    }
    return *status_;
}

Daemon::Daemon(std::string_view settings, const std::vector<std::string>& flags) {
    const std::string config = directory_.write(
        "wend.json", "{\"listen\": [\"127.0.0.1:0\"]" + std::string(settings) + "}");
    std::vector<std::string> arguments = {WEND_PROGRAM, "serve", "--config", config};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    process_.emplace(arguments);
    const bool in_lab = std::ranges::find(flags, "--lab") != flags.end();
    greeting_ = process_->read_lines(in_lab ? 4 : 3);
    const std::size_t at = greeting_.find("127.0.0.1:");
    if (at == std::string::npos) {
        FAIL("wend did not start: " << greeting_ << process_->read_errors());
    }
    const auto endpoint =
        Endpoint::from_text(greeting_.substr(at, greeting_.find_first_of(" ,", at) - at));
    REQUIRE(endpoint);
    endpoint_ = *endpoint;
}

std::vector<std::uint8_t> query_for(std::string_view name, dns::Type type, std::uint16_t id,
                                    const AskOptions& options) {
    dns::Header header;
    header.id = id;
    header.rd = options.recursion_desired;
    header.ad = options.authentic_data;
    header.cd = options.checking_disabled;
    const dns::Question question{dns::name_of(name), type, dns::Class::in};
    dns::EdnsToSend edns;
    edns.dnssec_ok = options.dnssec_ok;
    edns.udp_payload_size = options.payload_size;
    std::vector<std::uint8_t> octets(512);
    dns::MessageBuilder builder(octets, octets.size());
    builder.start(header, dns::Rcode::noerror, &question, &edns);
    octets.resize(builder.finish().size());
    return octets;
}

Socket::Socket(const Endpoint& to, int type, const std::optional<IpAddress>& from)
    : fd_(socket(to.ip.is_v4() ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0)), type_(type) {
    REQUIRE(fd_ >= 0);
    sockaddr_storage address;
    if (from) {
        const unsigned own_size = Endpoint{*from, 0}.to_sockaddr(address);
        REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), own_size) == 0);
    }
    const unsigned size = to.to_sockaddr(address);
    REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), type_(other.type_) {}

Socket::~Socket() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

bool Socket::send(Octets message) const {
    std::vector<std::uint8_t> octets(message.begin(), message.end());
    if (type_ == SOCK_STREAM) {
        octets.insert(octets.begin(), 2, 0);
        store_u16(octets, 0, static_cast<std::uint16_t>(message.size()));
    }
    return ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(octets.size());
}

bool Socket::read_whole(MutableOctets to, milliseconds patience) const {
    std::size_t done = 0;
    while (done < to.size()) {
        const ssize_t size =
            is_readable(fd_, patience) ? read(fd_, to.data() + done, to.size() - done) : 0;
        if (size <= 0) {
            return false;
        }
        done += static_cast<std::size_t>(size);
    }
    return true;
}

std::optional<std::vector<std::uint8_t>> Socket::receive(milliseconds patience) const {
    std::vector<std::uint8_t> octets(65'535);
    if (type_ == SOCK_DGRAM) {
        const ssize_t size =
            is_readable(fd_, patience) ? recv(fd_, octets.data(), octets.size(), 0) : -1;
        if (size < 0) {
            return std::nullopt;
        }
        octets.resize(static_cast<std::size_t>(size));
        return octets;
    }
    std::array<std::uint8_t, 2> length{};
    if (!read_whole(length, patience)) {
        return std::nullopt;
    }
    octets.resize(load_u16(length, 0));
    if (!read_whole(octets, patience)) {
        return std::nullopt;
    }
    return octets;
}

namespace {

std::optional<dns::Message> ask_over(int type, const Endpoint& server, std::string_view name,
                                     dns::Type qtype, milliseconds patience,
                                     const AskOptions& options = {}) {
    const Socket socket(server, type);
    if (!socket.send(query_for(name, qtype, 4711, options))) {
        return std::nullopt;
    }
    const auto reply = socket.receive(patience);
    if (!reply) {
        return std::nullopt;
    }
    auto message = dns::Message::parse(*reply);
    REQUIRE(message);
    CHECK(message->header().id == 4711);
    CHECK(message->header().qr);
    return std::move(*message);
}

}  // namespace

std::optional<dns::Message> ask(const Endpoint& server, std::string_view name, dns::Type type,
                                milliseconds patience) {
    auto message = ask_over(SOCK_DGRAM, server, name, type, patience);
    if (message && message->header().tc) {
        return ask_over_tcp(server, name, type, patience);
    }
    return message;
}

std::optional<dns::Message> ask_with(const AskOptions& options, const Endpoint& server,
                                     std::string_view name, dns::Type type) {
    auto message = ask_over(SOCK_DGRAM, server, name, type, answer_patience, options);
    if (message && message->header().tc) {
        return ask_over(SOCK_STREAM, server, name, type, answer_patience, options);
    }
    return message;
}

std::optional<dns::Message> ask_over_tcp(const Endpoint& server, std::string_view name,
                                         dns::Type type, milliseconds patience) {
    return ask_over(SOCK_STREAM, server, name, type, patience);
}

std::optional<std::uint16_t> extended_error_of(const dns::Message& message) {
    const dns::EdnsOption* const option =
        message.edns() == nullptr ? nullptr : message.edns()->find(dns::OptionCode::extended_error);
    return option == nullptr ? std::nullopt : std::optional(load_u16(option->data, 0));
}

}  // namespace wend::live
