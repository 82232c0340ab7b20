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
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "command/commands.h"
#include "command/lab.h"
#include "command/standard_streams.h"
#include "config/files.h"
#include "config/lint.h"
#include "dns/zone_file.h"
#include "observe/board.h"
#include "server/descriptor_limit.h"
#include "server/setup.h"
#include "server/signals.h"
#include "server/worker.h"

namespace wend {
namespace {

using Workers = std::vector<std::unique_ptr<Worker>>;

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            return spdlog::level::off;
    }
    return spdlog::level::info;
}

void start_logging(LogLevel level) {
    auto logger = spdlog::stderr_color_mt("wend");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    logger->set_level(level_of(level));
    spdlog::set_default_logger(std::move(logger));
}

// Shared sockets would let two processes of one user serve on one port, each with half the queries.
// Gives those that no interface has yet: the sockets wait for them.
std::expected<std::vector<Endpoint>, std::string> check_ports(const std::vector<Endpoint>& listen) {
    std::vector<Endpoint> missing;
    for (const Endpoint& where : listen) {
        for (const Channel channel : {Channel::udp, Channel::tcp}) {
            const auto free = check_listenable(where, channel);
            if (!free && free.error().code != EADDRNOTAVAIL) {
                return std::unexpected(to_text(free.error()));
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

// The first worker settles which ports the kernel chooses, and the others share them.
std::expected<Workers, std::string> open_workers(SharedState& shared, Board& board) {
    const unsigned count = worker_count(shared.config);
    std::vector<Endpoint> listen = shared.config.listen;
    Workers workers;
    for (unsigned i = 0; i < count; ++i) {
        auto worker = Worker::open(shared, listen, board.worker(i));
        if (!worker) {
            return std::unexpected(worker.error());
        }
        listen = (*worker)->listening();
        workers.push_back(std::move(*worker));
    }
    workers.front()->keep_process_board(board.process());
    return workers;
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

void log_stats(const Workers& workers) {
    std::vector<const Stats*> all;
    for (const auto& worker : workers) {
        all.push_back(&worker->stats());
    }
    spdlog::info("stats {}", to_text(all));
}

// The first worker runs here: a process with one worker has one thread, whose references to files
// and shared objects the kernel and the C++ library count without locks.
void run_workers(const Workers& workers) {
    bool is_stopping = false;
    const auto stop_all = [&] {
        if (!std::exchange(is_stopping, true)) {
            spdlog::info("told to end: what is under way has {} s, what is known is answered",
                         std::chrono::duration_cast<std::chrono::seconds>(drain_time).count());
            for (const auto& worker : workers) {
                worker->stop();
            }
        }
    };
    UvLoop& loop = workers.front()->loop();
    const UvSignal term(loop, SIGTERM, stop_all);
    const UvSignal interrupt(loop, SIGINT, stop_all);
    const UvSignal hangup(loop, SIGHUP, [] {
        spdlog::info(
            "SIGHUP: nothing is read again while wend runs; a changed configuration takes a "
            "restart");
    });
    const UvSignal usr1(loop, SIGUSR1, [&workers] { log_stats(workers); });
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers.size(); ++i) {
        threads.emplace_back([&worker = *workers[i]] { worker.run(); });
    }
    workers.front()->run();
    for (std::thread& thread : threads) {
        thread.join();
    }
    workers.front()->say_limits(Instant::max());  // what no minute's line has told
    log_stats(workers);
    spdlog::info("ended");
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

}  // namespace

int serve(const ServeArguments& arguments) try {
    auto config = load_config(arguments.config);
    if (!config) {
        return fail(config.error());
    }
    config->listen = addresses_to_serve(*config);
    const std::optional<Sandbox> lab = arguments.lab ? std::optional(lab_sandbox()) : std::nullopt;
    const Sandbox* const sandbox = lab ? &*lab : nullptr;
    const auto options = resolver_options(*config, sandbox);
    if (!options) {
        return fail(options.error());
    }
    ignore_idle_signals();
    const auto missing = check_ports(config->listen);
    if (!missing) {
        return fail(missing.error());
    }
    start_logging(config->log.level);
    warn_of_missing(*missing);
    log_findings(*config, arguments);
    KernelRandom random;
    SharedState shared(*config, *options, sandbox, random);
    shared.exchanges_max = exchanges_allowed(*config);
    auto board = make_board(worker_count(*config), WEND_VERSION, false);
    if (!board) {
        return fail(board.error());
    }
    const auto workers = open_workers(shared, *board);
    if (!workers) {
        return fail(workers.error());
    }
    say_where(workers->front()->listening(), sandbox);
    run_workers(*workers);
    return 0;
} catch (const std::bad_alloc&) {
    return fail(
        "there is no memory for what the configuration asks for: a smaller cache.size, or "
        "fewer workers, need less");
}

}  // namespace wend
