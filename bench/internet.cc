// Writes a closed internet as zone files, the same from the same seed: root, top-level domains, and
// several thousand zones below them, part of them signed, with in-domain and with foreign servers.
//
//   internet DIRECTORY [ZONES] [SEED]      4,000 zones from seed 1
//
// Beside zones/ it leaves: root.list, tld.list and leaf.list ("apex file" lines, what each set of
// servers holds), root.hints, root.anchor (DS), and names.txt: every name in no particular order.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "dns/zone_file.h"
#include "sim/signer.h"

namespace wend::bench {
namespace {

constexpr unsigned tlds = 10;
constexpr unsigned signed_tlds = 8;  // the first five with NSEC3 and opt-out, the rest with NSEC
constexpr unsigned nsec3_tlds = 5;
constexpr unsigned hosting_zones = 20;
constexpr unsigned leaf_addresses = 64;  // of the servers of all zones below the top-level domains
constexpr unsigned signed_percent = 50;  // of the zones in signed top-level domains: 40 of all
constexpr unsigned foreign_percent = 30;
constexpr std::array names_of_a_zone = {"www", "mail", "img", "api"};
constexpr std::uint32_t validity = 30 * 86'400;  // seconds

std::string leaf_address(unsigned number) {
    return fmt::format("198.18.2.{}", 1 + number % leaf_addresses);
}

struct Zone {
    std::string apex;
    std::string text{};  // records in zone-file form
    std::optional<sim::SigningOptions> signing{};
};

class Internet {
  public:
    Internet(std::filesystem::path directory, unsigned zones, std::uint64_t seed)
        : directory_(std::move(directory)), zones_(zones), random_(seed), now_(std::time(nullptr)) {
        std::filesystem::create_directories(directory_ / "zones");
    }

    void write() {
        root_ = {".", head(".", "a.root-server.", "b.root-server."), signing(false, false)};
        root_.text +=
            "a.root-server. 86400 IN A 198.18.0.1\nb.root-server. 86400 IN A 198.18.0.2\n";
        for (unsigned i = 0; i < tlds; ++i) {
            tld_.push_back(make_tld(i));
        }
        for (unsigned i = 0; i < hosting_zones; ++i) {
            make_hosting(i);
        }
        for (unsigned i = 0; i < zones_; ++i) {
            make_leaf(i);
        }
        make_special();
        for (const Zone& zone : tld_) {
            save(zone, "tld");
        }
        save(root_, "root");
        save_lists();
    }

  private:
    // SOA and two name servers.
    static std::string head(const std::string& apex, const std::string& first,
                            const std::string& second) {
        return fmt::format(
            "{0} 3600 IN SOA {1} hostmaster.{1} 1 7200 3600 1209600 900\n"
            "{0} 86400 IN NS {1}\n{0} 86400 IN NS {2}\n",
            apex, first, second);
    }

