// Faults that other validators had, each as a test of its own name: those of the 2026 list of a
// young resolver that concern validation, downgrades, and proofs taken from where they do not
// belong.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dnssec/denial_nsec3.h"
#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using dns::Rcode;
using dns::Reason;
using dns::Security;
using dns::Type;
using dnssec::Cut;
using dnssec::Denied;

namespace {

// com. in NSEC with children in both kinds; each child has a signed zone below.
void add_zones(SignedWorld& world) {
    auto options = SignedWorld::times();
    world.add(".", "", options);
    options.seed = 2;
    world.add("com.", "", options);
    for (const bool nsec3 : {false, true}) {
        options.nsec3 = nsec3;
        options.seed = nsec3 ? 4 : 3;
        const std::string apex = nsec3 ? "hashed.com." : "plain.com.";
        world.add(apex, "www A 192.0.2.1\nalias CNAME www\n*.wild TXT \"any\"\na.ent A 192.0.2.2\n",
                  options);
        options.seed += 10;
        world.add("sub." + apex, "www A 192.0.2.3\n", options);
    }
    world.add("unsigned.com.", "www A 192.0.2.1\n", std::nullopt);
    world.build();
}

template <class Change>
void mangle(SignedWorld& world, const std::string& name, Type type, Change change) {
    world.mangle = [name, type, change](const dns::Question& question, dnssec::Reply& reply) {
        if (question.qname == dns::name_of(name) && question.qtype == type) {
            change(reply);
        }
    };
}

const std::vector<std::string> both = {"plain.com", "hashed.com"};

dns::RRset changed_signatures(const dns::RRset& rrset, bool keep, std::uint8_t algorithm) {
    dns::RRsetBuilder builder(rrset.owner(), rrset.type());
    for (const Octets rdata : rrset.rdatas()) {
        builder.add(rdata);
    }
    for (const Octets rdata : rrset.signatures()) {
        std::vector<std::uint8_t> copy(rdata.begin(), rdata.end());
        if (keep && copy.size() > 2) {
            copy[2] = algorithm;
            builder.add_signature(copy);
        }
    }
    return builder.finish(rrset.ttl());
}

}  // namespace

TEST_CASE("an empty non-terminal is not denied as a name",
          "[dnssec][hickory-123594][cve-2026-123594][defence-d15]") {
    for (const std::string& zone : both) {
        SignedWorld world;
        add_zones(world);
        CAPTURE(zone);
        CHECK(world.validate("ent." + zone, Type::a).security == Security::secure);
        CHECK(world.reply.rcode == Rcode::noerror);
        mangle(world, "ent." + zone, Type::a,
               [](dnssec::Reply& reply) { reply.rcode = Rcode::nxdomain; });
        CHECK(world.validate("ent." + zone, Type::a).security == Security::secure);
        CHECK(world.reply.rcode == Rcode::noerror);  // by the proof, not by the code
    }
}

TEST_CASE("the parent's record at a cut denies nothing below it",
          "[dnssec][hickory-123596][cve-2026-123596][rfc6840-4.1][defence-d14]") {
    for (const std::string& zone : both) {
        SignedWorld world;
        add_zones(world);
        CAPTURE(zone);
        // The parent's own words on the cut: its proof for a type that is not there.
        const dnssec::Reply parent =
            world.ask({dns::name_of("sub." + zone), Type::ds}).rcode == Rcode::noerror
                ? world.ask({dns::name_of("zz." + zone), Type::a})
                : dnssec::Reply{};
        auto all = parent.authority;
        for (const char* label : {"ent.", "www.", "a.ent.", ""}) {
            const auto more = world.ask({dns::name_of(label + zone), Type::loc}).authority;
            all.insert(all.end(), more.begin(), more.end());
        }
        for (const Rcode rcode : {Rcode::nxdomain, Rcode::noerror}) {
            mangle(world, "www.sub." + zone, Type::a, [&](dnssec::Reply& reply) {
                reply.rcode = rcode;
                reply.answer.clear();
                reply.authority = all;
                reply.zone = dns::name_of(zone);
            });
            CHECK(world.validate("www.sub." + zone, Type::a).security == Security::bogus);
        }
    }
}

