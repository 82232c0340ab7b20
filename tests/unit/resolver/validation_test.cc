// What the resolver does with what the validator said.
#include "resolver/validation.h"

#include <catch2/catch.hpp>

#include "resolver/answer_assembly.h"
#include "resolver/budget_meter.h"
#include "resolver/errand.h"
#include "resolver/message_rrset.h"
#include "test_world.h"
#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using namespace wend::test;
using dns::Reason;
using dns::Security;
using dns::Type;

namespace {

Validation::Outcome bogus(Reason reason, std::size_t good_links, bool lies_with_server = true) {
    return {.security = Security::bogus,
            .reason = reason,
            .detail = {},
            .lies_with_server = lies_with_server,
            .good_links = good_links};
}

// A CNAME whose signature says that *.example. gave it.
const char* const by_wildcard =
    "x.example. 300 IN CNAME y.example.\n"
    "x.example. 300 IN RRSIG CNAME 13 1 300 20380101000000 20200101000000 1 example. AAAA\n";

Accepted two_links(const char* first) {
    Accepted accepted;
    accepted.kind = ResponseKind::answer;
    accepted.chain.rrsets = {proved(rrset_of(first)),
                             rrset_of("y.example. 300 IN CNAME z.example.\n")};
    accepted.chain.end = dns::name_of("z.example.");
    accepted.answer = rrset_of("z.example. 300 IN A 192.0.2.1\n");
    accepted.proofs = {
        rrset_of("w.example. 300 IN NSEC yy.example. A\n").with_security(Security::secure),
        rrset_of("a.example. 300 IN NSEC b.example. A\n").with_security(Security::bogus)};
    return accepted;
}

}  // namespace

TEST_CASE("only a wrong tail is cut off, and only a wrong answer is asked for again",
          "[resolver][dnssec]") {
    const Validation::Outcome secure;
    CHECK(after_check(secure, 0) == AfterCheck::whole);
    CHECK(after_check({.security = Security::insecure}, 2) == AfterCheck::whole);
    CHECK(after_check(bogus(Reason::bogus_signature, 1), 0) == AfterCheck::good_links);
    CHECK(after_check(bogus(Reason::bogus_signature, 1, false), bogus_retries_max) ==
          AfterCheck::good_links);
    CHECK(after_check(bogus(Reason::bogus_signature, 0), 0) == AfterCheck::other_server);
    CHECK(after_check(bogus(Reason::bogus_signature, 0), bogus_retries_max) == AfterCheck::failure);
    CHECK(after_check(bogus(Reason::bogus_no_key, 0, false), 0) == AfterCheck::failure);
    // What nobody answers for may be asked by itself, but no server is to blame.
    CHECK(after_check(bogus(Reason::no_server_answered, 1, false), 0) == AfterCheck::good_links);
    CHECK(after_check(bogus(Reason::no_server_answered, 0, false), 0) == AfterCheck::failure);
    // A limit leads on to nothing.
    CHECK(after_check(bogus(Reason::budget_signatures, 1, false), 0) == AfterCheck::failure);
    CHECK(after_check(bogus(Reason::budget_upstream_packets, 3, false), 0) == AfterCheck::failure);
}

TEST_CASE("silence is forgiven once in a client query, a wrong answer never",
          "[resolver][dnssec]") {
    const Endpoint server = *Endpoint::from_text("192.0.2.1:53");
    const Endpoint other = *Endpoint::from_text("192.0.2.2:53");
    const dns::Name zone = dns::name_of("example.");
    Errand errand(Instant{}, false, nullptr);
    errand.trial(other, zone).refused = true;
    errand.forgive_silence();  // nobody was silent: that does not count
    errand.trial(server, zone).timeouts = timeouts_max;
    errand.trial(server, zone).tcp = true;
    errand.trial(other, zone).timeouts = 1;
    errand.forgive_silence();
    CHECK(errand.tried(server, zone).timeouts == 0);
    CHECK_FALSE(errand.tried(server, zone).tcp);
    CHECK(errand.tried(other, zone).timeouts == 0);
    CHECK(errand.tried(other, zone).refused);
    errand.trial(server, zone).timeouts = timeouts_max;
    errand.forgive_silence();
    CHECK(errand.tried(server, zone).timeouts == timeouts_max);
}

TEST_CASE("a bogus datagram is asked for again over TCP, what else is bogus of others",
          "[resolver][dnssec][defence-a14]") {
    const Endpoint server = *Endpoint::from_text("192.0.2.1:53");
    const Endpoint other = *Endpoint::from_text("192.0.2.2:53");
    const dns::Name zone = dns::name_of("example.");
    Errand errand(Instant{}, false, nullptr);
    errand.doubt(server, zone, true);
    CHECK(errand.tried(server, zone).doubted);
    CHECK_FALSE(errand.tried(server, zone).bogus);
    errand.doubt(server, zone, false);
    CHECK_FALSE(errand.tried(server, zone).doubted);
    CHECK(errand.tried(server, zone).bogus);
    errand.doubt(other, zone, true);
    CHECK_FALSE(errand.tried(other, zone).doubted);  // once in a client query
    CHECK(errand.tried(other, zone).bogus);
    CHECK_FALSE(errand.tried(other, dns::name_of("test.")).bogus);
}

