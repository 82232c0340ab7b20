#include "server/service/descriptor_limit.h"

#include <algorithm>

#include <sys/resource.h>

#include "transport/uv_upstream.h"

namespace wend {
namespace {

constexpr std::size_t of_a_worker = 64;     // its loop, its wake-ups, its poller
constexpr std::size_t of_the_process = 64;  // files, standard streams, libraries

}  // namespace

std::size_t exchanges_within(std::size_t allowed, const Config& config, unsigned workers) {
    const UvNetworkOptions network;
    const std::size_t others =
        network.connections_max + of_a_worker + config.listen.size() * (config.tcp.clients + 2);
    const std::size_t of_each = (allowed - std::min(allowed, of_the_process)) / workers;
    const std::size_t left = of_each - std::min(of_each, others);
    return std::clamp(left, exchanges_min, network.exchanges_max);
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return before;
    }
    return limit.rlim_cur;
}

}  // namespace wend
