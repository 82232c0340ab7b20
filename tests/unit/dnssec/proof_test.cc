// What proved something is carried with it, and is never asked again of what a stranger wrote:
// records that are said to be signed by zones that have no say, and records with several
// signatures.
#include "dnssec/proof.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using dns::Name;
using dns::Reason;
using dns::RRset;
using dns::Security;
using dns::Type;

namespace {

using SignatureData = std::vector<std::uint8_t>;

// top. is signed, and so are victim.top. and its neighbour signed.top.; plain.top. and what lies
// below plain.victim.top. are not.
void add_neighbours(SignedWorld& world) {
    auto options = SignedWorld::times();
    world.add(".", "", options);
    options.seed = 2;
    world.add("top.", "", options);
    options.seed = 3;
    world.add("victim.top.", "www A 192.0.2.1\n*.wild TXT \"any\"\n", options);
    options.seed = 4;
    world.add("signed.top.", "www A 192.0.2.2\n", options);
    world.add("plain.top.", "www A 192.0.2.3\n", std::nullopt);
    world.add("plain.victim.top.", "www A 192.0.2.4\n", std::nullopt);
    world.build();
}

// An RRSIG over the RRset by a key that is nobody's, in the name of `signer`.
SignatureData signature_in_the_name_of(const std::string& signer, const RRset& rrset) {
    auto options = SignedWorld::times();
    const auto key = dnssec::SigningKey::from_seed(options.algorithm, 4711);
    REQUIRE(key);
    return sim::rrsig_rdata(rrset, dns::name_of(signer), *key, options);
}

RRset with_signatures(const RRset& rrset, const std::vector<SignatureData>& signatures) {
    dns::RRsetBuilder builder(rrset.owner(), rrset.type());
    for (const Octets rdata : rrset.rdatas()) {
        builder.add(rdata);
    }
    for (const SignatureData& rdata : signatures) {
        builder.add_signature(rdata);
    }
    return builder.finish(rrset.ttl());
}

// The signatures of a good RRset with false ones in the names of `signers`, the good one in the
// `place` of all.
RRset with_false_ones(const RRset& good, const std::vector<std::string>& signers,
                      std::size_t place) {
    std::vector<SignatureData> signatures;
    for (const std::string& signer : signers) {
        signatures.push_back(signature_in_the_name_of(signer, good));
    }
    const Octets held = good.signatures().front();
    signatures.insert(signatures.begin() + static_cast<std::ptrdiff_t>(place),
                      SignatureData(held.begin(), held.end()));
    return with_signatures(good, signatures);
}

const std::vector<std::string> signers = {".",           "top.",        "victim.top.",
                                          "signed.top.", "plain.top.",  "plain.victim.top.",
                                          "other.",      "x.plain.top."};

}  // namespace

TEST_CASE("who has no say over a zone cannot deny its DS, whoever is said to have signed",
          "[dnssec][rfc4035-5.2][defence-d25]") {
    const RRset spans[] = {rrset_of("x.plain.top. 300 IN NSEC y.plain.top. A RRSIG NSEC\n"),
                           rrset_of("x.signed.top. 300 IN NSEC y.signed.top. A RRSIG NSEC\n"),
                           rrset_of("victim.top. 300 IN NSEC z.victim.top. NS RRSIG NSEC\n"),
                           rrset_of("x.victim.top. 300 IN NSEC y.victim.top. A RRSIG NSEC\n"),
                           rrset_of("x.plain.victim.top. 300 IN NSEC y.plain.victim.top. A\n"),
                           rrset_of("a.other. 300 IN NSEC z.other. A RRSIG NSEC\n")};
    for (const RRset& span : spans) {
        for (const std::string& signer : signers) {
            for (const std::string asked : {"www.victim.top", "www.signed.top"}) {
                CAPTURE(to_text(span), signer, asked);
                SignedWorld world;
                add_neighbours(world);
                const RRset forged =
                    with_signatures(span, {signature_in_the_name_of(signer, span)});
                world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
                    const bool is_of_cut = question.qname.view().label_count() == 2;
                    if (question.qtype == Type::ds && is_of_cut) {
                        reply.answer.clear();
                        reply.authority = {forged};
                    } else if (question.qname == dns::name_of(asked)) {
                        reply.answer = {rrset_of(asked + ". 300 IN A 203.0.113.66\n")};
                    }
                };
                CHECK(world.validate(asked, Type::a).security == Security::bogus);
                world.mangle = nullptr;
                world.memory.clear();
                CHECK(world.validate(asked, Type::a).security == Security::secure);
            }
        }
    }
}

