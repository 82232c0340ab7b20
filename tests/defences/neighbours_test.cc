// D25 and D26: what is said of a zone in the name of another. A neighbour's "insecure" is nobody
// else's, and what the owner of one zone signs is filed under his zone alone.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

// The signed root and top. with a signed vic., a signed atk. and an unsigned plain. below it, and a
// signed far. with an unsigned bank.far.
void with_neighbours(Siege& siege) {
    siege.signed_zone("10.0.0.1", ".",
                      "top NS ns.top.\nns.top. A 10.0.1.1\nfar NS ns.far.\nns.far. A 10.0.1.5\n" +
                          Siege::ds_of("top.") + Siege::ds_of("far."),
                      true);
    siege.signed_zone("10.0.1.1", "top.",
                      "vic NS ns.vic\nns.vic A 10.0.1.2\natk NS ns.atk\nns.atk A 10.0.1.3\n"
                      "plain NS ns.plain\nns.plain A 10.0.1.4\n" +
                          Siege::ds_of("vic.top.") + Siege::ds_of("atk.top."));
    siege.signed_zone("10.0.1.2", "vic.top.", "@ A 192.0.2.79\nwww A 192.0.2.80\n");
    siege.signed_zone("10.0.1.3", "atk.top.", "www A 192.0.2.66\n");
    siege.zone("10.0.1.4", "plain.top.", "@ A 192.0.2.89\nwww A 192.0.2.90\n");
    siege.signed_zone("10.0.1.5", "far.", "bank NS ns.bank\nns.bank A 10.0.1.6\n");
    siege.zone("10.0.1.6", "bank.far.", "@ A 192.0.2.69\nwww A 192.0.2.70\n");
}

// A record with its RRSIG in the name of `signer`, by its key or by nobody's.
std::string signed_record(const std::string& record, std::string_view signer, bool held) {
    return record + Siege::signature_of(record, signer, held);
}

// The path to top.'s server: the referral to vic.top., and the denial of its DS, bring `proof`
// instead of the DS; the way leads to a server that says what it likes.
void forge_path(Siege& siege, const std::string& proof) {
    siege.script("10.0.1.1", [&siege, proof](const Heard& heard) {
        const bool is_about_victim = heard.name().ends_with("vic.top.");
        if (is_about_victim && heard.type() == Type::ds && heard.name() == "vic.top.") {
            return say(heard, {.answer = {}, .authority = proof});
        }
        if (is_about_victim) {
            const std::string authority = "vic.top. NS ns.vic.top.\n" + proof;
            return say(heard, {.answer = {},
                               .authority = authority,
                               .additional = "ns.vic.top. A 10.0.9.9\n",
                               .aa = false});
        }
        return honest(siege, heard);
    });
    siege.script("10.0.9.9", [](const Heard& heard) {
        const std::string answer = heard.name() + " A 203.0.113.66\n";
        if (heard.type() == Type::a) {
            return say(heard, {.answer = answer});
        }
        return say(heard, {.answer = {}, .authority = "vic.top. SOA a. b. 1 1 1 1 300\n"});
    });
}

struct Name {
    std::string_view name;
    Type type;
    std::string_view data;  // empty: there is none
    bool is_secure;
};

const std::vector<Name> others = {{"vic.top.", Type::a, "192.0.2.79", true},
                                  {"www.vic.top.", Type::a, "192.0.2.80", true},
                                  {"vic.top.", Type::mx, "", true},
                                  {"plain.top.", Type::a, "192.0.2.89", false},
                                  {"www.plain.top.", Type::a, "192.0.2.90", false},
                                  {"bank.far.", Type::a, "192.0.2.69", false},
                                  {"www.bank.far.", Type::a, "192.0.2.70", false},
                                  {"bank.far.", Type::mx, "", false}};

