// What past exchanges taught us about each server address. Shared by all workers.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "dns/name.h"

namespace wend::cache {

// A snapshot; the defaults are an unknown server's.
struct ServerRecord {
    bool known = false;
    Duration smoothed_round_trip{};  // RFC 6298 2, without the timer's backoff
    Duration variation{};
    unsigned timeouts_in_a_row = 0;
    Instant quiet_until{};    // after repeated timeouts: asked only to see whether it is back
    bool loses_case = false;  // proved over TCP, at most 1 h
    bool lacks_edns = false;  // proved over TCP or by a reply, at most 300 s; never with a DS
    bool lame = false;        // for the zone asked about, at most 900 s
};

// Callable from any thread. At most `entries_max` servers.
class ServerMemory {
  public:
    ServerMemory(std::size_t entries_max, const HashKey& key);
    ServerMemory(const ServerMemory&) = delete;
    ServerMemory& operator=(const ServerMemory&) = delete;
    ServerMemory(ServerMemory&&) = delete;
    ServerMemory& operator=(ServerMemory&&) = delete;
    ~ServerMemory();

    ServerRecord find(const Endpoint& server, dns::NameView zone, Instant now) const;

    void note_reply(const Endpoint& server, Duration round_trip, Instant now);
    void note_timeout(const Endpoint& server, Instant now);
    void note_case_lost(const Endpoint& server, Instant now);
    void note_no_edns(const Endpoint& server, Instant now);
    void note_lame(const Endpoint& server, dns::NameView zone, Instant now);
    void clear();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend::cache
