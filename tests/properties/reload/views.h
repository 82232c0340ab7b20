// A generated internet and, beside it, servers that a configuration may name: a forwarder for all
// of it, one that sees two zones from the inside, the inside's own server, and one that is dead.
#pragma once
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "sim/authority.h"
#include "sim/server_model.h"
#include "tests/properties/signed/signed_internet.h"

namespace wend::sim {

class Views final : public ServerModel {
  public:
    // `internet` outlives it.
    Views(SignedInternet& internet, Random& random);

    ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                         Instant now) override;

    static Endpoint forwarder() { return at(1); }

    static Endpoint inside_forwarder() { return at(2); }

    static Endpoint inside_server() { return at(3); }

    static Endpoint dead() { return at(4); }

    // Apexes of what looks otherwise from the inside: of a zone of the internet, or of a part of
    // one.
    const std::vector<dns::Name>& inside() const { return inside_; }

    // Names that are there from the inside only.
    const std::vector<dns::Name>& inside_names() const { return inside_names_; }

  private:
    static Endpoint at(unsigned char number);
    void add_inside(const dns::Name& apex, Random& random);

    SignedInternet& internet_;
    ZoneSet from_outside_;
    ZoneSet from_inside_;
    ZoneSet inside_zones_;
    std::vector<dns::Name> inside_;
    std::vector<dns::Name> inside_names_;
};

}  // namespace wend::sim