// A zone that truly is unsigned lends its state to nobody but what lies below it.
TEST_CASE("an unsigned neighbour's state is its own", "[dnssec][rfc4035-4.3][defence-d25]") {
    for (const bool is_known : {false, true}) {
        CAPTURE(is_known);
        SignedWorld world;
        add_neighbours(world);
        if (is_known) {
            REQUIRE(world.validate("www.plain.top", Type::a).security == Security::insecure);
        }
        world.mangle = [](const dns::Question& question, dnssec::Reply& reply) {
            if (question.qname == dns::name_of("www.victim.top")) {
                const RRset forged = rrset_of("www.victim.top. 300 IN A 203.0.113.66\n");
                reply.answer = {
                    with_signatures(forged, {signature_in_the_name_of("plain.top.", forged)})};
            }
            if (question.qname == dns::name_of("none.victim.top")) {
                const RRset span = rrset_of("a.plain.top. 300 IN NSEC z.plain.top. A\n");
                reply.authority = {
                    with_signatures(span, {signature_in_the_name_of("plain.top.", span)})};
            }
        };
        CHECK(world.validate("www.victim.top", Type::a).security == Security::bogus);
        CHECK(world.validate("none.victim.top", Type::a).security == Security::bogus);
        CHECK(world.validate("www.plain.top", Type::a).security == Security::insecure);
        CHECK(world.validate("www.plain.victim.top", Type::a).security == Security::insecure);
    }
}

TEST_CASE("of several signatures those stay that name who proved it, and the one that did is first",
          "[dnssec][defence-d26]") {
    SignedWorld world;
    add_neighbours(world);
    const Name zone = dns::name_of("victim.top");
    const std::vector<std::vector<std::string>> false_ones = {
        {"."}, {"top."}, {".", "top."}, {"plain.top.", ".", "signed.top."}};
    for (const auto& those : false_ones) {
        for (std::size_t place = 0; place <= those.size(); ++place) {
            for (const bool on_all : {false, true}) {
                CAPTURE(those, place, on_all);
                world.memory.clear();
                world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
                    if (!(question.qname == dns::name_of("nothing.victim.top"))) {
                        return;
                    }
                    RRset other =
                        world.ask({dns::name_of("victim.top"), Type::mx}).authority.back();
                    REQUIRE(other.type() == Type::nsec);
                    for (RRset& proof : reply.authority) {
                        proof = on_all ? with_false_ones(proof, those, place) : proof;
                    }
                    reply.authority.push_back(with_false_ones(other, those, place));
                };
                // Whose keys are tried is the sender's choice: he can make his own answer bogus.
                const auto verdict = world.validate("nothing.victim.top", Type::a);
                CHECK((on_all || verdict.security == Security::secure));
                for (const RRset& proof : world.reply.authority) {
                    const auto proved = dnssec::proof_of(proof);
                    CHECK(proved.has_value() == (verdict.security == Security::secure));
                    CHECK((!proved || proved->zone == zone.view()));
                    CHECK((!proved || proof.signatures().size() == 1));
                }
            }
        }
    }
}

TEST_CASE("a second signature of the same zone is kept behind the one that held",
          "[dnssec][rfc6781-4.1]") {
    SignedWorld world;
    add_neighbours(world);
    world.mangle = [](const dns::Question& question, dnssec::Reply& reply) {
        if (question.qname == dns::name_of("www.victim.top")) {
            reply.answer.front() = with_false_ones(reply.answer.front(), {"victim.top."}, 1);
        }
    };
    REQUIRE(world.validate("www.victim.top", Type::a).security == Security::secure);
    const RRset& answer = world.reply.answer.front();
    REQUIRE(answer.signatures().size() == 2);
    world.mangle = nullptr;
    const RRset good = world.ask({dns::name_of("www.victim.top"), Type::a}).answer.front();
    CHECK(std::ranges::equal(answer.signatures().front(), good.signatures().front()));
}

TEST_CASE("what is not secure, or is secure without a signature, was proved by nobody",
          "[dnssec]") {
    SignedWorld world;
    add_neighbours(world);
    const RRset good = world.ask({dns::name_of("www.victim.top"), Type::a}).answer.front();
    CHECK_FALSE(dnssec::proof_of(RRset()));
    CHECK_FALSE(dnssec::proof_of(good));
    CHECK_FALSE(dnssec::proof_of(good.with_security(Security::insecure)));
    CHECK_FALSE(dnssec::proof_of(rrset_of("a. 300 IN CNAME b.\n").with_security(Security::secure)));
    REQUIRE(world.validate("y.wild.victim.top", Type::txt).security == Security::secure);
    const auto expanded = dnssec::proof_of(world.reply.answer.front());
    REQUIRE(expanded);
    CHECK(expanded->zone == dns::name_of("victim.top").view());
    CHECK(expanded->labels == 3);
}

