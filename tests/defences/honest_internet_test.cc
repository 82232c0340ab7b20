// The other side of every cap: names of an honest internet must not run into one. Its shapes are
// those that cost most where nobody means harm: servers named in other zones, chains of aliases
// from one content network to the next, deep names, servers that are down.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "resolver/budget.h"
#include "scale.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;

namespace {

constexpr std::size_t top_count = 40;
constexpr std::size_t host_count = 60;
constexpr std::size_t names_of_a_zone = 25;

std::string address(std::size_t block, std::size_t i) {
    return fmt::format("10.{}.{}.{}", block + i / 60'000, i / 250 % 240, 1 + i % 250);
}

// Top-level zones, hosting zones with the name servers of others, content networks, and the rest.
class HonestInternet {
  public:
    HonestInternet(Siege& siege, std::size_t zones, std::uint64_t seed)
        : siege_(siege), random_(seed), tops_(top_count) {
        std::string root;
        for (std::size_t top = 0; top < top_count; ++top) {
            root += fmt::format("t{0} NS ns.t{0}\nns.t{0} A {1}\n", top, address(20, top));
        }
        for (std::size_t host = 0; host < host_count; ++host) {
            add_host(host);
        }
        for (std::size_t zone = 0; zone < zones; ++zone) {
            add_zone(zone);
        }
        siege_.zone("10.0.0.1", ".", root, draw_manners());
        for (std::size_t top = 0; top < top_count; ++top) {
            siege_.zone(address(20, top), fmt::format("t{}.", top), tops_[top], draw_manners());
        }
    }

    const std::vector<std::string>& names() const { return names_; }

  private:
    sim::Manners draw_manners() {
        return {.without_edns = random_.chance(1),
                .round_trip = Duration(2'000 + random_.below(150'000))};
    }

    std::size_t top_of(std::size_t i) const { return i % top_count; }

    // h.tN.: name servers n0 to n3 for the zones of others, and targets of their aliases. A third
    // of the hosts have their own name servers at another host.
    void add_host(std::size_t host) {
        const std::string apex = fmt::format("h{}.t{}.", host, top_of(host));
        const std::string where = address(30, host);
        std::string records;
        for (std::size_t i = 0; i < 4; ++i) {
            records += fmt::format("n{} A {}\n", i, address(60 + i * 10, host));
        }
        records += host + 1 < host_count && host % 3 == 1
                       ? fmt::format("* CNAME edge.h{}.t{}.\n", host + 1, top_of(host + 1))
                       : std::string("* A 192.0.2.1\n");
        records += "edge A 192.0.2.1\n";
        siege_.zone(where, apex, records, draw_manners());
        tops_[top_of(host)] += fmt::format("h{0} NS ns.h{0}\nns.h{0} A {1}\n", host, where);
        for (std::size_t i = 0; i < 4; ++i) {
            siege_.server(address(60 + i * 10, host),
                          {.silent = i == 3 && random_.chance(30),
                           .round_trip = Duration(5'000 + random_.below(60'000))});
        }
    }

    void add_zone(std::size_t zone) {
        const std::size_t top = random_.below(top_count);
        const std::string apex = fmt::format("z{}.t{}.", zone, top);
        siege_.zone(address(100, zone), apex, zone_records(apex), draw_manners());
        std::string& cut = tops_[top];
        if (!random_.chance(60)) {
            cut += fmt::format("z{0} NS ns.z{0}\nns.z{0} A {1}\n", zone, address(100, zone));
            return;
        }
        // Hosted: two to four servers, at one host or two.
        const std::size_t first = random_.below(host_count);
        const std::size_t second = random_.chance(50) ? first : random_.below(host_count);
        const std::size_t servers = 2 + random_.below(3);
        for (std::size_t i = 0; i < servers; ++i) {
            const std::size_t host = i % 2 == 0 ? first : second;
            cut += fmt::format("z{} NS n{}.h{}.t{}.\n", zone, i, host, top_of(host));
            siege_.internet.honest.serve(ip(address(60 + i * 10, host)), dns::name_of(apex));
        }
    }

