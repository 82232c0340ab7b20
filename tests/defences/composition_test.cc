// C6: whatever an attacker composes of referrals, aliases, servers without glue and bad manners,
// one client query sends at most upstream_packets_max packets (CAMP).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "resolver/budget.h"
#include "scale.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;

namespace {

constexpr std::size_t zones_max = 12;

// An attacker's zones z0.atk. to zN.atk., each with its own servers and manners, and a victim whose
// names serve as name servers. All of it drawn from one seed.
class Composition {
  public:
    explicit Composition(std::uint64_t seed) : siege(seed), random_(seed) {
        zones_ = 2 + random_.below(zones_max - 1);
        siege.options.minimise_qname = !random_.chance(20);
        siege.options.mixed_case = !random_.chance(20);
        std::string cuts;
        for (std::size_t i = 0; i < zones_; ++i) {
            cuts += delegation(i);
        }
        siege.with_attacker_and_victim(cuts, victim_records());
        if (random_.chance(30)) {
            siege.server("10.0.1.2", {.silent = true});
        }
        for (std::size_t i = 0; i < zones_; ++i) {
            add_zone(i);
        }
    }

    std::string draw_name() {
        std::string name = fmt::format("c{}.z{}.atk.", random_.below(4), random_.below(zones_));
        for (std::uint64_t deeper = random_.below(random_.chance(20) ? 60 : 4); deeper > 0;
             --deeper) {
            name = "d." + name;
        }
        return name;
    }

    Siege siege;

  private:
    std::string draw_server_name() {
        switch (random_.below(4)) {
            case 0:
                return fmt::format("n{}.vic.", random_.below(1'000));
            case 1:
                return fmt::format("n{}.z{}.atk.", random_.below(20), random_.below(zones_));
            case 2:
                return fmt::format("c{}.z{}.atk.", random_.below(4), random_.below(zones_));
            default:
                return fmt::format("deep.er.n{}.z{}.atk.", random_.below(20),
                                   random_.below(zones_));
        }
    }

    std::string delegation(std::size_t zone) {
        const int ttl = random_.chance(50) ? 0 : 300;
        std::string records;
        const std::uint64_t glueless = random_.chance(60) ? random_.below(20) : 0;
        for (std::uint64_t i = 0; i < glueless; ++i) {
            records += fmt::format("z{} {} NS {}\n", zone, ttl, draw_server_name());
        }
        const std::uint64_t with_glue = glueless == 0 ? 1 + random_.below(6) : random_.below(2);
        for (std::uint64_t i = 0; i < with_glue; ++i) {
            records += fmt::format("z{0} {1} NS s{2}.z{0}\ns{2}.z{0} {1} A 10.1.{0}.{2}\n", zone,
                                   ttl, i + 1);
        }
        return records;
    }

    std::string victim_records() { return random_.chance(50) ? "* 0 A 10.9.9.9\n" : ""; }

    std::string draw_target() {
        return random_.chance(15)
                   ? fmt::format("v{}.vic.", random_.below(100))
                   : fmt::format("c{}.z{}.atk.", random_.below(4), random_.below(zones_));
    }

    void add_zone(std::size_t zone) {
        std::string records;
        for (int i = 0; i < 4; ++i) {
            if (random_.chance(70)) {
                records += fmt::format("c{} 0 CNAME {}\n", i, draw_target());
            }
        }
        if (random_.chance(20)) {
            records += fmt::format("g 0 DNAME {}\n", draw_target());
        }
        if (random_.chance(30)) {
            records += fmt::format("* 0 CNAME {}\n", draw_target());
        } else if (random_.chance(30)) {
            records += "* 0 A 10.1.0.1\n";
        }
        const std::string apex = fmt::format("z{}.atk.", zone);
        siege.zone(fmt::format("10.1.{}.1", zone), apex, records, draw_manners());
        for (int i = 2; i <= 7; ++i) {
            const std::string address = fmt::format("10.1.{}.{}", zone, i);
            siege.server(address, draw_manners());
            siege.internet.honest.serve(ip(address), dns::name_of(apex));
        }
    }

    sim::Manners draw_manners() {
        sim::Manners manners;
        manners.round_trip =
            Duration(1'000 + random_.below(random_.chance(20) ? 1'400'000 : 20'000));
        const std::array flags = {&manners.silent,       &manners.refusing,   &manners.failing,
                                  &manners.referring_up, &manners.truncating, &manners.case_losing,
                                  &manners.without_edns, &manners.wrong_id,   &manners.mangling};
        if (random_.chance(50)) {
            *flags[random_.below(flags.size())] = true;
        }
        manners.tcp_refusing = random_.chance(20);
        manners.truncating = manners.truncating || random_.chance(20);
        return manners;
    }

    SeededRandom random_;
    std::size_t zones_ = 0;
};

}  // namespace

TEST_CASE("no composition of attacks makes one query send over a hundred packets",
          "[defences][C6][budget]") {
    const std::size_t compositions = scaled(2'000, 200);
    std::vector<std::size_t> counts;
    for (std::uint64_t seed = 1; seed <= compositions; ++seed) {
        Composition composed(seed);
        for (int i = 0; i < 3; ++i) {
            const std::string name = composed.draw_name();
            composed.siege.forget();
            const Instant began = composed.siege.queue.now();
            const Told told = composed.siege.ask(name);
            INFO("seed " << seed << ", " << name);
            CHECK(composed.siege.packets() <= upstream_packets_max);
            CHECK(composed.siege.queue.now() - began <= query_time_max);
            CHECK(composed.siege.packets_to("10.0.1.2") <= 40);
            counts.push_back(composed.siege.packets());
        }
    }
    std::ranges::sort(counts);
    const std::size_t median = counts[counts.size() / 2];
    WARN("packets of a query: median " << median << ", 99 of 100 at most "
                                       << counts[counts.size() * 99 / 100] << ", most "
                                       << counts.back());
    CHECK(median <= 64);
}
