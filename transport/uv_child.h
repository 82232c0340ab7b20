// A process of ours, started by the loop and waited for by it.
#pragma once
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <uv.h>

#include "transport/uv_handle.h"
#include "transport/uv_loop.h"

namespace wend {

struct ChildCommand {
    std::string program;                 // a path
    std::vector<std::string> arguments;  // the first is its own name
    // Become its descriptors 3, 4 and so on. Standard error is ours; standard input and output are
    // /dev/null. What else is open is closed by exec.
    std::vector<int> descriptors;
};

// How it ended: an exit status, or a signal that is not 0.
struct ChildEnd {
    int status = 0;
    int signal = 0;

    bool operator==(const ChildEnd&) const = default;
};

// "exit status 1", "signal 9 (Killed)".
std::string to_text(const ChildEnd& end);

// One thread, that of the loop, which it does not keep running. Destroyed while the process runs it
// is killed and waited for.
class UvChild {
  public:
    // `on_end` is called from the loop, once; *this may be gone when it returns. The error is half
    // a sentence.
    static std::expected<std::unique_ptr<UvChild>, std::string> spawn(
        UvLoop& loop, const ChildCommand& command, std::function<void(const ChildEnd&)> on_end);
    UvChild(const UvChild&) = delete;
    UvChild& operator=(const UvChild&) = delete;
    UvChild(UvChild&&) = delete;
    UvChild& operator=(UvChild&&) = delete;
    ~UvChild();

    int pid() const { return handle_->pid; }

    // Whether it has ended, or does so within that time, for which the thread waits.
    bool ends_within(std::chrono::milliseconds patience) const;

    void kill(int signal);

  private:
    explicit UvChild(std::function<void(const ChildEnd&)> on_end);

    std::function<void(const ChildEnd&)> on_end_;
    bool runs_ = false;
    UvHandle<uv_process_t> handle_;
};

}  // namespace wend
