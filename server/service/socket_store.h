// The sockets that are served on, where a service manager keeps a copy of each over a restart
// (systemd's descriptor store): what clients send while no process of ours runs waits in them.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "server/service/bound_sockets.h"
#include "server/service/notify.h"
#include "transport/network.h"

namespace wend {

// Which one it is, as its name in the store says: "udp-0-53-192.0.2.1", "tcp-1-53-2001_db8__1". A
// name may have no colon.
struct StoredSocket {
    Channel channel = Channel::udp;  // or tcp
    unsigned worker = 0;
    Endpoint wanted{};  // as the configuration has it

    std::string name() const;
    static std::optional<StoredSocket> from_name(std::string_view name);

    bool operator==(const StoredSocket&) const = default;
};

// One that we are started with.
struct InheritedSocket {
    std::string name;
    Descriptor socket;
};

// Takes what $LISTEN_FDS and $LISTEN_FDNAMES tell of, if $LISTEN_PID is ours, and unsets them.
// While the process has one thread.
std::vector<InheritedSocket> take_inherited_sockets();

// One thread.
class SocketStore {
  public:
    // Keeps of `inherited` what was bound by us to what its name says. `notifier` outlives it.
    SocketStore(Notifier& notifier, std::vector<InheritedSocket> inherited);

    // Whether one that we were started with is in the way of others who want to bind `where`
    // alone: then nobody else's is.
    bool holds(const Endpoint& where) const;

    // For each of `wanted`, once for each of `workers`; port 0 is the same port for all of them. On
    // failure none stays bound. Those that we were started with are taken, and the others are kept
    // from here on.
    std::expected<std::vector<std::vector<BoundSockets>>, ListenError> bind(
        const std::vector<Endpoint>& wanted, unsigned workers);

    // What nobody took is given up: the kernel would give it a share of the queries.
    void drop_rest();

    // They are no longer served on.
    void drop(const std::vector<Endpoint>& wanted, unsigned workers);

  private:
    std::optional<BoundSockets> take(const Endpoint& wanted, unsigned worker);
    void keep(const BoundSockets& sockets, unsigned worker);

    struct Held {
        StoredSocket which;
        Descriptor socket;
    };

    Notifier& notifier_;
    std::vector<Held> held_;  // not taken yet
};

}  // namespace wend
