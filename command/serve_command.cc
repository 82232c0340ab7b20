// The daemon, in the foreground.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <expected>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/durable_file.h"
#include "base/rounds.h"
#include "base/scope.h"
#include "command/commands.h"
#include "command/lab.h"
#include "command/standard_streams.h"
#include "config/changes.h"
#include "config/files.h"
#include "config/lint.h"
#include "dns/zone_file.h"
#include "observe/board.h"
#include "server/service/descriptor_limit.h"
#include "server/service/log_level.h"
#include "server/service/notify.h"
#include "server/service/requests.h"
#include "server/service/service.h"
#include "server/service/signals.h"
#include "server/setup.h"
#include "server/stores.h"

namespace wend {
namespace {

void start_logging(LogLevel level) {
    auto logger = spdlog::stderr_color_mt("wend");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_default_logger(std::move(logger));
    set_log_level(level);
}

struct NoStart {
    std::string sentence;
    int status;
};

// A port that is held, or not allowed, is so until somebody changes it; for a descriptor or for
// memory one may wait.
int status_of(int error) {
    const bool stays =
        error == EADDRINUSE || error == EACCES || error == EPERM || error == EAFNOSUPPORT;
    return stays ? exit_config : exit_failed;
}

// Shared sockets would let two processes of one user serve on one port, each with half the queries.
// Gives those that no interface has yet: the sockets wait for them.
std::expected<std::vector<Endpoint>, NoStart> check_ports(const std::vector<Endpoint>& listen,
                                                          const SocketStore& sockets) {
    std::vector<Endpoint> missing;
    for (const Endpoint& where : listen) {
        if (sockets.holds(where)) {
            continue;
        }
        for (const Channel channel : {Channel::udp, Channel::tcp}) {
            const auto free = check_listenable(where, channel);
            if (!free && free.error().code != EADDRNOTAVAIL) {
                return std::unexpected(
                    NoStart{to_text(free.error()), status_of(free.error().code)});
            }
            if (!free && channel == Channel::udp) {
                missing.push_back(where);
            }
        }
    }
    return missing;
}

void warn_of_missing(const std::vector<Endpoint>& missing) {
    if (missing.empty()) {
        return;
    }
    std::vector<std::string> places;
    for (const Endpoint& where : missing) {
        places.push_back(where.to_text());
    }
    spdlog::warn("no interface of this host has the address of {}: served as soon as one has it",
                 fmt::join(places, ", "));
}

// A host without IPv6 serves on the rest of the default addresses; what the configuration names is
// served on or said to be impossible.
std::vector<Endpoint> addresses_to_serve(const Config& config) {
    std::vector<Endpoint> listen = config.listen;
    if (listen == default_listen()) {
        std::erase_if(listen, [](const Endpoint& where) {
            const auto free = check_listenable(where, Channel::udp);
            return !free &&
                   (free.error().code == EADDRNOTAVAIL || free.error().code == EAFNOSUPPORT);
        });
    }
    return listen;
}

// Listeners and engines come and go with the configuration, and each has buffers of 64 KiB and
// more: they are mapped and given back one by one. The C library would raise its limit with the
// first that is freed, take the next ones from its heaps, and those grow with every change.
void map_large_blocks() {
    constexpr int large = 32 * 1024;
    mallopt(M_MMAP_THRESHOLD, large);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
}

// What each worker may ask of servers at once.
std::size_t exchanges_allowed(const Config& config) {
    const std::size_t allowed = raise_descriptor_limit();
    const std::size_t exchanges = exchanges_within(allowed, config, worker_count(config));
    if (exchanges < exchanges_comfortable) {
        spdlog::warn(
            "{} open files are allowed: each worker has no more than {} queries to servers under "
            "way. Raise the limit (ulimit -n, LimitNOFILE=)",
            allowed, exchanges);
    } else {
        spdlog::info("{} open files are allowed: up to {} queries to servers in each worker",
                     allowed, exchanges);
    }
    return exchanges;
}

// The DS of the sandbox's root, for a validator that stands behind this one.
std::string anchor_of(const Sandbox& sandbox) {
    const dnssec::TrustAnchor& root = sandbox.anchors.all().front();
    return dns::record_to_text(root.zone, 3'600, dns::Class::in, dns::Type::ds, root.ds.front());
}

void say_where(const std::vector<Endpoint>& listening, const Sandbox* lab) {
    std::vector<std::string> places;
    for (const Endpoint& where : listening) {
        places.push_back(where.to_text());
    }
    const Endpoint& first = listening.front();
    const bool anywhere = first.ip.is_unspecified();
    const std::string host =
        anywhere ? (first.ip.is_v4() ? "127.0.0.1" : "::1") : first.ip.to_text();
    put(stdout, fmt::format("wend {} serves on {} over UDP and TCP{}\n", WEND_VERSION,
                            fmt::join(places, ", "),
                            lab != nullptr ? ", from the sandbox internet of the lab" : ""));
    put(stdout, fmt::format("try it:   dig @{} -p {} {}\n", host, first.port,
                            lab != nullptr ? "www.plain.lab" : "www.example.com"));
    if (lab != nullptr) {
        put(stdout, fmt::format("trust it: {}\n", anchor_of(*lab)));
    }
    put(stdout, fmt::format("stop it:  Ctrl-C, or kill {}\n", getpid()));
    std::fflush(stdout);
    std::clearerr(stdout);  // who serves does not end over a greeting that nobody reads
}

std::expected<ReadConfig, std::vector<std::string>> read_all(const ServeArguments& arguments,
                                                             const Sandbox* sandbox) {
    KernelFiles files;
    auto loaded = arguments.config ? load_with_changes(*arguments.config, files)
                                   : std::expected<ChangedConfig, std::vector<Finding>>();
    if (!loaded) {
        std::vector<std::string> mistakes;
        for (const Finding& finding : loaded.error()) {
            mistakes.push_back(fmt::format("{}{}{}", finding.place,
                                           finding.place.empty() ? "" : ": ", finding.text));
        }
        return std::unexpected(std::move(mistakes));
    }
    std::vector<Origin> origins = wend::origins(*loaded);
    Config config = std::move(loaded->config);
    config.listen = addresses_to_serve(config);
    auto options = resolver_options(config, sandbox);
    if (!options) {
        return std::unexpected(std::vector{std::move(options.error())});
    }
    return ReadConfig{.config = std::move(config),
                      .resolver = std::move(*options),
                      .origins = std::move(origins)};
}

// The lab has hints and anchors of its own.
void log_findings(Config config, const ServeArguments& arguments) {
    if (arguments.lab) {
        config.root = {};
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto sources = arguments.config ? read_sources(*arguments.config)
                                          : std::unexpected(std::vector<Finding>{});
    const Machine machine = read_machine_at_start(config);
    for (const Finding& finding : lint(config, sources ? &*sources : nullptr, &machine, now)) {
        spdlog::warn("{}{}{}", finding.place, finding.place.empty() ? "" : ": ", finding.text);
    }
}

// For `systemctl status`.
std::string status_line(const Service& service, const Board& board) {
    std::vector<std::string> places;
    for (const Endpoint& where : service.listening()) {
        places.push_back(where.to_text());
    }
    const bool has_failed = board.view().process().get(Gauge::reload_failed) != 0;
    return fmt::format("generation {} on {}{}", service.generation().number,
                       fmt::join(places, ", "),
                       has_failed ? "; the last reload changed nothing: the log says why" : "");
}

// The sign of life, where somebody wants it, for as long as `watch` is there.
void keep_watch(Scope& watch, const Service& service, const Board& board, Notifier& notifier) {
    if (notifier.is_heard()) {
        Clock& clock = service.workers().front()->clock();
        watch.spawn(in_rounds(clock, look_again_time, [&board, &notifier, &clock] {
            notifier.look(board.view().workers(), clock.now());
        }));
    }
}

}  // namespace

int serve(const ServeArguments& arguments) try {
    Notifier notifier(take_notify_environment());
    SocketStore sockets(notifier, take_inherited_sockets());
    const std::optional<Sandbox> lab = arguments.lab ? std::optional(lab_sandbox()) : std::nullopt;
    const Sandbox* const sandbox = lab ? &*lab : nullptr;
    const auto first = read_all(arguments, sandbox);
    if (!first) {
        return fail(fmt::format("{}", fmt::join(first.error(), "\n")), exit_config);
    }
    ignore_idle_signals();
    const auto missing = check_ports(first->config.listen, sockets);
    if (!missing) {
        return fail(missing.error().sentence, missing.error().status);
    }
    start_logging(first->config.log.level);
    warn_of_missing(*missing);
    log_findings(first->config, arguments);
    map_large_blocks();
    KernelRandom random;
    Stores stores(first->config, sandbox, random);
    stores.exchanges_max = exchanges_allowed(first->config);
    auto board = make_board(stores.workers, WEND_VERSION, true);
    if (!board) {
        return fail(board.error());
    }
    const auto service = Service::open(stores, *board, sockets, *first, [&arguments, sandbox] {
        return read_all(arguments, sandbox);
    });
    if (!service) {
        return fail(service.error());
    }
    Requests requests(**service, stores, *board, arguments.config);
    requests.open_doors(first->config);
    (*service)->set_events({.reading = [&] { notifier.reloading(); },
                            .in_force =
                                [&] {
                                    requests.open_doors((*service)->generation().config);
                                    notifier.ready(status_line(**service, *board));
                                },
                            .stopping =
                                [&] {
                                    notifier.stopping();
                                    requests.stop();
                                }});
    Scope watch;
    keep_watch(watch, **service, *board, notifier);
    say_where((*service)->listening(), sandbox);
    // From the loop: signals are heard by then.
    (*service)->workers().front()->post([&] { notifier.ready(status_line(**service, *board)); });
    (*service)->run();
    return 0;
} catch (const std::bad_alloc&) {
    return fail(
        "there is no memory for what the configuration asks for: a smaller cache.size, or "
        "fewer workers, need less");
}

}  // namespace wend
