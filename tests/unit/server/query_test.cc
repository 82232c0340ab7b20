#include "server/query.h"

#include <catch2/catch.hpp>

#include "tests/unit/dns/octets_of.h"

using namespace wend;
using dns::octets_of;
using dns::Rcode;
using dns::Reason;

namespace {

const Client udp_client{*Endpoint::from_text("192.0.2.1:5353"), Channel::udp};
const Client tcp_client{*Endpoint::from_text("192.0.2.1:5353"), Channel::tcp};

// "www.example. A IN" as a question.
constexpr std::string_view www_example = "03777777 076578616d706c65 00 0001 0001";

std::string with_header(std::string_view header, std::string_view rest) {
    return std::string(header) + std::string(rest);
}

struct Judged {
    Judgement verdict;
    QueryFacts facts;
};

Judged judge(std::string_view hex, const Client& client = udp_client) {
    dns::Message message;
    Judged judged;
    judged.verdict = judge_query(octets_of(hex), client, message, judged.facts);
    return judged;
}

Judged judge_question(std::string_view question, std::string_view opt = "") {
    const std::string counts =
        opt.empty() ? "1234 0100 0001 0000 0000 0000" : "1234 0100 0001 0000 0000 0001";
    return judge(counts + std::string(question) + std::string(opt));
}

}  // namespace

TEST_CASE("a plain query is for the resolver, with what its reply repeats", "[server]") {
    const Judged judged = judge(with_header("1234 0130 0001 0000 0000 0000", www_example));
    CHECK(judged.verdict.kind == QueryKind::resolve);
    CHECK(judged.facts.id == 0x1234);
    CHECK(judged.facts.recursion_desired);
    CHECK(judged.facts.checking_disabled);
    CHECK(judged.facts.wants_authentic);
    CHECK_FALSE(judged.facts.edns);
    CHECK(judged.facts.size_max == 512);
    REQUIRE(judged.facts.question);
    CHECK(judged.facts.question->qname == dns::name_of("www.example."));
}

