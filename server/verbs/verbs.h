// The verbs that run in the serving process: one table, a handler for each. A handler looks at one
// page and returns; where there is more, its reply says so and has the cursor to come back with.
// So a dump of a million entries holds a worker for a page at a time.
//
// What comes in is untrusted octets: every argument is checked, each mistake is one sentence that
// says what is wanted, and nothing of it is repeated but as printable ASCII.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/server_memory.h"
#include "cache/spans.h"
#include "config/changes.h"
#include "config/config.h"
#include "observe/stats.h"
#include "server/in_flight.h"
#include "transport/link.h"

namespace wend {

// What one turn of a handler looks at, at most; fewer where each is dear.
inline constexpr std::size_t verb_entries_max = 256;

// What the process does as a whole. On the thread that runs verbs; `told` is called once, there,
// at once or later.
class Operations {
  public:
    // done: `text` is a JSON text. Else it is one sentence.
    using Told = std::function<void(LinkReply::Status status, std::string text)>;

    Operations() = default;
    Operations(const Operations&) = delete;
    Operations& operator=(const Operations&) = delete;
    Operations(Operations&&) = delete;
    Operations& operator=(Operations&&) = delete;
    virtual ~Operations() = default;

    // With `confirm_within` the former generation comes back unless confirm() comes in time.
    virtual void reload(std::optional<Duration> confirm_within, Told told) = 0;
    virtual void undo(Told told) = 0;
    virtual void confirm(Told told) = 0;
    virtual void stop(Told told) = 0;
    virtual void set_log_level(LogLevel level, Told told) = 0;
    // "config set" and what else lies over the file; the request's arguments are not judged yet.
    virtual void change_config(const LinkRequest& request, Told told) = 0;
};

// What handlers see; all of it outlives the call.
struct VerbWorld {
    cache::Cache& cache;
    cache::ServerMemory& servers;
    cache::Failures& failures;
    cache::Spans& spans;
    const Config& config;  // in force
    Instant now{};
    WallTime wall_now{};
    std::span<const Stats* const> stats{};  // of each worker
    std::span<const Origin> origins{};      // of the keys in force
    const InFlight* in_flight = nullptr;    // of the worker that runs the step; null: of none
    std::size_t worker = 0;                 // its number
    std::size_t workers = 1;
    Operations* operations = nullptr;  // null: the process cannot be operated
};

using VerbHandler = LinkReply (*)(const LinkRequest& request, VerbWorld& world);

struct Verb {
    enum class Place : std::uint8_t {
        anywhere,     // any thread, if `config` stays meanwhile
        each_worker,  // on the thread of worker_of(request), with its in-flight table
        main_worker,  // where Operations are
    };

    std::string_view name;   // "cache show"
    std::string_view usage;  // of its arguments: "NAME [TYPE]"
    bool changes = false;    // the state of the process: it is logged
    Place place = Place::anywhere;
    VerbHandler handler = nullptr;  // null: one of the operations
};

std::span<const Verb> server_verbs();

// Null: there is no such verb here.
const Verb* find_verb(std::string_view name);

// Whose thread the next step of a verb of each_worker is for: below `workers`.
std::size_t worker_of(const LinkRequest& request, std::size_t workers);

// Runs one step and calls `reply` once: before it returns, or, of operations, later. Throws
// nothing but std::bad_alloc.
void run_verb(const LinkRequest& request, VerbWorld& world,
              const std::function<void(LinkReply)>& reply);

}  // namespace wend
