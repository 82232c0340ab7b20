// A small internet in virtual time around one Resolver.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/frame.h"
#include "message_text.h"
#include "resolver/resolver.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"
#include "sim/sim_internet.h"
#include "sim/sim_network.h"

namespace wend::test {

// All servers: those of zones in text, and those that a test scripts. Notes what they are asked.
class Servers final : public sim::ServerModel {
  public:
    // What a scripted server says to a question: nothing is silence.
    using Script = std::function<std::optional<MessageText>(const dns::Question&, Channel)>;

    struct Asked {
        Endpoint server;
        Channel channel{};
        dns::Question question;
        bool edns = false;
        bool recursion_desired = false;
    };

    sim::ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                              Instant now) override {
        const auto message = dns::Message::parse(query);
        check(message && message->question(), "a query of the resolver is well formed");
        asked.push_back({.server = server,
                         .channel = channel,
                         .question = *message->question(),
                         .edns = message->edns() != nullptr,
                         .recursion_desired = message->header().rd});
        const auto script = scripts.find(server.ip);
        if (script == scripts.end()) {
            return internet.on_query(server, channel, query, now);
        }
        std::optional<MessageText> said = script->second(*message->question(), channel);
        sim::ServerReply reply;
        if (said) {
            const std::string qname = dns::to_text(message->question()->qname);
            said->qname = qname;
            said->qtype = message->question()->qtype;
            reply.deliveries.push_back({.delay = delay, .octets = octets_of(*said)});
            // Its id and its question, letter case and all, are the query's.
            std::vector<std::uint8_t>& octets = reply.deliveries.front().octets;
            const std::size_t question_size = message->question()->qname.view().size() + 4;
            std::copy_n(query.begin(), 2, octets.begin());
            std::copy_n(query.begin() + 12, question_size, octets.begin() + 12);
            octets.resize(octets.size() - cut);
        }
        return reply;
    }

    sim::SimInternet internet;
    std::map<IpAddress, Script> scripts;
    std::vector<Asked> asked;
    Duration delay = std::chrono::milliseconds(1);  // of what scripts say
    std::size_t cut = 0;                            // octets that it lacks at its end
};

inline IpAddress ip(std::string_view text) {
    const std::optional<IpAddress> address = IpAddress::from_text(text);
    check(address.has_value(), "an address of a test is one");
    return *address;
}

inline cache::Options small_cache() {
    cache::Options limits;
    limits.bytes_max = std::size_t{4} << 20;
    limits.shards = 1;
    return limits;
}

class TestWorld {
  public:
    explicit TestWorld(std::uint64_t seed = 1, const cache::Options& limits = small_cache())
        : random(seed), cache(limits) {
        options.root_hints.push_back({.zone = {}, .addresses = {{ip("10.0.0.1"), 53}}});
        options.prime = false;
    }

    // A zone at a server: SOA (negative TTL 300), NS "ns" and its address are written here.
    void zone(std::string_view address, std::string_view apex, std::string_view records,
              const sim::Manners& manners = {.round_trip = std::chrono::milliseconds(10)}) {
        const std::string text =
            "@ 3600 SOA ns hostmaster 1 7200 900 1209600 300\n@ 3600 NS ns\nns 3600 " +
            std::string(ip(address).is_v4() ? "A " : "AAAA ") + std::string(address) + "\n" +
            std::string(records);
        auto parsed = sim::Zone::from_text(text, dns::name_of(apex));
        check(parsed.has_value(), "the zone of a test is a zone");
        servers.internet.add_zone(std::make_shared<const sim::Zone>(std::move(*parsed)));
        servers.internet.add_server(ip(address), manners);
        servers.internet.serve(ip(address), dns::name_of(apex));
    }

    void script(std::string_view address, Servers::Script says) {
        servers.scripts[ip(address)] = std::move(says);
    }

    Resolver& resolver() {
        if (!resolver_) {
            resolver_ = std::make_unique<Resolver>(
                World{network, clock, random, cache, memory, failures}, options);
        }
        return *resolver_;
    }

    // Resolves and notes how many packets it took.
    Answer ask(std::string_view name, dns::Type type = dns::Type::a, EventSink* sink = nullptr) {
        servers.asked.clear();
        const ResolveOptions how{.sink = sink};
        auto task = resolver().resolve(question_of(name, type), how);
        task.start();
        while (!task.done() && queue.step()) {
        }
        check(task.done(), "a resolution ends");
        check(network.in_flight() == resolver().probes(), "nothing is left under way");
        return task.result();
    }

    void pass(Duration time) { queue.run_until(queue.now() + time, 1'000'000); }

    int packets() const { return static_cast<int>(servers.asked.size()); }

    int packets_to(std::string_view address) const {
        int count = 0;
        for (const Servers::Asked& asked : servers.asked) {
            count += asked.server.ip == ip(address) ? 1 : 0;
        }
        return count;
    }

    // "10.0.0.1 com. A", a packet each; "tcp" and "plain" (no EDNS) where it was so.
    std::vector<std::string> log() const {
        std::vector<std::string> lines;
        for (const Servers::Asked& asked : servers.asked) {
            lines.push_back(
                asked.server.ip.to_text() + ' ' + dns::to_text(asked.question.qname.lower_case()) +
                ' ' + dns::to_text(asked.question.qtype) +
                (asked.channel == Channel::tcp ? " tcp" : "") + (asked.edns ? "" : " plain"));
        }
        return lines;
    }

    sim::EventQueue queue{Instant(std::chrono::hours(1))};
    sim::SimClock clock{queue, WallTime(std::chrono::hours(24 * 365 * 56))};
    SeededRandom random;
    Servers servers;
    sim::SimNetwork network{queue, random, servers};
    cache::Cache cache;
    cache::ServerMemory memory{1024, HashKey{}};
    cache::Failures failures{1024, HashKey{}};
    ResolverOptions options;

  private:
    std::unique_ptr<Resolver> resolver_;
};

// The first rdata's text of the last RRset in the answer; empty without one.
inline std::string data_of(const Answer& answer) {
    if (answer.answer.empty()) {
        return {};
    }
    const dns::RRset& last = answer.answer.back();
    return dns::rdata_to_text(last.type(), last.rdatas().front());
}

}  // namespace wend::test
