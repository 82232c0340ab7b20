#include "server/clients/local_networks.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dns/message_builder.h"
#include "server/serve.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;

namespace {

std::optional<Prefix> network(const char* address, const char* netmask) {
    return network_of(*IpAddress::from_text(address), *IpAddress::from_text(netmask));
}

// What the interfaces have, changed by hand, and how often somebody looked.
struct Interfaces {
    std::vector<Prefix> networks;
    int reads = 0;

    LocalNetworks::Read reader() {
        return [this] {
            ++reads;
            return networks;
        };
    }
};

bool allows(const LocalNetworks::Seen& seen, const char* address) {
    return seen.networks.allows(*IpAddress::from_text(address));
}

// One who asks a server that allows 10.0.0.0/8 and what is local, over and over.
struct Neighbour {
    explicit Neighbour(const char* address)
        : client{{*IpAddress::from_text(address), 5353}, Channel::udp} {
        Answer answer;
        answer.rcode = dns::Rcode::noerror;
        source.cached = answer;
    }

    dns::Rcode ask() {
        dns::Header header;
        header.rd = true;
        const dns::Question question{dns::name_of("www.example."), dns::Type::a, dns::Class::in};
        std::vector<std::uint8_t> query(512);
        dns::MessageBuilder builder(query, query.size());
        builder.start(header, dns::Rcode::noerror, &question, nullptr);
        query.resize(builder.finish().size());
        const QueryResult result = serve.on_query(query, client, sink, 1, out);
        if (result.outcome != Outcome::answered) {
            return dns::Rcode::servfail;
        }
        return dns::Message::parse(Octets(out).first(result.size))->rcode();
    }

    StandInSource source;
    cache::Cache cache{cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1}};
    HandClock clock;
    SeededRandom random{1};
    std::vector<Prefix> configured = {*Prefix::from_text("10.0.0.0/8")};
    policy::AccessList access{configured};
    policy::AccessList local{{}};
    policy::LocalZones local_zones{{}};
    policy::RateLimiter limiter{{.queries_per_address = 5}, {}, HashKey{1, 2}};
    Stats stats;
    KeepingSink sink;
    Client client;
    std::vector<std::uint8_t> out = std::vector<std::uint8_t>(65'535);
    Serve serve{{.source = source,
                 .cache = cache,
                 .clock = clock,
                 .random = random,
                 .access = access,
                 .local_zones = local_zones,
                 .stats = stats,
                 .rate_limiter = &limiter,
                 .local_networks = &local,
                 .exempt_networks = &local},
                {}};
};

}  // namespace

TEST_CASE("an interface's network is its address cut to its netmask", "[server]") {
    CHECK(network("192.0.2.77", "255.255.255.0")->to_text() == "192.0.2.0/24");
    CHECK(network("192.0.2.77", "255.255.255.255")->to_text() == "192.0.2.77/32");
    CHECK(network("203.0.113.9", "255.255.254.0")->to_text() == "203.0.112.0/23");
    CHECK(network("2001:db8:1:2::7", "ffff:ffff:ffff:ffff::")->to_text() == "2001:db8:1:2::/64");
    CHECK(network("2001:db8::7", "ffff:ffff:fe00::")->to_text() == "2001:db8::/39");
    // Loopback is local anyway.
    CHECK_FALSE(network("127.0.0.1", "255.0.0.0"));
    CHECK_FALSE(network("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
}

TEST_CASE("half of the internet is nobody's network", "[server][limits]") {
    CHECK_FALSE(network("192.0.2.1", "0.0.0.0"));
    CHECK_FALSE(network("192.0.2.1", "128.0.0.0"));
    CHECK_FALSE(network("192.0.2.1", "254.0.0.0"));
    CHECK(network("10.0.0.1", "255.0.0.0"));
    CHECK_FALSE(network("2001:db8::1", "::"));
    CHECK_FALSE(network("2001:db8::1", "ffff:fffe::"));
    CHECK(network("2001:db8::1", "ffff:ffff::"));
}

TEST_CASE("networks are followed as they come and go, and read by one for all", "[server]") {
    Interfaces interfaces;
    interfaces.networks = {*Prefix::from_text("192.0.2.0/24")};
    LocalNetworks local(interfaces.reader());
    LocalNetworks::Seen one;
    LocalNetworks::Seen other;
    HandClock clock;
    CHECK_FALSE(local.refresh(one));
    local.look(clock.now());
    CHECK(local.refresh(one));
    CHECK(allows(one, "192.0.2.200"));
    CHECK_FALSE(local.refresh(one));

    interfaces.networks = {*Prefix::from_text("2001:db8::/64")};
    clock.advance(local_networks_interval - std::chrono::microseconds(1));
    local.look(clock.now());
    CHECK(interfaces.reads == 1);
    clock.advance(std::chrono::microseconds(1));
    local.look(clock.now());
    local.look(clock.now());
    CHECK(interfaces.reads == 2);
    CHECK(local.refresh(one));
    CHECK(local.refresh(other));
    for (const LocalNetworks::Seen* seen : {&one, &other}) {
        CHECK_FALSE(allows(*seen, "192.0.2.200"));
        CHECK(allows(*seen, "2001:db8::9"));
    }
    // What has not changed is not copied again.
    clock.advance(local_networks_interval);
    local.look(clock.now());
    CHECK(interfaces.reads == 3);
    CHECK_FALSE(local.refresh(one));
}

TEST_CASE("this host's interfaces can be read, and give no loopback", "[server]") {
    const auto networks = interface_networks();
    REQUIRE(networks);
    for (const Prefix& found : *networks) {
        CHECK_FALSE(found.contains(*IpAddress::from_text("127.0.0.1")));
        CHECK_FALSE(found.contains(*IpAddress::from_text("::1")));
    }
}

TEST_CASE("a client on a local network may ask, and is not limited, while it is local",
          "[server][rate-limit]") {
    Neighbour neighbour("2001:db8::9");
    CHECK(neighbour.ask() == dns::Rcode::refused);
    const std::vector<Prefix> networks = {*Prefix::from_text("2001:db8::/64")};
    neighbour.local = policy::AccessList(networks);
    for (int i = 0; i < 100; ++i) {
        CHECK(neighbour.ask() == dns::Rcode::noerror);
    }
    CHECK(neighbour.stats.get(Counter::rate_limited) == 0);
    neighbour.local = policy::AccessList({});
    CHECK(neighbour.ask() == dns::Rcode::refused);
}
