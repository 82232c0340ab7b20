// Aliases, validation, the final answer: from a question to an Answer, whatever happens.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/server_memory.h"
#include "cache/spans.h"
#include "dns/message.h"
#include "resolver/answer.h"
#include "resolver/budget.h"
#include "transport/network.h"

namespace wend {

class EventSink;

namespace dnssec {
class CurrentAnchors;
}

// A zone whose servers the configuration names.
struct ConfiguredZone {
    dns::Name zone;
    std::vector<Endpoint> addresses;
    std::vector<dns::Name> names{};  // of the servers, where known (root hints)
    bool forward = false;            // recursive servers (RD=1), else authoritative ones (a stub)
    bool first = false;              // walk from the root where these fail
};

struct ResolverOptions {
    std::vector<ConfiguredZone> root_hints;  // normally one, for "."; empty: built in
    std::vector<ConfiguredZone> zones;       // forwards and stubs
    std::vector<Prefix> never_query;         // loopback, and our own listening addresses
    bool ipv4 = true;
    bool ipv6 = true;
    std::uint16_t port = 53;  // of authoritative servers
    bool minimise_qname = true;
    dns::Type minimise_type = dns::Type::a;  // of minimised questions: A or NS
    bool mixed_case = true;
    bool prime = true;                       // RFC 8109
    std::optional<HashKey> cookie_secret{};  // of our client cookies; none: none are sent
    std::shared_ptr<const dnssec::CurrentAnchors> anchors{};  // null: nothing is validated
};

// What the resolver stands on; all outlive it.
struct World {
    Network& network;
    Clock& clock;
    Random& random;
    cache::Cache& cache;
    cache::ServerMemory& servers;
    cache::Failures& failures;
    cache::Spans* spans = nullptr;  // null: no aggressive use of NSEC and NSEC3 (RFC 8198)
};

struct ResolveOptions {
    bool checking_disabled = false;
    EventSink* sink = nullptr;  // outlives the resolution; nothing is paid where it is null
};

// One thread.
class Resolver {
  public:
    Resolver(const World& world, const ResolverOptions& options);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    Resolver(Resolver&&) = delete;
    Resolver& operator=(Resolver&&) = delete;
    ~Resolver();

    // Ends by query_time_max from now. `question` is of class IN and no meta type.
    Task<Answer> resolve(dns::Question question, ResolveOptions options);

    // From the cache alone (RD=0, and the hit path's slow cases): nothing if the network is needed.
    std::optional<Answer> from_cache(const dns::Question& question, ResolveOptions options) const;

    // Of servers that are silent, under way: they outlive the resolutions that began them.
    std::size_t probes() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend
