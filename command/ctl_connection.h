// `wend ctl`'s way to a server: HTTP/1.1 over a unix socket or TCP, one question at a time. Waits.
#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "transport/http1.h"
#include "transport/uv_poller.h"

namespace wend {

// Where the server is, and what it is shown.
struct CtlTarget {
    std::string socket{};  // the path of a unix socket; else
    std::string host{};    // a name or an address, IPv6 without brackets
    std::string port{};
    std::string token{};  // empty: none
};

// "http://127.0.0.1:8053", "http://[::1]:8053/". The error is a sentence.
std::expected<CtlTarget, std::string> target_from_url(std::string_view url);

struct CtlFault {
    enum class Kind { nobody_there, not_allowed, failed };

    Kind kind = Kind::failed;
    std::string sentence;
};

class CtlConnection {
  public:
    explicit CtlConnection(CtlTarget target) : target_(std::move(target)) {}

    // POST. Connects, or again where the server has closed a connection that was idle.
    std::expected<Http1Answer, CtlFault> ask(std::string_view path, std::string_view body);

    // "/run/wend/control.sock", "127.0.0.1:8053".
    std::string name() const;

  private:
    std::expected<void, CtlFault> connect();
    std::expected<void, CtlFault> connect_unix();
    std::expected<void, CtlFault> connect_tcp();
    // Nothing: the connection ended before an answer began.
    std::expected<std::optional<Http1Answer>, CtlFault> exchange(std::string_view request);
    CtlFault broken(std::string_view why) const;

    CtlTarget target_;
    Descriptor socket_;
};

}  // namespace wend
