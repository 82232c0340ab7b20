// Groups of clients: who asks decides which names are withheld, and what is told instead.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::policy {

inline constexpr std::size_t groups_max = 64;  // the default one among them

enum class Mode : std::uint8_t { off, shadow, enforce };  // shadow: counted and logged alone

// What a client hears of a withheld name.
enum class Withheld : std::uint8_t { nxdomain, nodata, null_address, addresses, refused, drop };

struct WithheldAnswer {
    Withheld kind = Withheld::nxdomain;
    std::vector<IpAddress> addresses{};  // Withheld::addresses
    std::uint32_t ttl = 10;              // seconds

    bool operator==(const WithheldAnswer&) const = default;
};

enum class Over : std::uint8_t { udp, tcp, tls, https, quic };

// Who asks.
struct Asker {
    IpAddress address{};
    Over over = Over::udp;
    std::size_t listener = 0;  // which of the addresses that are listened on
};

struct Group {
    std::string name;
    // All that is given must hold; empty: whatever it is.
    std::vector<Prefix> clients{};
    std::vector<std::size_t> listeners{};
    std::vector<Over> over{};

    WithheldAnswer answer{};
    bool signals_filtering = false;              // answers use-application-dns.net and the like
    std::vector<dns::Type> withheld_types{};     // answered with NODATA
    std::vector<std::uint16_t> withheld_svcb{};  // keys that are taken out of SVCB and HTTPS
    std::uint32_t answer_ttl_max = 0;            // seconds; 0: as it is
    Mode rebinding = Mode::shadow;               // of private addresses in public answers
    std::vector<dns::Name> rebinding_allowed{};  // zones whose answers may hold them
};

// Immutable; any thread.
class Groups {
  public:
    // In the order of the configuration: the first whose conditions all hold. At most groups_max;
    // the last has no conditions and takes who is left.
    explicit Groups(std::vector<Group> groups);

    // Allocates nothing; where there is one group it costs nothing.
    std::size_t of(const Asker& asker) const;

    const Group& at(std::size_t number) const { return groups_[number]; }

    std::size_t size() const { return groups_.size(); }

  private:
    std::vector<Group> groups_;
};

}  // namespace wend::policy
