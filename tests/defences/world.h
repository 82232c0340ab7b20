// The whole query path in virtual time, amid servers that a test scripts: Serve, Resolver and the
// shared exchanges, as a worker has them, on the simulated network. What went out is counted, and
// the cache can be looked into.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/server_memory.h"
#include "cache/spans.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "observe/stats.h"
#include "policy/access.h"
#include "policy/local_zones.h"
#include "resolver/resolver.h"
#include "server/answer/resolver_source.h"
#include "server/clients/cpu_share.h"
#include "server/serve.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"
#include "sim/sim_internet.h"
#include "sim/sim_network.h"
#include "tests/unit/resolver/message_text.h"
#include "transport/shared_exchanges.h"

namespace wend::defences {

using test::MessageText;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""us;

IpAddress ip(std::string_view text);

// A query as a scripted server sees it; valid during the call.
struct Heard {
    Endpoint server;
    Channel channel{};
    const dns::Message& message;
    Octets octets;
    Instant now;

    const dns::Question& question() const { return *message.question(); }

    std::string name() const { return dns::to_text(question().qname.lower_case()); }

    dns::Type type() const { return question().qtype; }

    bool is_udp() const { return channel == Channel::udp; }
};

using Script = std::function<sim::ServerReply(const Heard&)>;

// The right reply to that query: its id and its question, letter case and all. The text's own
// question is not looked at.
std::vector<std::uint8_t> reply_to(const Heard& heard, const MessageText& text);
// The same as all that the server sends.
sim::ServerReply say(const Heard& heard, const MessageText& text, Duration delay = 1ms);
// The reply with one more EDNS option.
std::vector<std::uint8_t> with_option(std::vector<std::uint8_t> reply, dns::OptionCode code,
                                      Octets data);
void add(sim::ServerReply& to, std::vector<std::uint8_t> octets, Duration delay);

// One packet that went out.
struct Sent {
    Instant at{};
    Endpoint server;
    Channel channel{};
    dns::Question question;
    bool edns = false;
    bool dnssec_ok = false;
    bool recursion_desired = false;
    std::vector<std::uint8_t> octets;
};

// The servers of zones in text, and those with a script. Notes what they are asked.
class Internet final : public sim::ServerModel {
  public:
    sim::ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                              Instant now) override;

    sim::SimInternet honest;
    std::map<IpAddress, Script> scripts;
    std::vector<Sent> sent;
};

// How a client asks.
struct Asking {
    std::string_view from = "192.168.1.7:5353";
    Channel channel = Channel::udp;
    bool recursion_desired = true;
    bool checking_disabled = false;
    bool edns = true;
    bool dnssec_ok = false;
    std::uint16_t udp_payload_size = 1232;
    std::vector<dns::EdnsOption> options{};
};

std::vector<std::uint8_t> query_for(std::string_view name, dns::Type type, const Asking& how = {});

// What a client was told; `octets` is 0 if nothing.
struct Told {
    dns::Message message;
    std::size_t octets = 0;

    bool answered() const { return octets > 0; }

    dns::Rcode rcode() const { return message.rcode(); }

    std::vector<dns::RecordView> answers() const;
    // The last answer record's data as text; empty without one.
    std::string data() const;
    std::optional<std::uint16_t> info_code() const;
};

class Siege : private ReplySink {
  public:
    explicit Siege(std::uint64_t seed = 1);
    Siege(const Siege&) = delete;
    Siege& operator=(const Siege&) = delete;
    Siege(Siege&&) = delete;
    Siege& operator=(Siege&&) = delete;
    ~Siege() override = default;

