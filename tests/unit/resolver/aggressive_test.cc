#include "resolver/aggressive.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using dns::Rcode;
using dns::Security;
using dns::Type;

namespace {

// A root and one zone in NSEC, NSEC3 or NSEC3 with opt-out, with what was learnt of them.
struct Learner {
    enum class Kind : std::uint8_t { nsec, nsec3, opt_out };

    explicit Learner(Kind kind) {
        auto options = SignedWorld::times();
        world.add(".", "", options);
        options.seed = 2;
        options.nsec3 = kind != Kind::nsec;
        options.opt_out = kind == Kind::opt_out;
        options.salt = {7};
        world.add("example.",
                  "a A 192.0.2.1\nb.ent A 192.0.2.2\nc CNAME a\nd DNAME a\n"
                  "*.w TXT \"any\"\nx.w A 192.0.2.3\n*.v CNAME a\nsigned A 192.0.2.4\n",
                  options);
        options.seed = 3;
        world.add("sub.example.", "www A 192.0.2.5\n", options);
        world.add("open.example.", "www A 192.0.2.6\n", std::nullopt);
        world.build();
    }

    void learn(const std::string& name, Type type) {
        world.validate(name, type);
        note_proofs(world.reply.authority, spans, now);
        for (const auto& rrset : world.reply.answer) {
            note_expansion(rrset, cache, now);
        }
    }

    std::optional<cache::Denial> denial(const std::string& name, Type type) {
        return synthesize_denial({dns::name_of(name), type}, spans, meter, now);
    }

    std::optional<Expansion> expansion(const std::string& name, Type type) {
        auto made = synthesize({dns::name_of(name), type}, spans, cache, meter, now);
        auto* expansion = std::get_if<Expansion>(&made);
        return expansion != nullptr ? std::optional(std::move(*expansion)) : std::nullopt;
    }

    SignedWorld world;
    cache::Spans spans{{.bytes_max = 1 << 20}};
    cache::Cache cache{{.bytes_max = 1 << 20}};
    CountingMeter meter;
    Instant now{std::chrono::seconds(1)};
};

// The RRset with one more signature, by a key that is nobody's, in the name of `signer`.
dns::RRset signed_also_by(const dns::RRset& rrset, const std::string& signer, bool is_first) {
    const auto options = SignedWorld::times();
    const auto key = dnssec::SigningKey::from_seed(options.algorithm, 4711);
    const auto false_one = sim::rrsig_rdata(rrset, dns::name_of(signer), *key, options);
    dns::RRsetBuilder builder(rrset.owner(), rrset.type());
    for (const Octets rdata : rrset.rdatas()) {
        builder.add(rdata);
    }
    if (is_first) {
        builder.add_signature(false_one);
    }
    for (const Octets rdata : rrset.signatures()) {
        builder.add_signature(rdata);
    }
    builder.add_signature(false_one);  // a duplicate is left out
    return builder.finish(rrset.ttl());
}

const std::vector<std::string> asked = {
    "example",          "a.example",     "aa.example",      "b.example",      "b.ent.example",
    "ent.example",      "x.ent.example", "c.example",       "x.c.example",    "d.example",
    "x.d.example",      "w.example",     "x.w.example",     "y.w.example",    "z.y.w.example",
    "*.w.example",      "y.x.w.example", "v.example",       "y.v.example",    "signed.example",
    "zz.example",       "sub.example",   "www.sub.example", "no.sub.example", "open.example",
    "www.open.example", "x.aa.example",  "ns.example",      "yy.zz.example"};
const std::vector<Type> types = {Type::a, Type::txt, Type::ds, Type::ns, Type::cname};

}  // namespace

TEST_CASE("a verified span denies names that were never asked for", "[resolver][rfc8198-5.1]") {
    Learner learner(Learner::Kind::nsec);
    CHECK_FALSE(learner.denial("zy.example", Type::a));
    learner.learn("zz.example", Type::a);
    const auto denial = learner.denial("zy.example", Type::aaaa);
    REQUIRE(denial);
    CHECK(denial->rcode == Rcode::nxdomain);
    CHECK(denial->name == dns::name_of("zy.example"));
    CHECK(denial->security == Security::secure);
    CHECK(denial->soa.owner() == dns::name_of("example").view());
    CHECK(denial->ttl == 300);  // the SOA's minimum
    CHECK(denial->proofs.size() == 2);
    CHECK(denial->proofs.front().ttl() == 300);
    CHECK_FALSE(learner.denial("signed.example", Type::a));
    learner.now += std::chrono::seconds(299);
    const auto late = learner.denial("zy.example", Type::a);
    REQUIRE(late);
    CHECK(late->ttl == 1);
    learner.now += std::chrono::seconds(1);
    CHECK_FALSE(learner.denial("zy.example", Type::a));
}

TEST_CASE("what is synthesized is what the zone's servers would say, and validates",
          "[resolver][rfc8198-5]") {
    int denials = 0;
    int expansions = 0;
    for (const auto kind : {Learner::Kind::nsec, Learner::Kind::nsec3}) {
        Learner learner(kind);
        for (const std::string& name : asked) {
            for (const Type type : types) {
                learner.learn(name, type);
            }
        }
        for (const std::string& name : asked) {
            for (const Type type : types) {
                CAPTURE(static_cast<int>(kind), name, dns::to_text(type));
                const dns::Question question{dns::name_of(name), type};
                const dnssec::Reply said = learner.world.ask(question);
                const auto denial = learner.denial(name, type);
                const auto expansion = learner.expansion(name, type);
                CHECK_FALSE((denial && expansion));
                if (denial) {
                    ++denials;
                    CHECK(said.answer.empty());
                    CHECK(said.rcode == denial->rcode);
                    CHECK(said.authority.size() <= denial->proofs.size() + 1);
                }
                if (expansion) {
                    ++expansions;
                    REQUIRE_FALSE(said.answer.empty());
                    CHECK(dns::same_data(said.answer.front(), expansion->answer));
                    CHECK(expansion->answer.security() == Security::secure);
                }
                if (!denial && !expansion) {
                    continue;
                }
                learner.world.mangle = [&](const dns::Question& q, dnssec::Reply& reply) {
                    if (q.qname == question.qname && q.qtype == type && denial) {
                        reply.authority = denial->proofs;
                        reply.authority.push_back(denial->soa);
                    } else if (q.qname == question.qname && q.qtype == type) {
                        reply.answer.front() = expansion->answer;
                        reply.authority = expansion->proofs;
                    }
                };
                CHECK(learner.world.validate(name, type).security == Security::secure);
                learner.world.mangle = nullptr;
            }
        }
    }
    CHECK(denials >= 120);
    CHECK(expansions >= 4);
}

TEST_CASE("a wildcard that is known answers for names that were never asked for",
          "[resolver][rfc8198-5.3]") {
    for (const auto kind : {Learner::Kind::nsec, Learner::Kind::nsec3}) {
        CAPTURE(static_cast<int>(kind));
        Learner learner(kind);
        learner.learn("y.w.example", Type::txt);
        learner.learn("y.w.example", Type::a);  // brings the SOA
        const auto expansion = learner.expansion("yy.w.example", Type::txt);
        if (kind == Learner::Kind::nsec) {
            REQUIRE(expansion);
        }
        if (expansion) {
            CHECK(expansion->answer.owner() == dns::name_of("yy.w.example").view());
            CHECK(expansion->answer.security() == Security::secure);
            CHECK(expansion->proofs.size() == 1);
        }
        CHECK_FALSE(learner.expansion("x.w.example", Type::txt));
        CHECK_FALSE(learner.expansion("*.w.example", Type::txt));
    }
}

TEST_CASE("nothing is synthesized below a zone cut or a DNAME", "[resolver][rfc6840-4.1]") {
    for (const auto kind : {Learner::Kind::nsec, Learner::Kind::nsec3}) {
        Learner learner(kind);
        for (const std::string& name : asked) {
            learner.learn(name, Type::ds);
            learner.learn(name, Type::txt);
        }
        learner.spans.forget(dns::name_of("sub.example"));
        for (const char* name : {"no.sub.example", "no.open.example", "no.d.example"}) {
            CAPTURE(name);
            CHECK_FALSE(learner.denial(name, Type::a));
            CHECK_FALSE(learner.denial(name, Type::ds));
        }
        const auto no_ds = learner.denial("open.example", Type::ds);
        REQUIRE(no_ds);
        CHECK(no_ds->rcode == Rcode::noerror);
        CHECK_FALSE(learner.denial("open.example", Type::a));
    }
}

TEST_CASE("opt-out spans and records that are not secure are never used",
          "[resolver][rfc8198-5.4][defence-d16]") {
    Learner learner(Learner::Kind::opt_out);
    for (const std::string& name : asked) {
        learner.learn(name, Type::a);
    }
    CHECK_FALSE(learner.denial("zy.example", Type::a));
    Learner other(Learner::Kind::nsec);
    other.world.validate("zz.example", Type::a);
    std::vector<dns::RRset> authority = other.world.reply.authority;
    for (auto& rrset : authority) {
        rrset = rrset.with_security(Security::insecure);
    }
    note_proofs(authority, other.spans, other.now);
    CHECK(other.spans.statistics().zones == 0);
}

TEST_CASE("a span ends with the SOA that it came with, whatever its own TTL",
          "[resolver][rfc9077-3]") {
    cache::Spans spans({.bytes_max = 1 << 20});
    Instant now{std::chrono::seconds(1)};
    CountingMeter meter;
    const std::string dates = " 20380101000000 20200101000000 1 a.test. AAAA\n";
    const auto secure = [&](const std::string& text, const std::string& covered) {
        return proved(rrset_of(text + "\na.test. 3600 IN RRSIG " + covered + " 13 2 3600" + dates));
    };
    const auto soa = secure("a.test. 900 IN SOA ns.a.test. h.a.test. 1 2 3 4 3600", "SOA");
    note_proofs({secure("a.test. 3600 IN NSEC a.test. NS SOA RRSIG NSEC", "NSEC"), soa}, spans,
                now);
    const dns::Question question{dns::name_of("b.a.test."), Type::a};
    REQUIRE(synthesize_denial(question, spans, meter, now));
    now += std::chrono::seconds(901);
    note_proofs({soa}, spans, now);
    CHECK_FALSE(synthesize_denial(question, spans, meter, now));
}

