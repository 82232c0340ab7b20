// Authoritative servers from outside of this project: nsd processes on loopback addresses.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "tests/live/wend_process.h"

namespace wend::live {

struct ZoneText {
    std::string apex;  // "test."
    std::string text;  // a zone file
};

// One nsd with its own directory; ended and waited for at the end.
class Nsd {
  public:
    Nsd(const Endpoint& where, const std::vector<ZoneText>& zones);

    // Queries that it was sent since it started, by what nsd's own counters call them: "queries",
    // "udp", "tcp", "type.A", "type.NS".
    std::map<std::string, unsigned> counters() const;

    unsigned queries() const;

  private:
    TemporaryDirectory directory_;
    Endpoint where_;
    std::string config_;
    std::optional<Child> process_;
};

// Whether nsd and nsd-control are installed here.
bool has_nsd();

// A port that is free on all these addresses, over UDP and TCP.
std::uint16_t free_port(const std::vector<IpAddress>& addresses);

}  // namespace wend::live
