#include "transport/uv_child.h"

#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sys/wait.h>

namespace wend {
namespace {

uv_stdio_container_t inherited(int fd) {
    uv_stdio_container_t container{};
    container.flags = UV_INHERIT_FD;
    container.data.fd = fd;
    return container;
}

}  // namespace

std::string to_text(const ChildEnd& end) {
    return end.signal != 0 ? fmt::format("signal {} ({})", end.signal, strsignal(end.signal))
                           : fmt::format("exit status {}", end.status);
}

UvChild::UvChild(std::function<void(const ChildEnd&)> on_end)
    : on_end_(std::move(on_end)), handle_(new uv_process_t{}) {
    handle_->data = this;
}

std::expected<std::unique_ptr<UvChild>, std::string> UvChild::spawn(
    UvLoop& loop, const ChildCommand& command, std::function<void(const ChildEnd&)> on_end) {
    std::unique_ptr<UvChild> child(new UvChild(std::move(on_end)));
    std::vector<std::string> words = command.arguments;
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    uv_stdio_container_t nothing{};
    nothing.flags = UV_IGNORE;
    std::vector<uv_stdio_container_t> stdio = {nothing, nothing, inherited(2)};
    for (const int fd : command.descriptors) {
        stdio.push_back(inherited(fd));
    }
    uv_process_options_t options{};
    options.file = command.program.c_str();
    options.args = arguments.data();
    options.stdio = stdio.data();
    options.stdio_count = static_cast<int>(stdio.size());
    options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
        if (handle->data != nullptr) {
            auto& ended = *static_cast<UvChild*>(handle->data);
            ended.runs_ = false;
            const auto tell = std::move(ended.on_end_);
            tell({.status = static_cast<int>(status), .signal = signal});
        }
    };
    const int error = uv_spawn(loop.get(), child->handle_.get(), &options);
    if (error != 0) {
        return std::unexpected(std::string(uv_strerror(error)));
    }
    child->runs_ = true;
    uv_unref(reinterpret_cast<uv_handle_t*>(child->handle_.get()));
    return child;
}

// The loop waits for no process whose handle is closed.
UvChild::~UvChild() {
    if (runs_) {
        ::kill(pid(), SIGKILL);
        waitpid(pid(), nullptr, 0);
    }
}

// It is left to be reaped by whoever does so now: its number stays its own.
bool UvChild::ends_within(std::chrono::milliseconds patience) const {
    constexpr std::chrono::milliseconds step(2);
    for (auto waited = std::chrono::milliseconds(0); runs_ && waited < patience; waited += step) {
        siginfo_t info{};
        const int found =
            waitid(P_PID, static_cast<id_t>(pid()), &info, WEXITED | WNOHANG | WNOWAIT);
        if (found != 0 || info.si_pid != 0) {
            return true;
        }
        std::this_thread::sleep_for(step);
    }
    return !runs_;
}

void UvChild::kill(int signal) {
    if (runs_) {
        uv_process_kill(handle_.get(), signal);
    }
}

}  // namespace wend
