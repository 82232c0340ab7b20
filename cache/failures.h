// RFC 9520: a resolution that failed is not tried again at once. 5 s, doubling to 300 s.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/hash.h"
#include "base/time.h"
#include "cache/selection.h"
#include "dns/name.h"
#include "dns/reason.h"
#include "dns/types.h"

namespace wend::cache {

inline constexpr Duration failure_time_min = std::chrono::seconds(5);
inline constexpr Duration failure_time_max = std::chrono::seconds(300);  // RFC 9520 3.2
inline constexpr Duration bogus_time = std::chrono::seconds(60);         // for every bogus_* reason

// Callable from any thread. Holds at most `entries_max` (48 octets each, resident once they are
// used); about the least recently used goes first. Names are not kept, only their keyed hashes.
class Failures {
  public:
    Failures(std::size_t entries_max, const HashKey& key);
    Failures(const Failures&) = delete;
    Failures& operator=(const Failures&) = delete;
    Failures(Failures&&) = delete;
    Failures& operator=(Failures&&) = delete;
    ~Failures();

    struct Failure {
        dns::Reason reason{};
        Instant until{};
    };

    // Nothing from `until` on.
    std::optional<Failure> find(dns::NameView name, dns::Type type, bool checking_disabled,
                                Instant now) const;
    // Starts at failure_time_min. If it came again after its time but within its time once more,
    // the time doubles; while it is still remembered nothing changes.
    void note(dns::NameView name, dns::Type type, bool checking_disabled, dns::Reason reason,
              Instant now);
    void forget(dns::NameView name, dns::Type type, bool checking_disabled);

    // What the resolver does for itself it tries with less patience, of other servers or without
    // validation: its failure holds up the same errand, and is no answer to a client's question.
    enum class Errand : std::uint8_t {
        own_need,   // priming, and addresses of servers
        of_parent,  // the address of a server inside its own zone, asked of who delegates to it
    };

    // As find() and note().
    std::optional<Failure> find_errand(Errand errand, dns::NameView name, dns::Type type,
                                       Instant now) const;
    void note_errand(Errand errand, dns::NameView name, dns::Type type, dns::Reason reason,
                     Instant now);
    void clear();

    // One step of forgetting, under one short lock: what failed at that very name (and where a
    // selection has a type, what failed for any type of it). Names are not kept: of a selection
    // with what lies below a name all failures go, and are tried again when asked for. `bogus`:
    // those whose reason is a failed validation. `negative`: none is.
    Step flush(const Selection& selection, Cursor from);

    // All steps of it, on this thread; how many went.
    std::size_t flush_name(dns::NameView name);
    std::size_t flush_zone(dns::NameView zone);
    std::size_t flush_bogus();
    std::size_t flush_all();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend::cache