    std::string zone_records(const std::string& apex) {
        std::string records;
        for (std::size_t i = 0; i < names_of_a_zone; ++i) {
            std::string name = fmt::format("w{}", i);
            for (std::uint64_t deeper = random_.chance(20) ? random_.below(6) : 0; deeper > 0;
                 --deeper) {
                name += ".x";
            }
            names_.push_back(name + "." + apex);
            if (random_.chance(25)) {
                const std::size_t host = random_.below(host_count);
                records += fmt::format("{} CNAME e{}.h{}.t{}.\n", name, i, host, top_of(host));
            } else {
                records += fmt::format("{} A 192.0.2.{}\n", name, i);
            }
        }
        return records;
    }

    Siege& siege_;
    SeededRandom random_;
    std::vector<std::string> tops_;
    std::vector<std::string> names_;
};

// ip6.arpa. (RFC 3596 2.5) with cuts at registries, providers, sites and networks, not one of them
// with glue: their servers are named in zones of providers, most of whom have theirs at another
// provider, and those at a third. Every provider has one dead server and one with IPv6 alone.
class ReverseInternet {
  public:
    explicit ReverseInternet(Siege& siege, std::uint64_t seed) : siege_(siege), random_(seed) {
        std::string root = "arpa NS ns.arpa.\nns.arpa. A 10.20.0.1\n";
        for (std::size_t top = 0; top < tops_.size(); ++top) {
            root += fmt::format("t{0} NS ns.t{0}\nns.t{0} A {1}\n", top, address(21, top));
        }
        siege_.zone("10.0.0.1", ".", root, {});
        for (std::size_t i = 0; i < provider_count; ++i) {
            add_provider(i);
        }
        for (std::size_t top = 0; top < tops_.size(); ++top) {
            siege_.zone(address(21, top), fmt::format("t{}.", top), tops_[top], {});
        }
        zones_["arpa."];
        for (int i = 0; i < 20; ++i) {
            add_network();
        }
        for (const auto& [apex, records] : zones_) {
            const std::string where = apex == "arpa." ? "10.20.0.1" : address(22, served_++);
            siege_.zone(where, apex, records, {});
        }
        for (const auto& [where, apex] : served_at_) {
            siege_.internet.honest.serve(ip(where), dns::name_of(apex));
        }
    }

    const std::vector<std::string>& names() const { return names_; }

  private:
    static constexpr std::size_t provider_count = 30;

    std::string provider(std::size_t i) const {
        return fmt::format("p{}.t{}.", i, i % tops_.size());
    }

    std::string servers_at(std::string_view apex, std::size_t i) const {
        std::string records;
        for (int server = 0; server < 4; ++server) {
            records += fmt::format("{} NS n{}.{}\n", apex, server, provider(i));
        }
        return records;
    }

    void serve_at(std::string_view apex, std::size_t i) {
        for (std::size_t server = 0; server < 4; ++server) {
            served_at_.emplace_back(host(server, i), apex);
        }
    }

    static std::string host(std::size_t server, std::size_t i) {
        return server == 3 ? fmt::format("2600::{}", i + 1) : address(60 + server * 10, i);
    }

    // Every third one is its own, the next has its zone there, and the one after that at the next.
    void add_provider(std::size_t i) {
        const std::string apex = provider(i);
        std::string records;
        for (std::size_t server = 0; server < 4; ++server) {
            records +=
                fmt::format("n{} {} {}\n", server, server == 3 ? "AAAA" : "A", host(server, i));
            siege_.server(host(server, i), {.silent = server == 0,
                                            .round_trip = Duration(5'000 + random_.below(60'000))});
        }
        siege_.zone(address(30, i), apex, records, {});
        std::string& cut = tops_[i % tops_.size()];
        if (i % 3 == 0) {
            cut += fmt::format("{0} NS ns.{0}\nns.{0} A {1}\n", apex, address(30, i));
        } else {
            cut += servers_at(apex, i - 1);
            serve_at(apex, i - 1);
        }
    }

    void add_network() {
        std::string digits = "2";
        while (digits.size() < 32) {
            digits += fmt::format("{:x}", random_.below(16));
        }
        std::string parent = "arpa.";
        for (const std::size_t cut : {0U, 3U, 8U, 12U, 14U, 16U}) {
            const std::string apex = reversed(digits.substr(0, cut));
            if (zones_.emplace(apex, "").second) {
                const std::size_t at = random_.below(provider_count);
                zones_[parent] += servers_at(apex, at);
                serve_at(apex, at);
            }
            parent = apex;
        }
        names_.push_back(reversed(digits));
        zones_[parent] += names_.back() + " PTR host.t0.\n";
    }

    static std::string reversed(std::string_view digits) {
        std::string name;
        for (const char digit : digits) {
            name.insert(0, fmt::format("{}.", digit));
        }
        return name + "ip6.arpa.";
    }

    Siege& siege_;
    SeededRandom random_;
    std::array<std::string, 10> tops_;
    std::map<std::string, std::string> zones_;
    std::size_t served_ = 0;
    std::vector<std::pair<std::string, std::string>> served_at_;
    std::vector<std::string> names_;
};

}  // namespace