    // A zone at an honest server. SOA (negative TTL 300), NS "ns" and its address are written here.
    void zone(std::string_view address, std::string_view apex, std::string_view records,
              const sim::Manners& manners = {.round_trip = std::chrono::milliseconds(10)});
    // The same, signed. One that `anchored` says is trusted from the start: names are validated
    // then.
    void signed_zone(std::string_view address, std::string_view apex, std::string_view records,
                     bool anchored = false);
    // The line of its DS record for the parent.
    static std::string ds_of(std::string_view apex);
    // The line of an RRSIG over that one record by the key of a signed zone; by nobody's key if it
    // is not `held`.
    static std::string signature_of(std::string_view record, std::string_view zone, bool held);
    void server(std::string_view address, const sim::Manners& manners);
    void script(std::string_view address, Script script);

    // The root (10.0.0.1) delegates atk. to 10.0.1.1 and vic. to 10.0.1.2; vic. has www
    // (192.0.2.80) and canary (192.0.2.81), and whatever is given.
    void with_attacker_and_victim(std::string_view attacker = {}, std::string_view victim = {});

    // Asks and runs the world until the answer is there.
    Told ask(std::string_view name, dns::Type type = dns::Type::a, const Asking& how = {});
    // Asks and goes on; the number is for told().
    std::uint64_t send(std::string_view name, dns::Type type = dns::Type::a,
                       const Asking& how = {});
    std::uint64_t send_octets(Octets query, const Client& client);
    // The same datagram at the same socket of ours.
    void send_again(std::uint64_t number, Octets query, const Client& client);
    // What came of it; nothing if it has not been answered.
    Told told(std::uint64_t number) const;

    void pass(Duration time);
    // Until nothing is under way any more.
    void settle();

    // Of what went out since the last forget().
    const std::vector<Sent>& sent() const { return internet.sent; }

    std::size_t packets() const { return internet.sent.size(); }

    std::size_t packets_to(std::string_view address) const;
    std::size_t packets_over(Channel channel) const;
    // For names at or below this one.
    std::size_t packets_about(std::string_view name) const;

    void forget() { internet.sent.clear(); }

    // Whether anything at all is known at that name and type, at any rank.
    bool knows(std::string_view name, dns::Type type) const;

    std::size_t replies() const { return replies_.size(); }

    // Octets that all clients were sent.
    std::size_t octets_told() const { return octets_told_; }

    Serve& serve();

    // Before the first question:
    ResolverOptions options;
    ServeOptions serving;
    std::vector<Prefix> allowed = policy::default_allowed();
    std::optional<policy::RateLimits> limits;  // of clients that are not private; none: no limits
    bool answer_cookies = false;
    CpuShare* cpu = nullptr;  // null: nobody is charged; else outlives it

    sim::EventQueue queue{Instant(std::chrono::hours(1))};
    sim::SimClock clock{queue, WallTime(std::chrono::hours(24 * 365 * 56))};
    SeededRandom random;
    Internet internet;
    sim::SimNetwork network{queue, random, internet};
    SharedExchanges shared{network, clock, HashKey{}};
    cache::Cache cache{cache::Options{.bytes_max = std::size_t{4} << 20, .shards = 1}};
    cache::ServerMemory memory{1024, HashKey{}};
    cache::Failures failures{1024, HashKey{}};
    cache::Spans spans{cache::SpanOptions{}};
    Stats stats;

  private:
    void send(std::uint64_t token, const Client& client, Octets message) override;
    void note(std::uint64_t token, Octets message);

    std::uint64_t last_token_ = 0;
    std::size_t octets_told_ = 0;
    std::map<std::uint64_t, std::vector<std::uint8_t>> replies_;
    std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(65'535);
    policy::LocalZones local_zones_{{}};
    std::unique_ptr<policy::AccessList> access_;
    std::unique_ptr<policy::RateLimiter> limiter_;
    policy::Cookies cookies_{HashKey{3, 4}};
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<ResolverSource> source_;
    std::unique_ptr<Serve> serve_;
};

// What the server of the zones says, script or not.
sim::ServerReply honest(Siege& siege, const Heard& heard);

}  // namespace wend::defences
