#include "server/clients/cpu_share.h"

#include <chrono>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "dns/name.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;
using dns::Reason;
using std::chrono_literals::operator""ms;

namespace {

const IpAddress dear = *IpAddress::from_text("192.0.2.1");
const IpAddress other = *IpAddress::from_text("198.51.100.1");

Answer failed(Reason reason) {
    Answer answer;
    answer.reason = reason;
    return answer;
}

struct BusyWorker {
    HandClock clock;
    SeededRandom random{1};
    Stats stats;
    LimitNotes notes;
    Duration busy{};

    CpuShare share(policy::RateMode mode) {
        return {{.clock = clock,
                 .random = random,
                 .stats = stats,
                 .busy = [this] { return busy; },
                 .notes = &notes},
                mode,
                60};
    }
};

}  // namespace

TEST_CASE("a resolution costs what its answer shows", "[server][effort]") {
    CHECK(effort_of(failed(Reason::resolved)) == 0);
    CHECK(effort_of(failed(Reason::bogus_signature)) == policy::effort::failure);
    CHECK(effort_of(failed(Reason::budget_nsec3)) == policy::effort::failure);
    CHECK(effort_of(failed(Reason::deadline_passed)) == 0);
    CHECK(effort_of(failed(Reason::zone_overloaded)) == 0);
    Answer is_signed;
    dns::RRsetBuilder builder(dns::name_of("www.example."), dns::Type::a);
    builder.add(std::vector<std::uint8_t>{192, 0, 2, 1});
    builder.add_signature(std::vector<std::uint8_t>(30, 0));
    is_signed.answer.push_back(builder.finish(300));
    is_signed.authority = is_signed.answer;
    CHECK(effort_of(is_signed) == 2 * policy::effort::signature);
}

TEST_CASE("who is put off is counted and said, with its network", "[server][effort]") {
    BusyWorker worker;
    CpuShare share = worker.share(policy::RateMode::enforce);
    const Client client{{dear, 5'353}, Channel::tcp};
    share.may_read_at(other);
    REQUIRE(share.may_read_at(dear) <= worker.clock.now());
    for (int i = 0; i < 1'000; ++i) {
        share.began_resolution(client);
    }
    CHECK(share.is_turn_over());
    const Instant at = share.may_read_at(dear);
    CHECK(at > worker.clock.now());
    CHECK(at <= worker.clock.now() + policy::effort_debt_max);
    CHECK(share.may_read_at(other) <= worker.clock.now());
    CHECK(worker.stats.get(Counter::reads_deferred) == 1);
    CHECK(worker.stats.get(Reason::cpu_share) == 1);
    const auto line = worker.notes.take_due(worker.clock.now());
    REQUIRE(line);
    CHECK(to_text(*line) ==
          "limit cpu-share: 1 read put off, 1 of them from 192.0.2.0/24: this client has its "
          "share of the processor for now");
}

TEST_CASE("nobody is charged for datagrams, but they are somebody's", "[server][effort]") {
    BusyWorker worker;
    CpuShare share = worker.share(policy::RateMode::enforce);
    for (int i = 0; i < 1'000; ++i) {
        share.began_resolution({{dear, 5'353}, Channel::udp});
    }
    share.may_read_at(other);
    CHECK(share.may_read_at(dear) <= worker.clock.now());
    worker.clock.advance(600ms);
    share.may_read_at(dear);
    for (int i = 0; i < 1'000; ++i) {
        share.began_resolution({{dear, 5'353}, Channel::tcp});
    }
    CHECK(share.may_read_at(dear) <= worker.clock.now());  // it is alone
    worker.stats.add(Counter::queries_udp);
    CHECK(share.may_read_at(dear) > worker.clock.now());
}

TEST_CASE("in shadow mode who would be put off is read", "[server][effort]") {
    BusyWorker worker;
    CpuShare share = worker.share(policy::RateMode::shadow);
    share.may_read_at(other);
    share.may_read_at(dear);
    for (int i = 0; i < 1'000; ++i) {
        share.began_resolution({{dear, 5'353}, Channel::tcp});
    }
    CHECK_FALSE(share.is_turn_over());
    CHECK(share.may_read_at(dear) <= worker.clock.now());
    CHECK(worker.stats.get(Counter::reads_shadowed) == 1);
    CHECK(worker.stats.get(Counter::reads_deferred) == 0);
}
