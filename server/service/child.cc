#include "server/service/child.h"

#include <chrono>
#include <csignal>
#include <new>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/check.h"

namespace wend {
namespace {

spdlog::level::level_enum level_of(LinkNotice::Level level) {
    switch (level) {
        case LinkNotice::Level::debug:
            return spdlog::level::debug;
        case LinkNotice::Level::warning:
            return spdlog::level::warn;
        case LinkNotice::Level::error:
            return spdlog::level::err;
        default:
            return spdlog::level::info;
    }
}

LinkNotice hello_of(const std::string& doors) {
    return {.kind = LinkNotice::Kind::hello, .level = LinkNotice::Level::info, .text = doors};
}

}  // namespace

ControlChild::ControlChild(UvLoop& loop, UvClock& clock, Board& board, ControlChildOptions options,
                           std::function<void(LinkRequest)> on_request)
    : loop_(loop),
      clock_(clock),
      board_(board),
      options_(std::move(options)),
      on_request_(std::move(on_request)) {
    check(board.fd() >= 0, "a control process reads a shared board");
}

// One that was told of the end says what it owes, such as the answer to `stop`, and goes.
ControlChild::~ControlChild() {
    constexpr std::chrono::milliseconds farewell(250);
    clock_.cancel(*this);
    if (stopping_ && child_ != nullptr) {
        child_->ends_within(farewell);
    }
}

void ControlChild::start() {
    check(child_ == nullptr && !stopping_, "one control process runs at a time");
    const auto spawned = spawn();
    if (!spawned) {
        link_.reset();
        try_again("the control process cannot be started: " + spawned.error());
    }
}

std::expected<void, std::string> ControlChild::spawn() {
    stood_ = false;
    auto sockets = make_link_sockets();
    if (!sockets) {
        return std::unexpected(sockets.error());
    }
    life_ = std::make_shared<const bool>(true);
    link_ = std::make_unique<UvLink>(loop_, std::move(sockets->first), false);
    // Its end is told by the process's own.
    link_->set_handlers(
        {.on_message = [this](LinkMessage message) { on_message(std::move(message)); },
         .on_closed =
             [this](std::string_view why) {
                 spdlog::debug("the link to the control process is closed: {}", why);
                 if (child_) {
                     child_->kill(SIGKILL);
                 }
             }});
    auto child = UvChild::spawn(loop_,
                                {.program = options_.program,
                                 .arguments = options_.arguments,
                                 .descriptors = {sockets->second.get(), board_.fd()}},
                                [this](const ChildEnd& end) { on_end(end); });
    if (!child) {
        return std::unexpected(child.error());
    }
    child_ = std::move(*child);
    spdlog::debug("the control process is {}", child_->pid());
    tell_doors();
    return {};
}

void ControlChild::tell_doors() {
    const auto told = link_->send(hello_of(options_.doors));
    if (!told) {
        spdlog::error("the control process is not told which doors to open: {}", told.error());
    }
}

void ControlChild::expire() {
    try {
        board_.process().add(ProcessCounter::control_restarts);
        start();
    } catch (const std::bad_alloc&) {
        link_.reset();
        try_again("there is no memory to start the control process");
    }
}

void ControlChild::set_doors(std::string doors) {
    options_.doors = std::move(doors);
    if (link_) {
        tell_doors();
    }
}

std::expected<void, std::string> ControlChild::send(const LinkMessage& message) {
    if (!link_) {
        return std::unexpected("no control process runs");
    }
    return link_->send(message);
}

void ControlChild::stop() {
    stopping_ = true;
    clock_.cancel(*this);
    link_.reset();
}

void ControlChild::on_message(LinkMessage message) {
    if (auto* const request = std::get_if<LinkRequest>(&message)) {
        on_request_(std::move(*request));
    } else if (const auto* const notice = std::get_if<LinkNotice>(&message)) {
        on_notice(*notice);
    }
}

void ControlChild::on_notice(const LinkNotice& notice) {
    switch (notice.kind) {
        case LinkNotice::Kind::doors_opened:
            stood_ = true;
            spdlog::debug("control doors are open: {}", notice.text);
            break;
        case LinkNotice::Kind::door_failed:
            stood_ = true;
            spdlog::error("{}", notice.text);
            break;
        case LinkNotice::Kind::log_line:
            spdlog::log(level_of(notice.level), "{}", notice.text);
            break;
        default:
            break;
    }
}

void ControlChild::on_end(const ChildEnd& end) {
    child_.reset();
    link_.reset();
    life_.reset();
    if (stopping_) {
        return;
    }
    try {
        try_again("the control process ended with " + to_text(end));
    } catch (const std::bad_alloc&) {  // then without a word
        clock_.schedule(*this, clock_.now() + restart_pause_max);
    }
}

void ControlChild::try_again(const std::string& why) {
    const Duration pause = pace_.pause(clock_.now(), stood_);
    spdlog::error("{}: it is started again in {} ms, and names are answered all the while", why,
                  std::chrono::duration_cast<std::chrono::milliseconds>(pause).count());
    clock_.schedule(*this, clock_.now() + pause);
}

}  // namespace wend