TEST_CASE("a chain that is cut leads on from its last good link, with that link's proofs",
          "[resolver][dnssec][rfc4035-3.1.3.3]") {
    Accepted accepted = two_links(by_wildcard);
    cut_chain(accepted, 1);
    CHECK(accepted.kind == ResponseKind::alias);
    REQUIRE(accepted.chain.rrsets.size() == 1);
    CHECK(accepted.chain.end == dns::name_of("y.example."));
    CHECK_FALSE(accepted.answer);
    REQUIRE(accepted.proofs.size() == 1);
    CHECK(accepted.proofs.front().owner() == dns::name_of("w.example.").view());
}

TEST_CASE("a chain that no wildcard made is cut without proofs", "[resolver][dnssec]") {
    Accepted accepted = two_links("x.example. 300 IN CNAME y.example.\n");
    cut_chain(accepted, 1);
    CHECK(accepted.proofs.empty());
}

TEST_CASE("an unsigned parent's referral is no answer to a question for DS",
          "[resolver][dnssec][rfc2181-5.4.1]") {
    TestWorld world;
    dnssec::TrustAnchors island;
    const std::vector<std::uint8_t> ds = {0, 1, 13, 2, 9, 9, 9, 9};
    REQUIRE(island.add(dns::name_of("elsewhere."), Type::ds, ds));
    world.options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
        std::make_shared<const dnssec::TrustAnchors>(std::move(island)));
    world.script("10.0.0.1", [](const dns::Question& question, Channel) {
        if (question.qtype == Type::ds) {
            return std::optional(MessageText{
                .answer = "example. DS 2 13 2 BBBB", .authority = {}, .additional = {}});
        }
        return std::optional(
            MessageText{.answer = {},
                        .authority = "example. NS ns.example.\nexample. DS 1 13 2 AAAA",
                        .additional = "ns.example. A 10.0.1.1",
                        .aa = false});
    });
    world.zone("10.0.1.1", "example.", "www A 192.0.2.1\n");
    REQUIRE(data_of(world.ask("www.example.")) == "192.0.2.1");
    CHECK(data_of(world.ask("example.", Type::ds)) == "2 13 2 BBBB");
}

TEST_CASE("what is tried on chance leaves half of the hashes to the answer",
          "[resolver][dnssec][defence-d4]") {
    Budget budget{Instant{}};
    SpareMeter spare(budget);
    CHECK_FALSE(spare.spend_signature());
    CHECK(spare.spend_nsec3_blocks(nsec3_blocks_max / 2));
    CHECK_FALSE(spare.spend_nsec3_blocks(1));
    CHECK(budget.exhausted() == Reason::none);
    CHECK(budget.nsec3_blocks_spent() == nsec3_blocks_max / 2);
    BudgetMeter meter(budget);
    CHECK(meter.spend_nsec3_blocks(nsec3_blocks_max / 2));
    CHECK_FALSE(meter.spend_nsec3_blocks(1));
    CHECK(budget.exhausted() == Reason::budget_nsec3);
}

TEST_CASE("an RRset's signatures count in whichever section they stand", "[resolver][scrub]") {
    const std::string_view signature =
        "www.example. 300 RRSIG A 13 2 300 20380101000000 20200101000000 1 example. AAAA";
    const std::string_view of_another =
        "www.example. 300 RRSIG TXT 13 2 300 20380101000000 20200101000000 1 example. AAAA";
    const std::string_view address = "www.example. 300 A 192.0.2.1";
    const auto found = [](const MessageText& text) {
        return rrset_in(message_of(text), dns::Section::answer, dns::name_of("www.example."),
                        Type::a);
    };
    CHECK(found({.answer = address, .authority = signature}).signatures().size() == 1);
    CHECK(found({.answer = address, .additional = signature}).signatures().size() == 1);
    CHECK(found({.answer = address, .authority = of_another}).signatures().empty());
    CHECK_FALSE(found({.authority = address, .additional = signature}));
}

TEST_CASE("the CNAME that a DNAME makes answers a question for CNAME", "[resolver][rfc6672-3.4]") {
    Budget budget{Instant{}};
    AnswerAssembly assembly({.qname = dns::name_of("x.old.example."), .qtype = Type::cname});
    const dns::RRset dname = rrset_of("old.example. 300 IN DNAME new.example.\n");
    const auto cname = synthesize_cname(dns::name_of("x.old.example."), dname);
    REQUIRE(cname);
    const Step step{.kind = Step::Kind::alias,
                    .chain = {dname, *cname},
                    .end = dns::name_of("x.new.example."),
                    .answer = {},
                    .authority = {}};
    CHECK(assembly.add(step, budget) == AnswerAssembly::Progress::finished);
    CHECK(assembly.answer().rcode == dns::Rcode::noerror);
    REQUIRE(assembly.answer().answer.size() == 2);
    CHECK(assembly.answer().answer.back().type() == Type::cname);
}
