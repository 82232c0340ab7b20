#include "server/answer/compose.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/server/records.h"

using namespace wend;
using dns::Rcode;
using dns::Reason;
using dns::Section;

namespace {

QueryFacts asked(std::string_view name, dns::Type type = dns::Type::a) {
    QueryFacts facts;
    facts.id = 0x4242;
    facts.recursion_desired = true;
    facts.question = dns::Question{dns::name_of(name), type, dns::Class::in};
    return facts;
}

QueryFacts asked_with_edns(std::string_view name, std::size_t size, bool dnssec_ok) {
    QueryFacts facts = asked(name);
    facts.edns = true;
    facts.dnssec_ok = dnssec_ok;
    facts.wants_authentic = dnssec_ok;
    facts.size_max = size;
    return facts;
}

struct Composed {
    std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(65'535);
    std::size_t size = 0;
    dns::Message message;
};

Composed composed(const QueryFacts& facts, const Answer& answer) {
    Composed result;
    result.size = compose_answer(facts, answer, result.octets);
    result.message = parsed(Octets(result.octets).first(result.size));
    return result;
}

Answer positive(std::vector<dns::RRset> rrsets) {
    Answer answer;
    answer.rcode = Rcode::noerror;
    answer.answer = std::move(rrsets);
    answer.reason = Reason::resolved;
    answer.security = dns::Security::insecure;
    return answer;
}

std::optional<std::uint16_t> info_code(const dns::Message& message) {
    const dns::EdnsOption* option =
        message.edns() ? message.edns()->find(dns::OptionCode::extended_error) : nullptr;
    return option == nullptr ? std::nullopt : std::optional(load_u16(option->data, 0));
}

std::string info_text(const dns::Message& message) {
    const Octets data = message.edns()->find(dns::OptionCode::extended_error)->data;
    return {data.begin() + 2, data.end()};
}

}  // namespace

TEST_CASE("a reply repeats id, question, RD and CD, and has RA", "[server]") {
    QueryFacts facts = asked("WwW.example.");
    facts.checking_disabled = true;
    const Composed reply = composed(facts, positive({addresses_of("www.example.", 2)}));
    const dns::Header& header = reply.message.header();
    CHECK(header.id == 0x4242);
    CHECK(header.qr);
    CHECK(header.rd);
    CHECK(header.ra);
    CHECK(header.cd);
    CHECK_FALSE(header.aa);
    CHECK_FALSE(header.ad);
    CHECK_FALSE(header.tc);
    REQUIRE(reply.message.question());
    CHECK(equal_with_case(reply.message.question()->qname, dns::name_of("WwW.example.")));
    CHECK(reply.message.records(Section::answer).size() == 2);
    CHECK(reply.message.edns() == nullptr);
    facts.recursion_desired = false;
    CHECK_FALSE(composed(facts, positive({})).message.header().rd);
}

TEST_CASE("the alias chain stands in order, before the data", "[server]") {
    const Composed reply =
        composed(asked("a.example."),
                 positive({alias_of("a.example.", "b.example."),
                           alias_of("b.example.", "c.example."), addresses_of("c.example.", 1)}));
    const auto records = reply.message.records(Section::answer);
    REQUIRE(records.size() == 3);
    CHECK(records[0].owner == dns::name_of("a.example."));
    CHECK(records[1].owner == dns::name_of("b.example."));
    CHECK(records[2].owner == dns::name_of("c.example."));
}

TEST_CASE("AD is set only for secure answers, and only for who asked", "[server][rfc6840-5.8]") {
    Answer answer = positive({addresses_of("www.example.", 1)});
    QueryFacts facts = asked("www.example.");
    facts.wants_authentic = true;
    CHECK_FALSE(composed(facts, answer).message.header().ad);
    answer.security = dns::Security::secure;
    CHECK(composed(facts, answer).message.header().ad);
    facts.wants_authentic = false;
    CHECK_FALSE(composed(facts, answer).message.header().ad);
}

TEST_CASE("a negative answer keeps its SOA, and its proofs only with DO", "[server][rfc2308-3]") {
    Answer answer;
    answer.rcode = Rcode::nxdomain;
    answer.authority = {soa_of("example.", 77), proof_of("example.", 64)};
    const Composed plain = composed(asked("no.example."), answer);
    CHECK(plain.message.rcode() == Rcode::nxdomain);
    REQUIRE(plain.message.records(Section::authority).size() == 1);
    CHECK(plain.message.records(Section::authority)[0].type == dns::Type::soa);
    CHECK(plain.message.records(Section::authority)[0].ttl == 77);
    const Composed with_proofs = composed(asked_with_edns("no.example.", 1232, true), answer);
    CHECK(with_proofs.message.records(Section::authority).size() == 3);
    CHECK(with_proofs.message.edns()->dnssec_ok);
}

TEST_CASE("a positive answer is minimal", "[server]") {
    Answer answer = positive({addresses_of("www.example.", 1)});
    dns::RRsetBuilder servers(dns::name_of("example."), dns::Type::ns);
    servers.add(dns::name_of("ns.example.").wire());
    answer.authority = {servers.finish(300), proof_of("example.", 64)};
    CHECK(composed(asked_with_edns("www.example.", 1232, false), answer)
              .message.records(Section::authority)
              .empty());
    // A wildcard's expansion is proved.
    CHECK(composed(asked_with_edns("www.example.", 1232, true), answer)
              .message.records(Section::authority)
              .size() == 2);
}

TEST_CASE("every failure says why where the query had EDNS", "[server][rfc8914]") {
    for (std::size_t i = 0; i < dns::reason_count; ++i) {
        Answer answer;
        answer.reason = static_cast<Reason>(i);
        const Composed reply = composed(asked_with_edns("www.example.", 512, false), answer);
        CHECK(info_code(reply.message) == dns::extended_error(answer.reason));
        CHECK(composed(asked("www.example."), answer).message.edns() == nullptr);
    }
}

TEST_CASE("the EDE's text is the detail where it fits, else the reason's sentence",
          "[server][rfc8914]") {
    const QueryFacts facts = asked_with_edns("www.example.", 512, false);
    Answer answer;
    answer.reason = Reason::no_server_answered;
    CHECK(info_text(composed(facts, answer).message) == describe(Reason::no_server_answered));
    answer.detail = "192.0.2.1 was silent";
    CHECK(info_text(composed(facts, answer).message) == "192.0.2.1 was silent");
    answer.detail = std::string(extended_error_text_max + 1, 'x');
    CHECK(info_text(composed(facts, answer).message) == describe(Reason::no_server_answered));
}

TEST_CASE("a stranger's refusal is short and does not offer recursion", "[server]") {
    const QueryFacts facts = asked_with_edns("www.example.", 1232, false);
    std::vector<std::uint8_t> out(65'535);
    const std::size_t size =
        compose_empty(facts, {.rcode = Rcode::refused, .reason = Reason::client_not_allowed}, out);
    const dns::Message message = parsed(Octets(out).first(size));
    CHECK(message.rcode() == Rcode::refused);
    CHECK(info_code(message) == 18);
    CHECK_FALSE(message.header().ra);
    const std::size_t query_size = dns::header_size + 13 + 4 + 11;
    CHECK(size <= query_size + 6);
}

TEST_CASE("a reply never passes its limit: whole RRsets, or TC", "[server][rfc2181-9]") {
    const Answer answer =
        positive({alias_of("www.example.", "many.example."), addresses_of("many.example.", 100)});
    std::size_t truncated = 0;
    for (std::size_t limit = 512; limit <= 2'048; ++limit) {
        const QueryFacts facts = asked_with_edns("www.example.", limit, true);
        const Composed reply = composed(facts, answer);
        CHECK(reply.size <= limit);
        const std::size_t records = reply.message.records(Section::answer).size();
        CHECK(records == (reply.message.header().tc ? 1U : 101U));
        CHECK(reply.message.edns() != nullptr);
        truncated += reply.message.header().tc ? 1U : 0U;
    }
    CHECK(truncated > 1'000);
    CHECK(truncated < 1'536);
    // A negative answer without its SOA and proofs is not whole either.
    Answer negative;
    negative.rcode = Rcode::nxdomain;
    negative.authority = {soa_of("example.", 77), proof_of("example.", 600)};
    CHECK(composed(asked_with_edns("no.example.", 512, true), negative).message.header().tc);
    CHECK_FALSE(composed(asked_with_edns("no.example.", 512, false), negative).message.header().tc);
}

TEST_CASE("the longest question fits the smallest reply with the longest reason", "[server]") {
    const std::string label(63, 'a');
    const std::string name = label + "." + label + "." + label + "." + std::string(61, 'a') + ".";
    Answer answer;
    answer.reason = Reason::no_server_answered;
    answer.detail = std::string(extended_error_text_max, 'x');
    const Composed reply = composed(asked_with_edns(name, 512, true), answer);
    CHECK(reply.message.rcode() == Rcode::servfail);
    CHECK(info_text(reply.message) == answer.detail);
}

TEST_CASE("a truncated reply is header, question and TC", "[server]") {
    std::vector<std::uint8_t> out(65'535);
    const std::size_t size = compose_truncated(asked("www.example."), out);
    CHECK(size == dns::header_size + 13 + 4);
    CHECK(parsed(Octets(out).first(size)).header().tc);
}
