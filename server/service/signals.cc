#include "server/service/signals.h"

#include <array>
#include <csignal>

namespace wend {
namespace {

void ignore(int signal) {
    struct sigaction now{};
    if (sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) {
        return;
    }
    struct sigaction ignored{};
    ignored.sa_handler = SIG_IGN;
    sigaction(signal, &ignored, nullptr);
}

}  // namespace

void ignore_idle_signals() {
    constexpr std::array idle = {SIGPIPE, SIGHUP,  SIGUSR1, SIGUSR2, SIGALRM,  SIGVTALRM,
                                 SIGPROF, SIGPOLL, SIGPWR,  SIGXFSZ, SIGSTKFLT};
    for (const int signal : idle) {
        ignore(signal);
    }
    for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
        ignore(signal);
    }
}

}  // namespace wend
