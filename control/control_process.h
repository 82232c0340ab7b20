// The control process: its end of the link, the board, and the doors that the server wants open.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/durable_file.h"
#include "base/random.h"
#include "config/doors.h"
#include "control/door.h"
#include "control/link_asker.h"
#include "observe/board.h"
#include "transport/http_server.h"
#include "transport/link.h"
#include "transport/unix_socket.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"

namespace wend {

// One thread. The loop and the link outlive it, and the link calls it no more once it has gone.
class ControlProcess final : private Timer {
  public:
    struct World {
        UvLoop& loop;
        UvClock& clock;
        ControlLink& link;
        BoardView board;
        std::string_view compiler;
        std::function<void()> on_closed;  // the server has gone: there is nothing more to do
        HttpServerOptions limits{};
    };

    // Waits for the server to say which doors it wants (LinkNotice::hello).
    explicit ControlProcess(World world);
    ControlProcess(const ControlProcess&) = delete;
    ControlProcess& operator=(const ControlProcess&) = delete;
    ControlProcess(ControlProcess&&) = delete;
    ControlProcess& operator=(ControlProcess&&) = delete;
    ~ControlProcess() override;

    // Doors that are open: "/run/wend/control.sock", "127.0.0.1:8053".
    std::vector<std::string> open_doors() const;

    const Door& door() const { return *door_; }

  private:
    struct OpenDoor {
        UnixSocketFile file{};  // of a unix socket
        std::unique_ptr<HttpServer> server;
    };

    // When answers that were owed as the server ended have left.
    static constexpr Duration farewell = std::chrono::milliseconds(20);

    void expire() override { world_.on_closed(); }

    void on_message(LinkMessage message);
    void open(Doors doors);
    void close_all_but(const Doors& doors);
    std::expected<OpenDoor, std::string> open_unix(const std::string& path);
    std::expected<OpenDoor, std::string> open_tcp(const Endpoint& where, bool plain);
    std::expected<OpenDoor, std::string> serve(Descriptor socket);
    void keep(const std::string& name, std::expected<OpenDoor, std::string> opened);
    void tell(LinkNotice::Kind kind, std::string text);

    World world_;
    KernelFiles files_;
    KernelRandom random_;
    LinkAsker asker_;
    std::unique_ptr<Door> door_;
    std::map<std::string, OpenDoor> doors_;  // by where they are
};

}  // namespace wend