TEST_CASE("a grandparent cannot deny the DS of what its child delegates",
          "[dnssec][defence-d14][rfc6840-4.4]") {
    SignedWorld world;
    add_zones(world);
    const auto grandparents = world.ask({dns::name_of("plainer.com"), Type::a}).authority;
    const auto at_cut = world.ask({dns::name_of("unsigned.com"), Type::ds}).authority;
    for (const std::string& zone : both) {
        mangle(world, "sub." + zone, Type::ds, [&](dnssec::Reply& reply) {
            reply.answer.clear();
            reply.authority = grandparents;
            reply.authority.insert(reply.authority.end(), at_cut.begin(), at_cut.end());
        });
        world.memory.clear();
        CAPTURE(zone);
        CHECK(world.validate("www.sub." + zone, Type::a).security == Security::bogus);
    }
}

TEST_CASE("a record without the NS bit shows no insecure delegation",
          "[dnssec][hickory-123591][cve-2026-123591][defence-d14]") {
    Zone plain("example", {nsec("www.example", "example", "A RRSIG NSEC")});
    CHECK(unsigned_cut(dns::name_of("www.example"), plain.proofs(), plain.meter) == Cut::none);
    Zone delegation("example", {nsec("www.example", "example", "NS RRSIG NSEC")});
    CHECK(unsigned_cut(dns::name_of("www.example"), delegation.proofs(), delegation.meter) ==
          Cut::insecure);
    Zone child("example", {nsec("www.example", "example", "NS SOA RRSIG NSEC")});
    CHECK(unsigned_cut(dns::name_of("www.example"), child.proofs(), child.meter) == Cut::unproved);
    Zone with_ds("example", {nsec("www.example", "example", "NS DS RRSIG NSEC")});
    CHECK(unsigned_cut(dns::name_of("www.example"), with_ds.proofs(), with_ds.meter) ==
          Cut::unproved);
}

TEST_CASE("an NSEC3 belongs to the zone right above its hash",
          "[dnssec][hickory-123580][cve-2026-123580][cve-2026-10723][defence-d13]") {
    // The hash of "example." as one label below a deeper name, and two labels below the zone.
    const std::string hash = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
    const auto record = [&](const std::string& below) {
        return rrset_of(hash + "." + below +
                        " 3600 IN NSEC3 1 0 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA\n");
    };
    CHECK(dnssec::nsec3_span(record("example.").packed(), dns::name_of("example")));
    CHECK_FALSE(dnssec::nsec3_span(record("sub.example.").packed(), dns::name_of("example")));
    CHECK_FALSE(dnssec::nsec3_span(record("example.").packed(), dns::name_of("sub.example")));
    CHECK_FALSE(dnssec::nsec3_span(record("example.").packed(), dns::Name()));
}

TEST_CASE("no data at the apex needs the apex's own record",
          "[dnssec][hickory-123600][cve-2026-123600][defence-d15]") {
    for (const std::string& zone : both) {
        SignedWorld world;
        add_zones(world);
        CAPTURE(zone);
        REQUIRE(world.validate(zone, Type::mx).security == Security::secure);
        const auto others = world.ask({dns::name_of("nothing." + zone), Type::a}).authority;
        const auto own = world.ask({dns::name_of(zone), Type::mx}).authority;
        mangle(world, zone, Type::mx, [&](dnssec::Reply& reply) {
            reply.authority.clear();
            for (const auto& rrset : others) {
                const bool is_own = std::ranges::any_of(own, [&](const dns::RRset& other) {
                    return rrset.type() != Type::soa && other.owner() == rrset.owner();
                });
                if (!is_own) {
                    reply.authority.push_back(rrset);
                }
            }
        });
        CHECK(world.validate(zone, Type::mx).security == Security::bogus);
    }
}

TEST_CASE("no data at a wildcard needs the wildcard's record and the next closer name's",
          "[dnssec][hickory-123579][cve-2026-123579][defence-d11]") {
    for (const std::string& zone : both) {
        SignedWorld world;
        add_zones(world);
        CAPTURE(zone);
        const std::string name = "x.wild." + zone;
        REQUIRE(world.validate(name, Type::a).security == Security::secure);
        const auto whole = world.ask({dns::name_of(name), Type::a}).authority;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            if (whole[i].type() == Type::soa) {
                continue;
            }
            mangle(world, name, Type::a, [&](dnssec::Reply& reply) {
                reply.authority.erase(reply.authority.begin() + static_cast<std::ptrdiff_t>(i));
            });
            CAPTURE(i);
            CHECK(world.validate(name, Type::a).security == Security::bogus);
        }
        // The same proof is none for the type that the wildcard has.
        mangle(world, name, Type::txt, [&](dnssec::Reply& reply) {
            reply.answer.clear();
            reply.authority = whole;
        });
        CHECK(world.validate(name, Type::txt).security == Security::bogus);
    }
}

