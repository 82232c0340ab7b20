// wend against authoritative servers that are not ours: three nsd processes, the root, the
// top-level domains and the leaf zones.
#include "tests/live/nsd.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dns/rdata.h"
#include "tests/live/nsd_zones.h"
#include "tests/live/wend_process.h"

using namespace wend;
using namespace wend::live;
using dns::Rcode;
using dns::Section;
using dns::Type;

namespace {

struct Expected {
    std::string name;
    Type type = Type::a;
    Rcode rcode = Rcode::noerror;
    std::size_t answers = 0;  // records in the answer section
    std::string last{};       // rdata of the last one
};

// Every kind of question; none but the first about the same name and type as another.
const std::vector<Expected>& questions() {
    static const std::vector<Expected> all = {
        {"www.plain.town.", Type::a, Rcode::noerror, 2},
        {"www.plain.town.", Type::aaaa, Rcode::noerror, 1, "2001:db8::1"},
        {"mail.plain.town.", Type::aaaa, Rcode::noerror, 0},
        {"no.plain.town.", Type::a, Rcode::nxdomain, 0},
        {"no.such.name.plain.town.", Type::a, Rcode::nxdomain, 0},
        {"plain.town.", Type::mx, Rcode::noerror, 1, "10 mail.plain.town."},
        {"plain.town.", Type::txt, Rcode::noerror, 1, "\"one\" \"two words\""},
        {"plain.town.", Type::soa, Rcode::noerror, 1},
        {"plain.town.", Type::ns, Rcode::noerror, 1, "ns1.plain.town."},
        {"plain.town.", Type::caa, Rcode::noerror, 1, "0 issue \"ca.example\""},
        {"plain.town.", Type::ds, Rcode::noerror, 0},
        {"_sip._tcp.plain.town.", Type::srv, Rcode::noerror, 1, "10 5 5060 www.plain.town."},
        {"host.plain.town.", Type::hinfo, Rcode::noerror, 1, "\"PC\" \"Unix\""},
        {"pointer.plain.town.", Type::ptr, Rcode::noerror, 1, "www.plain.town."},
        {"naptr.plain.town.", Type::naptr, Rcode::noerror, 1},
        {"ssh.plain.town.", Type::sshfp, Rcode::noerror, 1},
        {"_443._tcp.plain.town.", Type::tlsa, Rcode::noerror, 1},
        {"svc.plain.town.", Type::svcb, Rcode::noerror, 1},
        {"web.plain.town.", Type::https, Rcode::noerror, 1},
        {"place.plain.town.", Type::loc, Rcode::noerror, 1},
        {"odd.plain.town.", static_cast<Type>(65'400), Rcode::noerror, 1, "\\# 4 01020304"},
        {"a.b.c.plain.town.", Type::txt, Rcode::noerror, 1, "\"deep\""},
        {"b.c.plain.town.", Type::a, Rcode::noerror, 0},
        {"alias.plain.town.", Type::a, Rcode::noerror, 3},
        {"alias.plain.town.", Type::cname, Rcode::noerror, 1, "www.plain.town."},
        {"chain.plain.town.", Type::aaaa, Rcode::noerror, 4, "2001:db8::1"},
        {"deadend.plain.town.", Type::a, Rcode::nxdomain, 1},
        {"halfend.plain.town.", Type::aaaa, Rcode::noerror, 1},
        {"far.plain.town.", Type::a, Rcode::noerror, 2, "192.0.2.80"},
        {"x.old.plain.town.", Type::a, Rcode::noerror, 3, "192.0.2.99"},
        {"anything.wild.plain.town.", Type::a, Rcode::noerror, 1, "192.0.2.77"},
        {"anything.wild.plain.town.", Type::mx, Rcode::noerror, 0},
        {"sub.wild.plain.town.", Type::a, Rcode::noerror, 0},
        {"texts.large.town.", Type::txt, Rcode::noerror, 20},
        {"many.large.town.", Type::a, Rcode::noerror, 100},
        {"www.glueless.town.", Type::a, Rcode::noerror, 1, "192.0.2.81"},
        {"www.half.town.", Type::a, Rcode::noerror, 1, "192.0.2.82"},
        {"www.two.one.town.", Type::a, Rcode::noerror, 1, "192.0.2.83"},
        {"www.nosuch.", Type::a, Rcode::nxdomain, 0},
        {"WWW.Hosting.OTHER.", Type::a, Rcode::noerror, 1, "192.0.2.80"},
    };
    return all;
}

// Three servers and a wend that knows the first of them as the root.
struct Internet {
    Internet()
        : root({root_address, port}, root_zones()),
          top({top_address, port}, top_zones()),
          leaf({leaf_address, port}, leaf_zones()) {}

    std::string settings() const {
        return R"(, "workers": 1, "dnssec": {"validate": false}, "root": {"hints": ")" + hints +
               R"("}, "upstream": {"port": )" + std::to_string(port) +
               R"(, "never-query": [], "ipv6": false})";
    }

    unsigned queries() const { return root.queries() + top.queries() + leaf.queries(); }

    std::uint16_t port = free_port({root_address, top_address, leaf_address});
    TemporaryDirectory directory;
    std::string hints = directory.write("hints", hints_text());
    Nsd root;
    Nsd top;
    Nsd leaf;
};

void check_answer(const Endpoint& server, const Expected& expected) {
    INFO(expected.name << " " << to_text(expected.type));
    const auto reply = ask(server, expected.name, expected.type);
    REQUIRE(reply);
    CHECK(to_text(reply->rcode()) == to_text(expected.rcode));
    CHECK(reply->header().ra);
    CHECK_FALSE(reply->header().aa);
    const auto records = reply->records(Section::answer);
    CHECK(records.size() == expected.answers);
    if (!expected.last.empty() && !records.empty()) {
        CHECK(rdata_to_text(records.back().type, records.back().rdata) == expected.last);
    }
    const auto authority = reply->records(Section::authority);
    const bool positive = !records.empty() && records.back().type == expected.type;
    CHECK(authority.size() == (positive ? 0U : 1U));
    CHECK((positive || authority.front().type == Type::soa));
}

struct Sent {
    unsigned root;
    unsigned top;
    unsigned leaf;