TEST_CASE("an NSEC whose next name is outside its zone is not kept",
          "[resolver][defence-d12][cve-2026-13321]") {
    cache::Spans spans({.bytes_max = 1 << 20});
    const Instant now{std::chrono::seconds(1)};
    const std::string signature =
        "a.test. 3600 IN RRSIG NSEC 13 2 3600 20380101000000 20200101000000 1 a.test. AAAA\n";
    const auto beyond = rrset_of("a.test. 3600 IN NSEC zz. NS SOA RRSIG NSEC\n" + signature);
    note_proofs({proved(beyond)}, spans, now);
    CHECK(spans.statistics().spans == 0);
    const auto within = rrset_of("a.test. 3600 IN NSEC a.test. NS SOA RRSIG NSEC\n" + signature);
    note_proofs({proved(within)}, spans, now);
    CHECK(spans.statistics().spans == 1);
}

TEST_CASE("an attempt takes no more hashes than its share", "[resolver][defence-d4]") {
    Learner learner(Learner::Kind::nsec3);
    for (const std::string& name : asked) {
        learner.learn(name, Type::a);
    }
    std::string deep = "zz.example";
    for (int i = 0; i < 100; ++i) {
        CAPTURE(deep);
        learner.meter.blocks = 0;
        learner.denial(deep, Type::a);
        CHECK(learner.meter.blocks <= synthesis_nsec3_blocks_max);
        deep.insert(0, "y.");
    }
    CHECK_FALSE(learner.denial(deep, Type::a));
    learner.meter.blocks = 0;
    learner.meter.blocks_max = 0;  // the query has none left
    CHECK_FALSE(learner.denial("zz.example", Type::a));
}

TEST_CASE("a positive answer that says whose wildcard it was is kept under the wildcard",
          "[resolver][rfc8198-5.3]") {
    Learner learner(Learner::Kind::nsec);
    learner.world.validate("y.w.example", Type::txt);
    const dns::RRset answer = learner.world.reply.answer.front();
    note_expansion(answer.with_security(Security::insecure), learner.cache, learner.now);
    CHECK_FALSE(learner.cache.find(dns::name_of("*.w.example"), Type::txt, learner.now));
    learner.world.validate("a.example", Type::a);
    note_expansion(learner.world.reply.answer.front(), learner.cache, learner.now);
    CHECK_FALSE(learner.cache.find(dns::name_of("*.example"), Type::a, learner.now));
    note_expansion(answer, learner.cache, learner.now);
    CHECK(learner.cache.find(dns::name_of("*.w.example"), Type::txt, learner.now));
}

// The owner of one signed zone adds signatures in the names of others: what his keys proved is
// filed under his zone alone.
TEST_CASE("a span belongs to the zone whose key made the signature that held",
          "[resolver][defence-d26]") {
    for (const std::string signer : {".", "example.", "open.example.", "sub.example."}) {
        for (const bool is_first : {true, false}) {
            CAPTURE(signer, is_first);
            Learner learner(Learner::Kind::nsec);
            learner.world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
                if (question.qname == dns::name_of("no.sub.example")) {
                    const dns::RRset own = reply.authority.back();
                    reply.authority.push_back(signed_also_by(own, signer, is_first));
                }
            };
            learner.learn("no.sub.example", Type::a);
            CHECK(learner.spans.statistics().zones == 1);
            const auto zone =
                learner.spans.closest_zone(dns::name_of("x.sub.example"), learner.now);
            REQUIRE(zone);
            CHECK(zone->name == dns::name_of("sub.example").view());
            CHECK_FALSE(learner.spans.closest_zone(dns::name_of("example"), learner.now));
        }
    }
}

TEST_CASE("a wildcard's data expands by the proofs of the zone that signed it alone",
          "[resolver][defence-d26]") {
    for (const std::string signer : {".", "example.", "sub.example."}) {
        CAPTURE(signer);
        Learner learner(Learner::Kind::nsec);
        learner.world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
            if (question.qname == dns::name_of("y.w.example")) {
                reply.answer.front() = signed_also_by(reply.answer.front(), signer, false);
            }
        };
        learner.learn("y.w.example", Type::txt);
        learner.learn("zz.w.example", Type::a);
        const auto expansion = learner.expansion("v.w.example", Type::txt);
        REQUIRE(expansion);
        for (const Octets rdata : expansion->answer.signatures()) {
            CHECK(dnssec::Rrsig::read(rdata).signer == dns::name_of("example").view());
        }
    }
}