TEST_CASE("a wildcard gives no zone its keys, its servers or its start",
          "[dnssec][defence-d11][cve-2017-15105]") {
    for (const Type type : {Type::ds, Type::dnskey, Type::ns, Type::soa}) {
        dns::RRsetBuilder builder(dns::name_of("x.example"), type);
        builder.add(std::vector<std::uint8_t>{0});
        Zone zone("example", {nsec("example", "example", "NS SOA RRSIG NSEC")});
        CHECK(expansion_holds(builder.finish(60).packed(), 1, zone.proofs(), zone.meter) ==
              Denied::no);
    }
    Zone zone("example", {nsec("example", "example", "NS SOA RRSIG NSEC")});
    const auto text = rrset_of("x.example. 60 IN TXT any\n");
    CHECK(expansion_holds(text.packed(), 1, zone.proofs(), zone.meter) == Denied::yes);
}

TEST_CASE("a zone that failed is looked at again after a minute, not a day",
          "[dnssec][hickory-123598][cve-2026-123598][defence-d18]") {
    SignedWorld world;
    add_zones(world);
    mangle(world, "plain.com", Type::dnskey, [](dnssec::Reply& reply) {
        reply.answer.front() = changed_signatures(reply.answer.front(), false, 0).with_ttl(86'400);
    });
    CHECK(world.validate("www.plain.com", Type::a).security == Security::bogus);
    world.mangle = nullptr;
    world.clock.instant += std::chrono::seconds(59);
    CHECK(world.validate("www.plain.com", Type::a).security == Security::bogus);
    world.clock.instant += std::chrono::seconds(1);
    CHECK(world.validate("www.plain.com", Type::a).security == Security::secure);
}

TEST_CASE("one bogus link makes the whole reply bogus",
          "[dnssec][hickory-93657][cve-2026-93657][defence-d24]") {
    for (const std::string& zone : both) {
        SignedWorld world;
        add_zones(world);
        const std::string name = "alias." + zone;
        REQUIRE(world.validate(name, Type::a).security == Security::secure);
        const std::size_t links = world.reply.answer.size();
        REQUIRE(links == 2);
        for (std::size_t i = 0; i < links; ++i) {
            mangle(world, name, Type::a, [i](dnssec::Reply& reply) {
                reply.answer[i] = changed_signatures(reply.answer[i], false, 0);
            });
            CAPTURE(zone, i);
            CHECK(world.validate(name, Type::a).security == Security::bogus);
            CHECK(world.reply.answer[i].security() == Security::bogus);
        }
    }
}

TEST_CASE("nothing taken away or renumbered makes a signed zone insecure",
          "[dnssec][defence-d6][rfc4035-5.2]") {
    for (const bool extra_ds : {false, true}) {
        SignedWorld world;
        auto options = SignedWorld::times();
        world.add(".", extra_ds ? "zone DS 4711 250 2 " + std::string(64, 'A') + "\n" : "",
                  options);
        options.seed = 2;
        world.add("zone.", "www A 192.0.2.1\n", options);
        world.build();
        REQUIRE(world.validate("www.zone", Type::a).security == Security::secure);
        for (const Type where : {Type::a, Type::dnskey}) {
            for (const bool keep : {false, true}) {
                CAPTURE(extra_ds, dns::to_text(where), keep);
                mangle(world, where == Type::a ? "www.zone" : "zone", where,
                       [&](dnssec::Reply& reply) {
                           reply.answer.front() =
                               changed_signatures(reply.answer.front(), keep, 250);
                       });
                world.memory.clear();
                CHECK(world.validate("www.zone", Type::a).security == Security::bogus);
            }
        }
        // Keys of another number, and none.
        for (const bool keep : {false, true}) {
            mangle(world, "zone", Type::dnskey, [keep](dnssec::Reply& reply) {
                const Octets rdata = reply.answer.front().rdatas().front();
                std::vector<std::uint8_t> other(rdata.begin(), rdata.end());
                other[3] = 250;
                dns::RRsetBuilder builder(reply.answer.front().owner(), Type::dnskey);
                builder.add(other);
                builder.add_signature(reply.answer.front().signatures().front());
                const dns::RRset renumbered = builder.finish(3600);
                reply.answer.clear();
                if (keep) {
                    reply.answer.push_back(renumbered);
                }
            });
            world.memory.clear();
            CHECK(world.validate("www.zone", Type::a).security == Security::bogus);
        }
    }
}

TEST_CASE("a DS set of what is not supported makes a zone insecure, and only that",
          "[dnssec][defence-d6][defence-d8][rfc4035-5.2]") {
    const std::string hash(64, 'A');
    for (const std::string& ds :
         {"4711 250 2 " + hash, "4711 13 250 " + hash, "4711 253 2 " + hash, "4711 3 2 " + hash}) {
        SignedWorld world;
        auto options = SignedWorld::times();
        world.add(".", "zone DS " + ds + "\n", options);
        world.add("zone.", "www A 192.0.2.1\n", std::nullopt);
        world.build();
        CAPTURE(ds);
        CHECK(world.validate("www.zone", Type::a).security == Security::insecure);
    }
}

TEST_CASE("SHA-1 does not count beside a stronger digest of the same algorithm",
          "[dnssec][defence-d7][rfc4509-3]") {
    const auto sha1 = [](const char* algorithm) {
        return std::string("z. 60 IN DS 1 ") + algorithm + " 1 " + std::string(40, 'B') + "\n";
    };
    const auto sha256 = [](const char* algorithm) {
        return std::string("z. 60 IN DS 2 ") + algorithm + " 2 " + std::string(64, 'B') + "\n";
    };
    const auto count = [](const std::string& text) {
        const auto all = dnssec::usable(rrset_of(text).packed(), {});
        return std::pair(all.size(), std::ranges::count_if(all, [](const dnssec::Ds& ds) {
                             return ds.digest_type == 1;
                         }));
    };
    CHECK(count(sha1("13")) == std::pair<std::size_t, std::ptrdiff_t>(1, 1));
    CHECK(count(sha1("13") + sha256("13")) == std::pair<std::size_t, std::ptrdiff_t>(1, 0));
    CHECK(count(sha1("13") + sha256("8")) == std::pair<std::size_t, std::ptrdiff_t>(2, 1));
    CHECK(count(sha1("13") + sha256("250")) == std::pair<std::size_t, std::ptrdiff_t>(1, 1));
}

TEST_CASE("an anchor below an unsigned zone is not passed by what that zone signs or denies",
          "[dnssec][defence-d21][cve-2026-35501][cve-2026-50106]") {
    SignedWorld world;
    auto options = SignedWorld::times();
    world.add(".", "", options);
    world.add("test.", "", std::nullopt);
    options.seed = 5;
    world.add("island.test.", "www A 192.0.2.1\n", options);
    world.build();
    CHECK(world.validate("www.island.test", Type::a).security == Security::insecure);
    world.memory.clear();
    world.anchors.add(dns::name_of("island.test"), Type::ds,
                      *sim::ds_rdata(dns::name_of("island.test"), options));
    CHECK(world.validate("www.island.test", Type::a).security == Security::secure);
    const auto roots = world.ask({dns::name_of("nothing"), Type::a}).authority;
    for (const bool is_signed : {false, true}) {
        mangle(world, "www.island.test", Type::a, [&](dnssec::Reply& reply) {
            reply.rcode = Rcode::nxdomain;
            reply.answer.clear();
            reply.authority.clear();
            if (is_signed) {
                reply.authority = roots;
            }
        });
        CAPTURE(is_signed);
        CHECK(world.validate("www.island.test", Type::a).security == Security::bogus);
    }
}

TEST_CASE("an unsigned delegation in an opt-out span is one beside any wildcard",
          "[dnssec][rfc5155-8.6][defence-d16]") {
    // The span that covers b.example is the wildcard's own record.
    const std::vector<std::string> wildcards = {
        "* CNAME www\n", "* DS 1 13 2 " + std::string(64, 'A') + "\n", "* TXT any\n", ""};
    for (const std::string& wildcard : wildcards) {
        for (std::uint8_t salt = 0; salt < 24; ++salt) {
            SignedWorld world;
            auto options = SignedWorld::times();
            options.nsec3 = true;
            options.opt_out = true;
            options.salt = {salt};
            world.add(".", wildcard, options);
            world.add("b.", "www A 192.0.2.1\n", std::nullopt);
            world.build();
            CAPTURE(wildcard, static_cast<int>(salt));
            const auto verdict = world.validate("b", Type::ds);
            CHECK(verdict.security == Security::insecure);
            CHECK(verdict.opt_out);
            CHECK(world.validate("www.b", Type::a).security == Security::insecure);
        }
    }
}
