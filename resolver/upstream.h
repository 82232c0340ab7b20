// Asks one server one question, whatever that takes: UDP, then TCP where a datagram will not do,
// without EDNS where the server cannot bear it. At most three packets.
#pragma once
#include <cstdint>
#include <optional>

#include "base/task.h"
#include "resolver/errand.h"
#include "resolver/resolver.h"
#include "resolver/scrub.h"
#include "resolver/select.h"
#include "resolver/zone_servers.h"

namespace wend {

inline constexpr int packets_per_ask_max = 3;
// Packets of a probe, one after the other until something is heard: of a server that has answered
// before, and may lie behind a lossy path; of one that has not, for the first time and later.
inline constexpr int probe_packets_max = 5;
inline constexpr int probe_packets_first = 1;
inline constexpr int probe_packets_later = 3;
// The last of them is waited for as behind a satellite, the others no longer than this.
inline constexpr Duration probe_patience_step = std::chrono::milliseconds(600);
inline constexpr Duration probe_patience_last = std::chrono::milliseconds(2000);

// Why there is nothing from the server.
enum class Trouble : std::uint8_t {
    none,
    timeout,      // over UDP: it may be asked again
    silent,       // over TCP too
    unreachable,  // there is no way to it from here
    failed,       // not in the way that the reply needs: truncated over TCP, TCP refused
    exhausted,    // the budget's packets or octets, or its time
};

struct Ask {
    const ZoneServers& zone;
    Candidate candidate;
    dns::Name server_name;
    dns::Question question;
    bool minimised = false;
};

struct Said {
    Trouble trouble = Trouble::none;
    AcceptedPtr accepted;  // set if a reply came; worth something where there is no trouble
    dns::Rcode rcode = dns::Rcode::noerror;
    bool proved = false;  // no forger from off the path: over a stream, or with our cookie
};

// All that serve a zone say something about its own SOA, whatever they think of the names and types
// that clients make up; but for load balancers that know addresses alone. So each second packet
// may ask for something else.
struct Probe {
    Endpoint server;
    dns::Name zone;
    dns::Question second;
    Duration patience{};  // for each packet but the last
    int packets = 0;
};

// One for each worker.
class Upstream {
  public:
    Upstream(const World& world, const ResolverOptions& options, const ServerFilter& filter);

    // `ask` and `quest` are named locals of the awaiting coroutine.
    Task<Said> ask(const Ask& ask, const Quest& quest);

    // Only to see whether the server is there. The caller has spent the packets.
    Task<void> probe(Probe probe);

    const FamilyHealth& families() const { return families_; }

  private:
    // How the next packet goes out.
    struct Attempt {
        Channel channel = Channel::udp;
        bool edns = true;
        bool had_bad_cookie = false;
        bool heard = false;  // the server has sent something since it was asked
    };

    static bool is_datagram(const Attempt& attempt) { return attempt.channel == Channel::udp; }

    Task<Reply> send(const Attempt& attempt, const Ask& ask, const Quest& quest);
    Said read(const Reply& reply, const Attempt& attempt, const Ask& ask, const Quest& quest);
    QueryCookie cookie_for(const Endpoint& server) const;
    void learn_cookie(const Response& response, const Endpoint& server);
    void learn_from(const Response& response, const Query& query, dns::NameView zone);
    void learn_from(NetError error, const Query& query, dns::NameView zone);
    static std::optional<event::Step> next_attempt(Attempt& attempt, const Reply& reply,
                                                   const Said& said, const Ask& ask);

    World world_;
    const ResolverOptions& options_;
    const ServerFilter& filter_;
    FamilyHealth families_;
};

}  // namespace wend
