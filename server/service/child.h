// The control process, as the serving process sees it: our own program started once more for the
// doors (`wend control`), joined by a link and the board, and started again when it ends. What goes
// wrong in it costs a door, never an answer.
#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "observe/board.h"
#include "server/service/restart_pace.h"
#include "transport/link.h"
#include "transport/uv_child.h"
#include "transport/uv_clock.h"
#include "transport/uv_link.h"

namespace wend {

// Where a control process finds what joins it to the server.
inline constexpr int control_link_fd = 3;
inline constexpr int control_board_fd = 4;

struct ControlChildOptions {
    std::string program = "/proc/self/exe";  // also after the file has been replaced by a newer one
    std::vector<std::string> arguments = {"wend", "control"};
    std::string doors;  // the text of its first notice (LinkNotice::hello)
};

// On the main worker's thread, from whose loop it is called back; destroyed after that has run and
// before the worker.
class ControlChild final : private Timer {
  public:
    // `board` is a shared one. `on_request` hears what is asked; it answers with send(), at once or
    // later. All outlive it.
    ControlChild(UvLoop& loop, UvClock& clock, Board& board, ControlChildOptions options,
                 std::function<void(LinkRequest)> on_request);
    ControlChild(const ControlChild&) = delete;
    ControlChild& operator=(const ControlChild&) = delete;
    ControlChild(ControlChild&&) = delete;
    ControlChild& operator=(ControlChild&&) = delete;
    // One that still runs is killed.
    ~ControlChild() override;

    // From the loop's thread, before it runs or while it does. One that cannot be started is tried
    // again as one that ended.
    void start();

    // Other doors shall be open: told now, and to who comes later.
    void set_doors(std::string doors);

    // As ControlLink::send(). The link is closed while no control process runs: whoever asked a
    // question before that is gone.
    std::expected<void, std::string> send(const LinkMessage& message);

    // The server ends: the link is closed, upon which the control process ends by itself.
    void stop();

    // Expires with the process that runs: an answer is for nobody else, as each counts its
    // questions from 1.
    std::weak_ptr<const bool> asker() const { return life_; }

    // Of the process; 0 while there is none.
    int pid() const { return child_ ? child_->pid() : 0; }

  private:
    std::expected<void, std::string> spawn();
    void tell_doors();
    void expire() override;
    void on_message(LinkMessage message);
    void on_notice(const LinkNotice& notice);
    void on_end(const ChildEnd& end);
    void try_again(const std::string& why);

    UvLoop& loop_;
    UvClock& clock_;
    Board& board_;
    ControlChildOptions options_;
    std::function<void(LinkRequest)> on_request_;
    RestartPace pace_;
    bool stood_ = false;  // its doors have been tried
    bool stopping_ = false;
    std::shared_ptr<const bool> life_;
    std::unique_ptr<UvLink> link_;
    std::unique_ptr<UvChild> child_;
};

}  // namespace wend