void check_others(Siege& siege) {
    for (const Name& other : others) {
        CAPTURE(other.name, other.type);
        const Told told = siege.ask(other.name, other.type, {.dnssec_ok = true});
        CHECK(told.rcode() == Rcode::noerror);
        CHECK(told.message.header().ad == other.is_secure);
        const auto answers = told.answers();
        const bool has_data = !answers.empty() && answers.front().type == other.type;
        CHECK(has_data == !other.data.empty());
        CHECK((!has_data || dns::rdata_to_text(other.type, answers.front().rdata) == other.data));
    }
}

}  // namespace

TEST_CASE("a forged denial of a DS in a neighbour's name switches nothing off", "[defences][D25]") {
    const std::vector<std::string> spans = {"x.plain.top. 300 NSEC y.plain.top. A RRSIG NSEC\n",
                                            "x.atk.top. 300 NSEC y.atk.top. A RRSIG NSEC\n",
                                            "vic.top. 300 NSEC w.top. NS RRSIG NSEC\n",
                                            "x.bank.far. 300 NSEC y.bank.far. A RRSIG NSEC\n"};
    const std::vector<std::string> signers = {"plain.top.", "bank.far.", "atk.top.",    "top.",
                                              "vic.top.",   ".",         "x.plain.top."};
    for (const std::string& span : spans) {
        for (const std::string& signer : signers) {
            for (const bool is_known : {false, true}) {
                CAPTURE(span, signer, is_known);
                Siege siege;
                with_neighbours(siege);
                if (is_known) {  // the neighbours' states are in the memory of the validator
                    REQUIRE(siege.ask("www.plain.top.").data() == "192.0.2.90");
                    REQUIRE(siege.ask("www.bank.far.").data() == "192.0.2.70");
                }
                forge_path(siege, signed_record(span, signer, false));
                CHECK(siege.ask("www.vic.top.").rcode() == Rcode::servfail);
                CHECK(siege.ask("ftp.vic.top.").rcode() == Rcode::servfail);
                siege.internet.scripts.clear();
                siege.pass(400s);  // what failed is tried again
                CHECK(siege.ask("www.vic.top.").data() == "192.0.2.80");
            }
        }
    }
}

// The attacker's zone is signed, and he has its key: his records are good, and reach over others.
TEST_CASE("a zone's owner denies nothing outside it, whatever else he signs his proofs with",
          "[defences][D26]") {
    const std::vector<std::string> reaching = {"a.atk.top. 300 NSEC zz.plain.top. A RRSIG NSEC\n",
                                               "b.atk.top. 300 NSEC zz.vic.top. A RRSIG NSEC\n",
                                               "c.atk.top. 300 NSEC zz.bank.far. A RRSIG NSEC\n",
                                               "d.atk.top. 300 NSEC top. A RRSIG NSEC\n",
                                               "e.atk.top. 300 NSEC f.atk.top. A RRSIG NSEC\n"};
    for (const std::string signer : {"top.", ".", "far.", "vic.top.", "plain.top."}) {
        for (const bool is_first : {true, false}) {
            CAPTURE(signer, is_first);
            Siege siege;
            with_neighbours(siege);
            siege.script("10.0.1.3", [&](const Heard& heard) {
                if (!heard.name().starts_with("poison")) {
                    return honest(siege, heard);
                }
                std::string proofs = signed_record(
                    "atk.top. 300 NSEC ns.atk.top. NS SOA RRSIG NSEC DNSKEY\n", "atk.top.", true);
                proofs += signed_record("ns.atk.top. 300 NSEC www.atk.top. A RRSIG NSEC\n",
                                        "atk.top.", true);
                for (const std::string& record : reaching) {
                    const std::string false_one = Siege::signature_of(record, signer, false);
                    const std::string good_one = Siege::signature_of(record, "atk.top.", true);
                    proofs += record + (is_first ? false_one + good_one : good_one + false_one);
                }
                proofs += signed_record("atk.top. 300 SOA ns.atk.top. h.atk.top. 1 2 3 4 300\n",
                                        "atk.top.", true);
                return say(heard, {.answer = {}, .authority = proofs, .rcode = Rcode::nxdomain});
            });
            // What is known of the zones above, so that their spans are in use.
            siege.ask("top.", Type::txt);
            siege.ask("far.", Type::txt);
            siege.ask("nothing.", Type::a);
            const Told poisoned = siege.ask("poison.atk.top.", Type::a, {.dnssec_ok = true});
            CHECK(poisoned.rcode() == Rcode::nxdomain);
            CHECK(poisoned.message.header().ad);
            const auto filed = siege.spans.at_or_before(
                dns::name_of(signer), dns::name_of("e.atk.top."), Type::nsec, siege.clock.now());
            CHECK((!filed || !filed->owner().is_subdomain_of(dns::name_of("atk.top."))));
            check_others(siege);
        }
    }
}