    auto operator<=>(const Sent&) const = default;
};

// What a fresh wend sends for these questions, one after the other.
std::vector<Sent> sent_for(const Internet& internet, const std::vector<Expected>& asked) {
    const Daemon daemon(internet.settings());
    std::vector<Sent> sent;
    Sent before{internet.root.queries(), internet.top.queries(), internet.leaf.queries()};
    for (const Expected& question : asked) {
        check_answer(daemon.endpoint(), question);
        const Sent now{internet.root.queries(), internet.top.queries(), internet.leaf.queries()};
        sent.push_back({now.root - before.root, now.top - before.top, now.leaf - before.leaf});
        before = now;
    }
    return sent;
}

}  // namespace

TEST_CASE("forty questions of every kind resolve right, and again without a query",
          "[live][server]") {
    if (!has_nsd()) {
        WARN("nsd is not installed: nothing was tested");
        return;
    }
    const Internet internet;
    const Daemon daemon(internet.settings());
    const unsigned at_start = internet.queries();
    REQUIRE(questions().size() == 40);
    for (const Expected& question : questions()) {
        check_answer(daemon.endpoint(), question);
    }
    const unsigned cold = internet.queries() - at_start;
    // What this many names need, each step once; a busy machine may make a few time out.
    CHECK(cold >= 40);
    CHECK(cold <= 75);
    for (const Expected& question : questions()) {
        const unsigned before = internet.queries();
        check_answer(daemon.endpoint(), question);
        INFO(question.name << " " << to_text(question.type));
        CHECK(internet.queries() == before);
    }
    const auto failed = ask(daemon.endpoint(), "www.lame.town.", Type::a);
    REQUIRE(failed);
    CHECK(failed->rcode() == Rcode::servfail);
    CHECK(extended_error_of(*failed).has_value());
    const auto looped = ask(daemon.endpoint(), "loop.plain.town.", Type::a);
    REQUIRE(looped);
    CHECK(looped->rcode() == Rcode::servfail);
}

TEST_CASE("each server is told no more than it must be, once", "[live][server][rfc9156-3]") {
    if (!has_nsd()) {
        WARN("nsd is not installed: nothing was tested");
        return;
    }
    const Internet internet;
    const std::vector<Expected> asked = {
        {"www.plain.town.", Type::a, Rcode::noerror, 2},
        {"www.plain.town.", Type::a, Rcode::noerror, 2},
        {"mail.plain.town.", Type::a, Rcode::noerror, 1},
        {"a.b.c.plain.town.", Type::txt, Rcode::noerror, 1},
        {"x.missing.plain.town.", Type::a, Rcode::nxdomain, 0},
        {"y.missing.plain.town.", Type::aaaa, Rcode::nxdomain, 0},
        {"www.nosuch.", Type::a, Rcode::nxdomain, 0},
        {"other.nosuch.", Type::a, Rcode::nxdomain, 0},
        {"www.hosting.other.", Type::a, Rcode::noerror, 1},
    };
    // Minimisation is relaxed: that a part of the name is not there is believed once all of it was
    // asked for (RFC 9156 2.3).
    const std::vector<Sent> least = {
        {2, 1, 1},  // priming and "town."; "plain.town."; the name itself
        {0, 0, 0},  // cached
        {0, 0, 1},  // the zone's servers are known
        {0, 0, 3},  // c, b.c, a.b.c: empty non-terminals are walked through
        {0, 0, 2},  // "missing.plain.town.", and all of the name
        {0, 0, 2},  // the same
        {2, 0, 0},  // "nosuch.", and all of the name
        {2, 0, 0},  // the same
        {1, 1, 1},  // "other."; "hosting.other."; the name itself
    };
    // A reply that is late on a busy machine costs one query more; hardly three times in a row.
    std::vector<Sent> sent;
    for (int attempt = 0; attempt < 3 && sent != least; ++attempt) {
        sent = sent_for(internet, asked);
    }
    REQUIRE(sent.size() == least.size());
    for (std::size_t i = 0; i < least.size(); ++i) {
        INFO(asked[i].name);
        CHECK(sent[i].root == least[i].root);
        CHECK(sent[i].top == least[i].top);
        CHECK(sent[i].leaf == least[i].leaf);
    }
}