TEST_CASE("the size of a reply is the client's within 512 and 1232, and free over TCP",
          "[server][rfc6891-6.2]") {
    const auto size = [](std::string_view payload, const Client& client) {
        return judge(with_header("1234 0100 0001 0000 0000 0001", www_example) + "00 0029" +
                         std::string(payload) + "00 00 8000 0000",
                     client)
            .facts.size_max;
    };
    CHECK(size("0000", udp_client) == 512);
    CHECK(size("0200", udp_client) == 512);
    CHECK(size("0400", udp_client) == 1024);
    CHECK(size("04d0", udp_client) == 1232);
    CHECK(size("ffff", udp_client) == 1232);
    CHECK(size("0200", tcp_client) == 65'535);
    CHECK(judge(with_header("1234 0100 0001 0000 0000 0000", www_example), tcp_client)
              .facts.size_max == 65'535);
}

TEST_CASE("what cannot come from a client is dropped", "[server]") {
    CHECK(judge("").verdict.kind == QueryKind::drop);
    CHECK(judge("1234 0100 0001 0000 0000 00").verdict.kind == QueryKind::drop);
    const Judged response = judge(with_header("1234 8100 0001 0000 0000 0000", www_example));
    CHECK(response.verdict.kind == QueryKind::drop);
    CHECK(response.verdict.reason == Reason::response_as_query);
    const std::string query = with_header("1234 0100 0001 0000 0000 0000", www_example);
    const auto from_port = [&](std::uint16_t port, Channel channel) {
        return judge(query, {{*IpAddress::from_text("192.0.2.1"), port}, channel}).verdict.kind;
    };
    std::vector<std::uint16_t> dropped;
    for (unsigned port = 0; port <= 0xffff; ++port) {
        const auto number = static_cast<std::uint16_t>(port);
        if (from_port(number, Channel::udp) == QueryKind::drop) {
            dropped.push_back(number);
        }
    }
    CHECK(dropped == std::vector<std::uint16_t>{0, 7, 13, 17, 19, 37, 464});
    CHECK(from_port(7, Channel::tcp) == QueryKind::resolve);
}

TEST_CASE("whatever is wrong with a query, EDNS is met with EDNS", "[server][rfc6891-6.1.1]") {
    const std::string opt = "00 0029 0400 00 00 8000 0000";
    const std::string question(www_example);
    const std::string answer = "c00c 0001 0001 00000000 0004 c0000201";
    const std::vector<std::string> queries = {
        "1234 0300 0001 0000 0000 0001" + question + opt,             // TC
        "1234 0100 0000 0000 0000 0001" + opt,                        // no question
        "1234 0100 0002 0000 0000 0001" + question + question + opt,  // two
        "1234 0100 0001 0001 0000 0001" + question + answer + opt,
        "1234 0100 0001 0000 0001 0001" + question + answer + opt,
        "1234 0100 0001 0000 0000 0002" + question + opt + opt,
        "1234 0100 0001 0000 0000 0002" + question + "00 00ff 0001 00000000 0000" + opt,
        "1234 0100 0001 0000 0000 0001" + question + "00 0029 0400 00 00 8000 0003 000a00",
        "1234 0100 0001 0000 0000 0001 c00c 0001 0001" + opt,
    };
    for (const std::string& query : queries) {
        CAPTURE(query);
        const Judged judged = judge(query);
        CHECK(judged.verdict.rcode == Rcode::formerr);
        CHECK(judged.facts.edns);
        CHECK(judged.facts.dnssec_ok);
        CHECK(judged.facts.size_max == 1024);
    }
    for (unsigned opcode = 1; opcode < 16; ++opcode) {
        const std::array flags = {static_cast<std::uint8_t>(opcode << 3)};
        const std::string head = "1234" + dns::hex_of(flags) + "00 0001 0000 0000 0001" + question;
        const Judged judged = judge(head + opt);
        CHECK(judged.verdict.rcode == Rcode::notimp);
        CHECK(judged.facts.edns);
        CHECK(judged.facts.question.has_value());
        CHECK_FALSE(judge(head).facts.edns);  // it is not there
        CHECK(judge(head + "00 0029 0400 00 01 8000 0000").verdict.rcode == Rcode::badvers);
    }
}

TEST_CASE("a query without exactly one question is FORMERR", "[server][rfc9619]") {
    const Judged none = judge("1234 0100 0000 0000 0000 0000");
    CHECK(none.verdict.rcode == Rcode::formerr);
    CHECK_FALSE(none.facts.question);
    const Judged two =
        judge(with_header("1234 0100 0002 0000 0000 0000", www_example) + std::string(www_example));
    CHECK(two.verdict.rcode == Rcode::formerr);
    CHECK_FALSE(two.facts.question);
}

TEST_CASE("what cannot be read is FORMERR, with the question where that can", "[server]") {
    const Judged no_address = judge(with_header("1234 0100 0001 0000 0000 0001", www_example) +
                                    "c00c 0001 0001 00000000 0001 c0");
    CHECK(no_address.verdict.rcode == Rcode::formerr);
    CHECK(no_address.facts.question.has_value());
    const Judged broken = judge("1234 0100 0001 0000 0000 0000 03 7777");
    CHECK(broken.verdict.rcode == Rcode::formerr);
    CHECK_FALSE(broken.facts.question);
    const Judged pointer = judge("1234 0100 0001 0000 0000 0000 c00c 0001 0001");
    CHECK(pointer.verdict.rcode == Rcode::formerr);
    const Judged two_opts = judge(with_header("1234 0100 0001 0000 0000 0002", www_example) +
                                  "00 0029 04d0 00 00 0000 0000 00 0029 04d0 00 00 0000 0000");
    CHECK(two_opts.verdict.rcode == Rcode::formerr);
    const Judged with_answer = judge(with_header("1234 0100 0001 0001 0000 0000", www_example) +
                                     "c00c 0001 0001 00000000 0004 c0000201");
    CHECK(with_answer.verdict.rcode == Rcode::formerr);
}

TEST_CASE("octets behind a query are passed over", "[server]") {
    const Judged padded = judge(with_header("1234 0100 0001 0000 0000 0000", www_example) + "ff00");
    CHECK(padded.verdict.kind == QueryKind::resolve);
    CHECK_FALSE(padded.facts.edns);
    // Nor is EDNS what only stands there.
    CHECK_FALSE(judge(with_header("1234 0100 0001 0000 0000 0000", www_example) +
                      "00 0029 0400 00 00 8000 0000")
                    .facts.edns);
}

TEST_CASE("a type that is in proofs alone cannot be asked for", "[server][rfc9824-3.5]") {
    const Judged judged = judge_question("03777777 00 0080 0001");
    CHECK(judged.verdict.kind == QueryKind::error);
    CHECK(judged.verdict.rcode == Rcode::formerr);
    CHECK(judged.verdict.reason == Reason::invalid_type);
    CHECK(judge_question("03777777 00 0081 0001").verdict.rcode == Rcode::notimp);
}

TEST_CASE("an opcode other than QUERY is NOTIMP and is copied", "[server]") {
    const Judged notify = judge(with_header("1234 2100 0001 0000 0000 0000", www_example));
    CHECK(notify.verdict.rcode == Rcode::notimp);
    CHECK(notify.facts.opcode == dns::Opcode::notify);
    CHECK(notify.facts.question.has_value());
    // An UPDATE is not read past its zone section.
    CHECK(judge(with_header("1234 2800 0001 ffff ffff ffff", www_example)).verdict.rcode ==
          Rcode::notimp);
}

TEST_CASE("an EDNS version above 0 is BADVERS", "[server][rfc6891-6.1.3]") {
    const Judged judged = judge_question(www_example, "00 0029 04d0 00 01 0000 0000");
    CHECK(judged.verdict.kind == QueryKind::error);
    CHECK(judged.verdict.rcode == Rcode::badvers);
    CHECK(judged.facts.edns);
    CHECK(judge_question(www_example, "00 0029 04d0 00 00 0000 0000").verdict.kind ==
          QueryKind::resolve);
}

TEST_CASE("classes and types that are not served each have their rcode", "[server]") {
    const auto rcode = [](std::string_view type_and_class) {
        const Judged judged = judge_question("03777777 00" + std::string(type_and_class));
        CHECK(judged.verdict.kind == QueryKind::error);
        return judged.verdict.rcode;
    };
    CHECK(rcode("0001 0004") == Rcode::refused);  // HS
    CHECK(rcode("0001 00fe") == Rcode::refused);  // NONE
    CHECK(rcode("0001 00ff") == Rcode::refused);  // ANY
    CHECK(rcode("0001 0000") == Rcode::refused);
    CHECK(rcode("00fc 0001") == Rcode::refused);  // AXFR
    CHECK(rcode("00fb 0001") == Rcode::refused);  // IXFR
    CHECK(rcode("0029 0001") == Rcode::formerr);  // OPT
    CHECK(rcode("00fa 0001") == Rcode::formerr);  // TSIG
    CHECK(rcode("0000 0001") == Rcode::formerr);
    CHECK(rcode("00f9 0001") == Rcode::notimp);  // TKEY
    CHECK(judge_question("03777777 00 00ff 0001").verdict.kind == QueryKind::any);
    CHECK(judge_question("03777777 00 0010 0003").verdict.kind == QueryKind::chaos);
    CHECK(judge_question("03777777 00 ff00 0001").verdict.kind == QueryKind::resolve);
}

TEST_CASE("every header has one fate: flags and counts, all of them", "[server]") {
    std::vector<std::uint8_t> datagram = octets_of("1234 0000 0001 0000 0000 0000");
    const auto question = octets_of(www_example);
    datagram.insert(datagram.end(), question.begin(), question.end());
    constexpr std::array<std::uint16_t, 4> counts = {0, 1, 2, 65'535};
    dns::Message message;
    QueryFacts facts;
    std::size_t wrong = 0;
    for (unsigned flags = 0; flags <= 0xffff; ++flags) {
        store_u16(datagram, 2, static_cast<std::uint16_t>(flags));
        for (unsigned combination = 0; combination < 256; ++combination) {
            for (unsigned i = 0; i < 4; ++i) {
                store_u16(datagram, 4 + std::size_t{2} * i, counts[(combination >> (2 * i)) & 3]);
            }
            const Judgement judged = judge_query(datagram, udp_client, message, facts);
            const bool is_response = (flags & 0x8000) != 0;
            const bool is_query = (flags & 0x7800) == 0;
            const bool truncated = (flags & 0x0200) != 0;
            const bool well_formed = combination == 1 && !truncated;
            bool right = false;
            if (is_response) {
                right = judged.kind == QueryKind::drop;
            } else if (!is_query) {
                right = judged.kind == QueryKind::error && judged.rcode == Rcode::notimp;
            } else if (well_formed) {
                right = judged.kind == QueryKind::resolve;
            } else {
                right = judged.kind == QueryKind::error && judged.rcode == Rcode::formerr;
            }
            wrong += right ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("what an earlier query said is forgotten", "[server]") {
    dns::Message message;
    QueryFacts facts;
    const std::string question(www_example);
    const auto all =
        octets_of("1234 0130 0001 0000 0000 0001" + question + "00 0029 1000 00008000 0000");
    CHECK(judge_query(all, tcp_client, message, facts).kind == QueryKind::resolve);
    CHECK(facts.dnssec_ok);
    facts.cookie.emplace();
    const auto little = octets_of("4321 2000 0000 0000 0000 0000");
    CHECK(judge_query(little, udp_client, message, facts).kind == QueryKind::error);
    CHECK(facts.id == 0x4321);
    CHECK(facts.opcode == dns::Opcode::notify);
    CHECK_FALSE(facts.recursion_desired);
    CHECK_FALSE(facts.checking_disabled);
    CHECK_FALSE(facts.wants_authentic);
    CHECK_FALSE(facts.edns);
    CHECK_FALSE(facts.dnssec_ok);
    CHECK_FALSE(facts.question);
    CHECK(facts.size_max == 512);
    CHECK_FALSE(facts.cookie);
}

TEST_CASE("CHAOS names are known in any letter case", "[server][rfc4892]") {
    CHECK(chaos_name(dns::name_of("id.server.")) == ChaosName::identity);
    CHECK(chaos_name(dns::name_of("HOSTNAME.bind.")) == ChaosName::identity);
    CHECK(chaos_name(dns::name_of("Version.Bind.")) == ChaosName::version);
    CHECK(chaos_name(dns::name_of("version.server.")) == ChaosName::version);
    CHECK(chaos_name(dns::name_of("authors.bind.")) == ChaosName::unknown);
}