    std::optional<sim::SigningOptions> signing(bool nsec3, bool opt_out) {
        sim::SigningOptions options;
        options.seed = random_.next();
        options.inception = static_cast<std::uint32_t>(now_ - 3'600);
        options.expiration = static_cast<std::uint32_t>(now_) + validity;
        options.nsec3 = nsec3;
        options.opt_out = opt_out;
        return options;
    }

    static std::string ds_record(const Zone& zone) {
        const dns::Name apex = dns::name_of(zone.apex);
        const auto rdata = sim::ds_rdata(apex, *zone.signing);
        return dns::record_to_text(apex, 86'400, dns::Class::in, dns::Type::ds, *rdata) + "\n";
    }

    // What the parent says of a zone, without glue.
    static void delegate(const Zone& zone, const std::array<std::string, 2>& servers,
                         Zone& parent) {
        for (const std::string& server : servers) {
            parent.text += fmt::format("{} 86400 IN NS {}\n", zone.apex, server);
        }
        if (zone.signing) {
            parent.text += ds_record(zone);
        }
    }

    static std::string address(const std::string& name, const std::string& ip) {
        return fmt::format("{} 3600 IN A {}\n", name, ip);
    }

    Zone make_tld(unsigned number) {
        const std::string apex = fmt::format("t{}.", number);
        const std::array servers = {"a.nic." + apex, "b.nic." + apex};
        Zone zone{apex, head(apex, servers[0], servers[1])};
        if (number < signed_tlds) {
            zone.signing = signing(number < nsec3_tlds, number < nsec3_tlds);
        }
        delegate(zone, servers, root_);
        for (unsigned i = 0; i < servers.size(); ++i) {
            const std::string glue =
                address(servers[i], fmt::format("198.18.1.{}", 1 + (number * 2 + i) % 4));
            zone.text += glue;
            root_.text += glue;
        }
        return zone;
    }

    // A zone whose servers have names inside it.
    Zone make_in_domain(const std::string& label, unsigned tld, bool is_signed) {
        const std::string apex = fmt::format("{}.{}", label, tld_[tld].apex);
        const std::array servers = {"ns1." + apex, "ns2." + apex};
        Zone zone{apex, head(apex, servers[0], servers[1])};
        if (is_signed) {
            zone.signing = signing(random_.chance(50), false);
        }
        delegate(zone, servers, tld_[tld]);
        for (const std::string& server : servers) {
            const std::string glue = address(server, leaf_address(draw(leaf_addresses)));
            zone.text += glue;
            tld_[tld].text += glue;
        }
        return zone;
    }

    void make_hosting(unsigned number) {
        const Zone zone = make_in_domain(fmt::format("host{}", number), draw(tlds), false);
        save(zone, "leaf");
    }

    void make_leaf(unsigned number) {
        const unsigned tld = draw(tlds);
        const bool is_signed = tld < signed_tlds && random_.chance(signed_percent);
        const std::string label = fmt::format("z{:04}", number);
        const bool foreign = random_.chance(foreign_percent);
        Zone zone =
            foreign ? make_foreign(label, tld, is_signed) : make_in_domain(label, tld, is_signed);
        for (const std::string name : names_of_a_zone) {
            zone.text += address(name + "." + zone.apex, fmt::format("203.0.113.{}", draw(256)));
            names_.push_back(name + "." + zone.apex);
        }
        save(zone, "leaf");
    }

    // A zone on the servers of a hosting zone: the referral has no glue.
    Zone make_foreign(const std::string& label, unsigned tld, bool is_signed) {
        const std::string apex = fmt::format("{}.{}", label, tld_[tld].apex);
        const std::string& host = hosts_[draw(hosting_zones)];
        const std::array servers = {"ns1." + host, "ns2." + host};
        Zone zone{apex, head(apex, servers[0], servers[1])};
        if (is_signed) {
            zone.signing = signing(random_.chance(50), false);
        }
        delegate(zone, servers, tld_[tld]);
        return zone;
    }

    // Every name below wild.t8 exists; nobody answers for dead.t9.
    void make_special() {
        Zone wild = make_in_domain("wild", 8, false);
        wild.text += address("*." + wild.apex, "203.0.113.1");
        save(wild, "leaf");
        const Zone dead{"dead.t9."};
        delegate(dead, {"ns1.dead.t9.", "ns2.dead.t9."}, tld_[9]);
        tld_[9].text +=
            address("ns1.dead.t9.", "198.18.3.1") + address("ns2.dead.t9.", "198.18.3.2");
    }

    unsigned draw(unsigned bound) { return static_cast<unsigned>(random_.below(bound)); }

    void save(const Zone& zone, const std::string& servers) {
        const auto records = dns::parse_zone_file(zone.text, {});
        auto finished = *records;
        if (zone.signing) {
            finished = *sim::sign_zone(*records, dns::name_of(zone.apex), *zone.signing);
        }
        const std::string file = (zone.apex == "." ? "root." : zone.apex) + "zone";
        std::ofstream out(directory_ / "zones" / file);
        for (const dns::ZoneRecord& record : finished) {
            out << dns::record_to_text(record.owner, record.ttl, record.rclass, record.type,
                                       record.rdata)
                << '\n';
        }
        lists_[servers == "root"  ? 0
               : servers == "tld" ? 1
                                  : 2] += fmt::format("{} {}\n", zone.apex, file);
        if (zone.apex.starts_with("host")) {
            hosts_.push_back(zone.apex);
        }
    }

    void save_lists() {
        for (std::size_t i = names_.size(); i > 1; --i) {
            std::swap(names_[i - 1], names_[random_.below(i)]);
        }
        std::ofstream names(directory_ / "names.txt");
        for (const std::string& name : names_) {
            names << name << '\n';
        }
        constexpr std::array files = {"root.list", "tld.list", "leaf.list"};
        for (std::size_t i = 0; i < files.size(); ++i) {
            std::ofstream(directory_ / files[i]) << lists_[i];
        }
        std::ofstream(directory_ / "root.anchor") << ds_record(root_);
        std::ofstream(directory_ / "root.hints")
            << ". 3600000 IN NS a.root-server.\n. 3600000 IN NS b.root-server.\n"
            << "a.root-server. 3600000 IN A 198.18.0.1\nb.root-server. 3600000 IN A 198.18.0.2\n";
    }

    std::filesystem::path directory_;
    unsigned zones_;
    SeededRandom random_;
    std::time_t now_;
    Zone root_{};
    std::vector<Zone> tld_;
    std::vector<std::string> hosts_;
    std::vector<std::string> names_;
    std::array<std::string, 3> lists_;
};

}  // namespace
}  // namespace wend::bench

int main(int count, char** arguments) {
    if (count < 2) {
        std::fputs("usage: internet DIRECTORY [ZONES] [SEED]\n", stderr);
        return 1;
    }
    const auto number = [&](int at, std::uint64_t otherwise) {
        return count > at ? std::strtoull(arguments[at], nullptr, 10) : otherwise;
    };
    wend::bench::Internet(arguments[1], static_cast<unsigned>(number(2, 4'000)), number(3, 1))
        .write();
    return 0;
}