TEST_CASE("a reverse name below six cuts without glue runs into no limit",
          "[defences][budget][C6]") {
    std::size_t most = 0;
    for (std::uint64_t seed = 1; seed <= scaled(200, 10); ++seed) {
        Siege siege;
        ReverseInternet internet(siege, seed);
        for (const std::string& name : internet.names()) {
            siege.forget();
            const Told told = siege.ask(name, dns::Type::ptr);
            CHECK(told.rcode() == dns::Rcode::noerror);
            most = std::max(most, siege.packets());
        }
    }
    WARN("at most " << most << " packets for one name");
    CHECK(most <= upstream_packets_max);
}

TEST_CASE("of the names of an honest internet at most one runs into a limit",
          "[defences][budget][C6]") {
    constexpr std::size_t zones_full = 4'000;
    const std::size_t zones = scaled(zones_full, 150);
    Siege siege;
    HonestInternet internet(siege, zones, 7);
    REQUIRE(internet.names().size() == zones * names_of_a_zone);
    std::vector<std::string> names = internet.names();
    SeededRandom order(1);
    for (std::size_t i = names.size() - 1; i > 0; --i) {
        std::swap(names[i], names[order.below(i + 1)]);
    }
    std::size_t failed = 0;
    std::size_t most = 0;
    std::size_t packets = 0;
    for (const std::string& name : names) {
        siege.forget();
        const Told told = siege.ask(name);
        failed += told.rcode() == dns::Rcode::noerror ? 0U : 1U;
        most = std::max(most, siege.packets());
        packets += siege.packets();
    }
    WARN(names.size() << " names, " << packets << " packets, at most " << most << " for one, "
                      << failed << " failed");
    CHECK(failed <= 1);
    CHECK(most <= 64);
}

namespace {

// a<n>.b<n>.top. for each n, both signed cuts, whose www is an alias of the next one's; the last
// has an address.
void with_signed_aliases(Siege& siege, int aliases) {
    std::string cuts = "ns A 10.0.1.1\n";
    for (int n = 0; n <= aliases; ++n) {
        const std::string middle = fmt::format("b{}.top.", n);
        const std::string last = fmt::format("a{0}.b{0}.top.", n);
        cuts += fmt::format("{0} NS ns.{0}\nns.{0} A 10.1.{1}.1\n", middle, n);
        cuts += Siege::ds_of(middle);
        siege.signed_zone(
            fmt::format("10.1.{}.1", n), middle,
            fmt::format("{0} NS ns.{0}\nns.{0} A 10.1.{1}.2\n", last, n) + Siege::ds_of(last));
        const std::string data =
            n < aliases ? fmt::format("CNAME www.a{0}.b{0}.top.", n + 1) : "A 192.0.2.80";
        siege.signed_zone(fmt::format("10.1.{}.2", n), last, "www " + data + "\n");
    }
    siege.signed_zone("10.0.0.1", ".",
                      "top NS ns.top.\nns.top. A 10.0.1.1\n" + Siege::ds_of("top."), true);
    siege.signed_zone("10.0.1.1", "top.", cuts);
}

}  // namespace

// Failures are what KeyTrap is made of; an honest chain has none, however long it is.
TEST_CASE("signed aliases over as many signed zones are answered the first time",
          "[defences][budget][D1]") {
    for (int aliases = 1; aliases <= aliases_max; ++aliases) {
        CAPTURE(aliases);
        Siege siege;
        with_signed_aliases(siege, aliases);
        const Told told = siege.ask("www.a0.b0.top.", dns::Type::a, {.dnssec_ok = true});
        CHECK(told.rcode() == dns::Rcode::noerror);
        CHECK(told.message.header().ad);
        CHECK(siege.packets() <= 80);
        CHECK(siege.ask("www.a0.b0.top.").data() == "192.0.2.80");
    }
}
