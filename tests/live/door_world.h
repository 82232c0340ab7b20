// A control process with its doors on real sockets, and a serving process of which only the end of
// the link is there: in a thread of its own, so that tests may wait on their sockets.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "config/doors.h"
#include "control/control_process.h"
#include "tests/temporary_directory.h"
#include "transport/link.h"
#include "transport/uv_link.h"
#include "transport/uv_loop.h"

namespace wend::live {

// A plain client: octets out, octets in.
class RawClient {
  public:
    static RawClient over_unix(const std::string& path);
    static RawClient over_tcp(const Endpoint& to);

    void send(std::string_view octets) const;
    // What comes until the other end closes, or nothing comes for so long.
    std::string read_to_end(std::chrono::milliseconds patience = std::chrono::seconds(10)) const;
    // At least one octet, unless it is closed or too late.
    std::string read_some(std::chrono::milliseconds patience = std::chrono::seconds(10)) const;
    bool is_closed(std::chrono::milliseconds patience) const;

    void close_now() { socket_.close(); }

  private:
    explicit RawClient(Descriptor socket) : socket_(std::move(socket)) {}

    Descriptor socket_;
};

class DoorWorld {
  public:
    // Answers what is asked over the link; nothing: it never does. Called in the world's thread.
    using Server = std::function<std::optional<LinkReply>(const LinkRequest&)>;

    explicit DoorWorld(Server server = {}, HttpServerOptions limits = {},
                       const std::function<void(Doors&)>& change = {});
    DoorWorld(const DoorWorld&) = delete;
    DoorWorld& operator=(const DoorWorld&) = delete;
    DoorWorld(DoorWorld&&) = delete;
    DoorWorld& operator=(DoorWorld&&) = delete;
    ~DoorWorld();

    const std::string& socket() const { return socket_; }

    const Endpoint& http() const { return http_; }

    const TemporaryDirectory& folder() const { return folder_; }

    // Runs it in the world's thread and waits.
    void run(const std::function<void()>& work);

    // The serving process ends.
    void cut_link();

    // What the control process has told so far, of one kind.
    std::vector<std::string> told(LinkNotice::Kind kind);

    ControlProcess& process() { return *process_; }

    void tell(const Doors& doors);

    Doors doors() const { return doors_; }

    // One request over the unix socket, or TCP, with its answer.
    std::string ask_unix(std::string_view request) const;
    std::string ask_tcp(std::string_view request) const;

    // A token of that scope, made by way of the unix socket.
    std::string token(std::string_view name, std::string_view scope) const;

  private:
    void serve();
    void on_message(const LinkMessage& message);

    TemporaryDirectory folder_;
    std::string socket_;
    Endpoint http_;
    Doors doors_;
    Server server_;
    Board board_;
    UvLoop loop_;
    std::unique_ptr<UvClock> clock_;
    std::unique_ptr<UvLink> server_end_;
    std::unique_ptr<UvLink> control_end_;
    std::unique_ptr<ControlProcess> process_;
    std::unique_ptr<UvWake> wake_;
    std::function<void()> work_;
    std::vector<LinkNotice> notices_;
    bool is_over_ = false;
    std::thread thread_;
};

// The status of an answer; 0 where there is none.
unsigned status_of(std::string_view answer);
std::string_view body_of_answer(std::string_view answer);
std::optional<std::string> field_of(std::string_view answer, std::string_view name);

// With all that a change wants. `more`: further fields, each with its line end.
std::string post(std::string_view path, std::string_view body, std::string_view more = {},
                 std::string_view host = "localhost");
std::string get(std::string_view path, std::string_view more = {},
                std::string_view host = "localhost");

}  // namespace wend::live
