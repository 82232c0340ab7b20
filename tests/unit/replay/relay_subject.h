// A subject for tests of the runner: it passes each question on to the first root hint, over TCP
// where it must, asks a second time after a timeout, and relays what comes.
#pragma once
#include <chrono>
#include <memory>
#include <utility>

#include "base/scope.h"
#include "dns/message.h"
#include "replay/replay.h"
#include "replay/scenario/packet.h"

namespace wend::sim::test {

class RelaySubject final : public Subject, public QueryHandler {
  public:
    RelaySubject(const ScenarioSettings& settings, const SubjectWorld& world)
        : world_(world), server_(settings.root_hints.at(0)) {}

    QueryHandler& handler() override { return *this; }

    void note_round_trip(const Endpoint&, dns::NameView, Duration) override {}

    void forget(const dns::Question&) override {}

    QueryResult on_query(Octets message, const Client& client, ReplySink& sink, std::uint64_t token,
                         MutableOctets) override {
        auto query = dns::Message::parse(message);
        if (!query || !query->question()) {
            return {.outcome = Outcome::dropped};
        }
        scope_.spawn(relay(std::move(*query), client, sink, token));
        return {.outcome = Outcome::pending};
    }

  private:
    Task<void> relay(dns::Message query, Client client, ReplySink& sink, std::uint64_t token) {
        Query upstream{.server = server_, .question = *query.question(), .mixed_case = false};
        Packet answer = empty_answer(query);
        for (int attempt = 0; attempt < 2; ++attempt) {
            const Instant deadline = world_.clock.now() + std::chrono::seconds(2);
            Reply reply = co_await world_.network.exchange(upstream, deadline);
            if (reply) {
                take(answer, (*reply)->message);
                break;
            }
        }
        const auto octets = encode(answer);
        sink.send(token, client, octets);
    }

    static Packet empty_answer(const dns::Message& query) {
        Packet answer;
        answer.header = query.header();
        answer.header.qr = true;
        answer.header.ra = true;
        answer.rcode = dns::Rcode::servfail;
        answer.questions = {*query.question()};
        answer.edns = query.edns() != nullptr;
        return answer;
    }

    static void take(Packet& answer, const dns::Message& reply) {
        answer.rcode = reply.rcode();
        for (const dns::RecordView& record : reply.records(dns::Section::answer)) {
            answer.records(dns::Section::answer)
                .push_back({.owner = record.owner,
                            .type = record.type,
                            .rclass = record.rclass,
                            .ttl = record.ttl,
                            .rdata = {record.rdata.begin(), record.rdata.end()}});
        }
    }

    SubjectWorld world_;
    Endpoint server_;
    Scope scope_;
};

class RelayFactory final : public SubjectFactory {
  public:
    std::unique_ptr<Subject> make(const ScenarioSettings& settings,
                                  const SubjectWorld& world) override {
        return std::make_unique<RelaySubject>(settings, world);
    }
};

}  // namespace wend::sim::test
