// `wend control`: the control process, which `wend serve` starts for its doors. It has no business
// of its own: its end of the link is descriptor 3, the board descriptor 4, and it ends with the
// server.
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command/commands.h"
#include "control/control_process.h"
#include "observe/board.h"
#include "server/service/child.h"
#include "transport/uv_clock.h"
#include "transport/uv_link.h"

namespace wend {
namespace {

// One that was started by hand, or whose server is gone already, has none.
bool has_link() {
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(control_link_fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_SEQPACKET;
}

// No program that it might start gets what it has, nor more than it has itself; and it does not
// outlive its server, whose terminal's and service manager's signals are the server's to judge.
void drop_what_is_not_needed() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_NAME, "wend-control");
    for (const int fd : {control_link_fd, control_board_fd}) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    close_range(control_board_fd + 1, ~0U, 0);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
        struct sigaction ignored{};
        ignored.sa_handler = SIG_IGN;
        sigaction(signal, &ignored, nullptr);
    }
}

#ifdef __clang__
constexpr std::string_view compiler = "clang " __clang_version__;
#else
constexpr std::string_view compiler = "gcc " __VERSION__;
#endif

}  // namespace

int control() {
    if (!has_link()) {
        return fail(
            "`wend control` is what `wend serve` starts for its control doors; it does nothing by "
            "itself");
    }
    drop_what_is_not_needed();
    auto board = open_board(control_board_fd, WEND_VERSION);
    if (!board) {
        return fail(board.error());
    }
    UvLoop loop;
    UvLink link(loop, Descriptor(control_link_fd), true);
    UvClock clock(loop);
    ControlProcess process({.loop = loop,
                            .clock = clock,
                            .link = link,
                            .board = board->view(),
                            .compiler = compiler,
                            .on_closed = [&] { loop.stop(); }});
    loop.run();
    return exit_done;
}

}  // namespace wend
