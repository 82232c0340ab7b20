// What past exchanges taught us about each server address. Shared by all workers.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "cache/selection.h"
#include "dns/name.h"

namespace wend::cache {

// A server of which nothing was heard for so long is unknown again.
inline constexpr Duration server_memory_time = std::chrono::seconds(900);

// This many timeouts in a row make a server quiet, for quiet_time_min and twice as long with each
// timeout more, up to quiet_time_max: a server that comes back is noticed within a minute.
inline constexpr unsigned timeouts_to_quiet = 3;
inline constexpr Duration quiet_time_min = std::chrono::seconds(1);
inline constexpr Duration quiet_time_max = std::chrono::seconds(60);

// Timeouts closer together than this are one silence: the queries were under way side by side.
inline constexpr Duration silence_time_min = std::chrono::milliseconds(250);

// The round trip of a server that has never answered but was asked.
inline constexpr Duration unanswered_round_trip = std::chrono::milliseconds(400);

inline constexpr Duration case_memory_time = std::chrono::hours(1);
inline constexpr Duration edns_memory_time = std::chrono::seconds(300);
inline constexpr Duration lame_memory_time = std::chrono::seconds(900);
// The same on the word of a datagram, which may be forged; then it is asked over TCP whether it is
// so.
inline constexpr Duration lame_doubt_time = std::chrono::seconds(30);
inline constexpr Duration cookie_memory_time = std::chrono::hours(24);
inline constexpr std::size_t server_cookie_max = 32;  // octets

// A server that left a whole question for a zone unanswered, and was asked for the zone itself
// meanwhile, is silent for that zone, until it is heard or has not been probed for so long.
inline constexpr Duration silence_memory_time = std::chrono::seconds(60);
// How long ago it was asked for the zone itself, at least.
inline constexpr Duration probe_wait_min = std::chrono::milliseconds(300);
// From one such probe of a server for a zone to the next, each of a few packets with growing pauses
// (resolver/upstream.h): a server that comes back is heard at the next.
inline constexpr Duration probe_pause = std::chrono::seconds(3);
// Between two questions that a silent zone is asked as if nothing were known, doubling: its parent
// may have other servers for it, and some are heard over TCP alone.
inline constexpr Duration recheck_pause_min = std::chrono::seconds(30);
inline constexpr Duration recheck_pause_max = std::chrono::seconds(300);

// A snapshot; the defaults are an unknown server's.
struct ServerRecord {
    bool known = false;              // a reply or a timeout was noted
    bool answered = false;           // a reply was
    Duration smoothed_round_trip{};  // RFC 6298 2, without the timer's backoff
    Duration variation{};
    unsigned timeouts_in_a_row = 0;  // since the last reply
    Instant quiet_until{};      // after repeated timeouts: asked only to see whether it is back
    bool loses_case = false;    // proved over TCP, at most 1 h
    bool lacks_edns = false;    // proved over TCP or by a reply, at most 300 s; never with a DS
    bool lame = false;          // for the zone asked about, at most 900 s
    bool lame_doubted = false;  // a datagram said so in the last 900 s, and nothing has proved it
    bool silent = false;        // for the zone asked about
};

// Callable from any thread. At most `entries_max` servers, as many (server, zone) pairs that are
// lame or silent, and as many silent zones; about the least recently used goes first.
class ServerMemory {
  public:
    ServerMemory(std::size_t entries_max, const HashKey& key);
    ServerMemory(const ServerMemory&) = delete;
    ServerMemory& operator=(const ServerMemory&) = delete;
    ServerMemory(ServerMemory&&) = delete;
    ServerMemory& operator=(ServerMemory&&) = delete;
    ~ServerMemory();

    ServerRecord find(const Endpoint& server, dns::NameView zone, Instant now) const;

    // Any reply that matched its query: the server is alive.
    void note_reply(const Endpoint& server, Duration round_trip, Instant now);
    void note_timeout(const Endpoint& server, Instant now);
    void note_case_lost(const Endpoint& server, Instant now);
    void note_no_edns(const Endpoint& server, Instant now);
    // The server cookie that a server gave (RFC 7873), 8 to 32 octets; none makes it forgotten.
    void note_cookie(const Endpoint& server, Octets cookie, Instant now);
    // Writes it to `to`, which holds 32 octets; its size, 0 where none is known.
    std::size_t find_cookie(const Endpoint& server, Instant now, MutableOctets to) const;
    // `proved`: over TCP, or with our cookie. Else a server is lame for lame_doubt_time only, and
    // once in lame_memory_time.
    void note_lame(const Endpoint& server, dns::NameView zone, bool proved, Instant now);

    // The server said something to a question for that zone: it is not silent.
    void note_heard(const Endpoint& server, dns::NameView zone, Instant now);
    // Whether it is time to ask it for the zone itself. True for one caller in each pause, who does
    // so at once.
    bool claim_probe(const Endpoint& server, dns::NameView zone, Instant now);
    // The probe that was claimed last did not go out, for lack of something here.
    void withdraw_probe(const Endpoint& server, dns::NameView zone);
    // A question that was begun at `since` got nothing from it. Silent from now on if it was probed
    // too, and nobody has heard anything since.
    void note_silent(const Endpoint& server, dns::NameView zone, Instant since, Instant now);
    // Whether a question of a silent zone is to be asked in full. True for one caller in each
    // pause.
    bool claim_recheck(dns::NameView zone, Instant now);
    void clear();

    // One step of forgetting all that is known of one server, for every zone, or of all of them;
    // under one short lock. Of zones it is not kept who serves them: that one is silent is
    // forgotten with all servers, and else within recheck_pause_max.
    Step flush(const Endpoint& server, Cursor from);
    Step flush_every(Cursor from);

    // All steps of it, on this thread; how many records went.
    std::size_t flush(const Endpoint& server);
    std::size_t flush_all();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend::cache
