// The wend program as a child process, and a plain client for it: real sockets on loopback.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/address.h"
#include "base/octets.h"
#include "dns/message.h"
#include "tests/temporary_directory.h"

namespace wend::live {

// A child process whose output is read; it is ended and waited for at the end.
class Child {
  public:
    explicit Child(const std::vector<std::string>& arguments);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&&) = delete;
    Child& operator=(Child&&) = delete;
    ~Child();

    // Standard output, until `lines` lines have come, or its end, or 20 seconds.
    std::string read_lines(std::size_t lines);
    // Standard error, to its end.
    std::string read_errors();
    // What comes there next, as far as the line that has `word`; or to its end, or 20 seconds.
    std::string read_errors_until(std::string_view word);

    int pid() const { return pid_; }

    void signal(int number) const;
    // The exit status, or 128 and the signal's number. Waits.
    int wait();
    // Whether it has not ended yet.
    bool runs();

  private:
    pid_t pid_ = -1;
    int out_ = -1;
    int errors_ = -1;
    std::string read_ahead_;  // of standard error
    std::optional<int> status_;
};

// `wend serve` on a port of 127.0.0.1 that the kernel chose.
class Daemon {
  public:
    // `settings`: further members of the configuration, without braces. `flags`: "--lab".
    explicit Daemon(std::string_view settings, const std::vector<std::string>& flags = {});

    const Endpoint& endpoint() const { return endpoint_; }

    const std::string& greeting() const { return greeting_; }

    // Its configuration from the next time on that it is read; the whole text.
    void write_config(std::string_view text) const { directory_.write("wend.json", text); }

    Child& process() { return *process_; }

  private:
    TemporaryDirectory directory_;
    std::optional<Child> process_;
    std::string greeting_;
    Endpoint endpoint_;
};

struct AskOptions {
    bool recursion_desired = true;
    bool dnssec_ok = false;
    std::uint16_t payload_size = 1232;
    bool authentic_data = false;  // wants to know whether the answer was validated (RFC 6840 5.7)
    bool checking_disabled = false;
};

std::vector<std::uint8_t> query_for(std::string_view name, dns::Type type, std::uint16_t id,
                                    const AskOptions& options = {});

// A connected UDP or TCP socket.
class Socket {
  public:
    Socket(const Endpoint& to, int type, const std::optional<IpAddress>& from = std::nullopt);
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&&) = delete;
    ~Socket();

    // A datagram, or over TCP a message with its length in front.
    bool send(Octets message) const;
    // Nothing after `patience`, or at the end of a stream.
    std::optional<std::vector<std::uint8_t>> receive(std::chrono::milliseconds patience) const;

  private:
    bool read_whole(MutableOctets to, std::chrono::milliseconds patience) const;

    int fd_ = -1;
    int type_ = 0;
};

// One question over UDP, with a second try over TCP where it was truncated; nothing if there was no
// answer in `patience`.
std::optional<dns::Message> ask(const Endpoint& server, std::string_view name, dns::Type type,
                                std::chrono::milliseconds patience = std::chrono::seconds(10));
std::optional<dns::Message> ask_with(const AskOptions& options, const Endpoint& server,
                                     std::string_view name, dns::Type type);
std::optional<dns::Message> ask_over_tcp(
    const Endpoint& server, std::string_view name, dns::Type type,
    std::chrono::milliseconds patience = std::chrono::seconds(10));

std::optional<std::uint16_t> extended_error_of(const dns::Message& message);

}  // namespace wend::live
