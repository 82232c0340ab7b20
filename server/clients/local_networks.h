// The networks of this host's own interfaces, as they are now: what "localnets" means.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/thread_annotations.h"
#include "base/time.h"
#include "policy/access.h"

namespace wend {

// How often the interfaces are looked at.
inline constexpr Duration local_networks_interval = std::chrono::seconds(10);

// Shorter ones are no network that a host is on, but a route through a tunnel: they are left out,
// or half of the internet would be local.
inline constexpr unsigned local_network_bits_min_v4 = 8;
inline constexpr unsigned local_network_bits_min_v6 = 32;

// The network of an interface's address and netmask, of the same family. Nothing for loopback,
// which is always local, and for what is too short.
std::optional<Prefix> network_of(const IpAddress& address, const IpAddress& netmask);

// Of the interfaces that are up; nothing if the kernel does not say, for want of descriptors or
// memory. Blocks for as long as the kernel takes.
std::optional<std::vector<Prefix>> interface_networks();

// Any thread: one of those who call look() finds it due and reads, and each takes what was found
// when it likes.
class LocalNetworks {
  public:
    using Read = std::function<std::optional<std::vector<Prefix>>()>;

    explicit LocalNetworks(Read read = interface_networks) : read_(std::move(read)) {}

    // Reads again if that was local_networks_interval ago or longer, or never. What was seen stays
    // if nothing can be read.
    void look(Instant now);

    // A reader's own copy. Its owner's thread reads it without a lock.
    struct Seen {
        std::uint64_t version = 0;
        policy::AccessList networks{{}};
    };

    // Brings `seen` up to date; true if that changed it. Costs a load where nothing did.
    bool refresh(Seen& seen) const;

  private:
    Read read_;
    std::atomic<Instant::rep> due_{Instant::min().time_since_epoch().count()};
    std::atomic<std::uint64_t> version_{0};
    mutable Mutex mutex_;
    std::vector<Prefix> networks_ WEND_GUARDED_BY(mutex_);
};

}  // namespace wend