// What is made from another zone's trust ends with it: nobody lives on by being asked about.
TEST_CASE("an insecure zone's state is not prolonged by the names below it",
          "[dnssec][rfc4035-4.3]") {
    SignedWorld world;
    add_neighbours(world);
    REQUIRE(world.validate("www.plain.top", Type::a).security == Security::insecure);
    const auto ttl = [&] {
        return world.memory.find(dns::name_of("plain.top"), world.clock.instant)
            ->at(world.clock.instant)
            .ttl;
    };
    const std::uint32_t first = ttl();
    world.clock.instant += std::chrono::seconds(first - 10);
    CHECK(ttl() == 10);
    dnssec::Chain chain(world.anchors, world.clock, world.memory);
    dnssec::ChainContext context{world, world.meter};
    const Name below = dns::name_of("deep.plain.top");
    auto task = chain.keys_of(below, context, 0);
    task.start();
    REQUIRE(task.done());
    CHECK(task.result().ttl <= 10);
}

TEST_CASE("an empty answer at an unsigned cut is insecure though the zone above says it",
          "[dnssec][rfc4035-4.3][rfc6840-4.4]") {
    for (const bool with_proof : {true, false}) {
        CAPTURE(with_proof);
        SignedWorld world;
        add_neighbours(world);
        const auto above = world.ask({dns::name_of("plain.victim.top"), Type::ds}).authority;
        world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
            if (question.qtype != Type::mx) {
                return;
            }
            reply.answer.clear();
            reply.authority.clear();
            for (const RRset& rrset : above) {
                if (with_proof || rrset.type() == Type::soa) {
                    reply.authority.push_back(rrset);
                }
            }
        };
        CHECK(world.validate("plain.victim.top", Type::mx).security == Security::insecure);
        // Where no cut is, it stays bogus.
        CHECK(world.validate("www.victim.top", Type::mx).security == Security::bogus);
    }
}

// RFC 6840 5.10, C.2: any success is accepted, and nothing less than one.
TEST_CASE("of two anchors one above the other what either proves is proved",
          "[dnssec][rfc6840-c.2][defence-d21]") {
    for (const bool is_denied : {true, false}) {
        CAPTURE(is_denied);
        SignedWorld world;
        add_neighbours(world);
        // An anchor at a name that top. denies, or at a zone that it delegates.
        const std::string anchored = is_denied ? "tug.top." : "victim.top.";
        auto options = SignedWorld::times();
        options.seed = 99;
        world.anchors.add(dns::name_of(anchored), Type::ds,
                          *sim::ds_rdata(dns::name_of(anchored), options));
        const auto denial = world.ask({dns::name_of("tug.top"), Type::a});
        world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
            if (question.qtype == Type::mx) {
                reply = denial;
            }
        };
        const auto verdict = world.validate("mast." + anchored, Type::mx);
        CHECK(verdict.security == (is_denied ? Security::secure : Security::bogus));
    }
}

// DS is the parent's to say at the very name whose other types are the child's.
TEST_CASE("an alias that the child signed is no answer to a question for its DS",
          "[dnssec][rfc4035-2.4][rfc4035-3.1.4.1]") {
    for (const bool is_signed : {true, false}) {
        CAPTURE(is_signed);
        SignedWorld world;
        auto options = SignedWorld::times();
        world.add(".", "", options);
        options.seed = 2;
        world.add("top.", "www.deep CNAME www\n", options);
        options.seed = 3;
        if (is_signed) {
            world.add("shop.top.", "other CNAME www\n", options);
        } else {
            world.add("shop.top.", "other CNAME www\n", std::nullopt);
        }
        world.build();
        // Its own signature, over an alias at its apex.
        const RRset alias = rrset_of("shop.top. 300 IN CNAME edge.top.\n");
        const auto key = dnssec::SigningKey::from_seed(options.algorithm, options.seed);
        const RRset childs = with_signatures(
            alias, {sim::rrsig_rdata(alias, dns::name_of("shop.top."), *key, options)});
        world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
            if (question.qname == dns::name_of("shop.top") && world.fetches.empty()) {
                reply.answer = {childs};
                reply.authority.clear();
            }
        };
        CHECK(world.validate("shop.top", Type::ds).security == Security::bogus);
        world.memory.clear();
        world.fetches.clear();
        CHECK(world.validate("shop.top", Type::a).security ==
              (is_signed ? Security::secure : Security::insecure));
        // An alias inside the zone is the zone's to give for DS too.
        CHECK(world.validate("www.deep.top", Type::ds).security == Security::secure);
    }
}