// The kind of D21: an unsigned zone above an anchor renames and denies what is its own alone.
TEST_CASE("nothing unsigned that is said above an anchor governs the names below it",
          "[defences][D21][D27]") {
    for (const bool is_cached : {false, true}) {
        for (const bool renames : {false, true}) {
            CAPTURE(is_cached, renames);
            Siege siege;
            siege.zone("10.0.0.1", ".",
                       "open NS ns.open.\nns.open. A 10.0.1.1\nevil NS ns.evil.\nns.evil. A "
                       "10.0.1.3\n");
            siege.zone("10.0.1.1", "open.",
                       "island NS ns.island\nns.island A 10.0.1.2\nother A 192.0.2.1\n");
            siege.signed_zone("10.0.1.2", "island.open.", "www A 192.0.2.80\n", true);
            siege.zone("10.0.1.3", "evil.", "*.island A 203.0.113.66\n* A 203.0.113.66\n");
            siege.script("10.0.1.1", [&](const Heard& heard) {
                const bool is_due = !is_cached || heard.name() == "other.open.";
                if (!is_due) {
                    return honest(siege, heard);
                }
                if (renames) {
                    return say(heard, {.answer = "open. 300 DNAME evil.\n"});
                }
                return say(heard, {.answer = {},
                                   .authority = "open. 300 SOA a. b. 1 1 1 1 300\n",
                                   .rcode = Rcode::nxdomain});
            });
            if (is_cached) {
                siege.ask("other.open.");
            }
            const Told told = siege.ask("www.island.open.");
            CHECK(told.data() == (is_cached ? "192.0.2.80" : ""));
            CHECK(told.rcode() == (is_cached ? Rcode::noerror : Rcode::servfail));
        }
    }
}

// AA and a TTL are whoever's the packet is: neither lives on under a proof.
TEST_CASE("what was kept unproved lends its TTL to no proof", "[defences][D27]") {
    Siege siege;
    with_neighbours(siege);
    siege.script("10.0.1.2", [&](const Heard& heard) {
        if (heard.type() == Type::a && heard.name() == "www.vic.top.") {
            return say(heard, {.answer = "www.vic.top. 86400 A 192.0.2.80\n"});
        }
        return honest(siege, heard);
    });
    REQUIRE(siege.ask("www.vic.top.", Type::a, {.checking_disabled = true}).data() == "192.0.2.80");
    siege.script("10.0.1.2", [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        for (sim::Delivery& delivery : reply.deliveries) {
            delivery.octets[2] &= 0xfbU;  // AA
        }
        return reply;
    });
    const Told told = siege.ask("www.vic.top.", Type::a, {.dnssec_ok = true});
    CHECK(told.message.header().ad);
    REQUIRE_FALSE(told.answers().empty());
    CHECK(told.answers().front().ttl <= 3600);
    siege.pass(4000s);
    siege.forget();
    siege.ask("www.vic.top.");
    CHECK(siege.packets_about("www.vic.top.") > 0);
}
