// What happened on the simulated network: a hash that names the run, and its last events in words.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/octets.h"
#include "base/time.h"
#include "transport/network.h"

namespace wend::sim {

enum class PacketEvent : std::uint8_t {
    query,      // left for the server
    reply,      // accepted: the exchange ends with it
    discarded,  // came, was not a reply to this query, and the exchange waits on
    late,       // came for an exchange that had ended
    failed,     // the exchange ended with an error other than a timeout
    timeout,
    abandoned,  // its asker went away
};

std::string_view to_text(PacketEvent event);

struct TraceEntry {
    Instant time;
    PacketEvent event = PacketEvent::query;
    std::uint64_t exchange = 0;  // in order of their start, from 1
    Endpoint server;
    Channel channel = Channel::udp;
};

// "12.503000 query 7 198.18.0.1:53 udp", seconds first.
std::string to_text(const TraceEntry& entry);

// Sees each packet as it is noted.
class PacketObserver {
  public:
    PacketObserver() = default;
    PacketObserver(const PacketObserver&) = delete;
    PacketObserver& operator=(const PacketObserver&) = delete;
    PacketObserver(PacketObserver&&) = delete;
    PacketObserver& operator=(PacketObserver&&) = delete;
    virtual ~PacketObserver() = default;
    // `message` is empty for events without one.
    virtual void on_packet(const TraceEntry& entry, Octets message) = 0;
};

class Trace {
  public:
    static constexpr std::size_t kept = 20;

    void note(const TraceEntry& entry, Octets message);

    // Equal for two runs only if all that was noted was equal, to the octet.
    std::uint64_t hash() const { return hash_; }

    std::uint64_t events() const { return noted_; }

    // The last `kept` events, oldest first, a line each.
    std::string last_events() const;

    // Null: nobody watches. It outlives the trace or is taken off first.
    void observe(PacketObserver* observer) { observer_ = observer; }

  private:
    void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3U; }

    std::uint64_t hash_ = 0xcbf29ce484222325U;  // FNV-1a
    std::uint64_t noted_ = 0;
    std::array<TraceEntry, kept> last_{};
    PacketObserver* observer_ = nullptr;
};

}  // namespace wend::sim
