// Stand-ins for what serving stands on: a source that answers when told to, a clock moved by hand.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/answer/answer_source.h"
#include "tests/unit/base/parking.h"
#include "transport/query_handler.h"

namespace wend {

class HandClock final : public Clock {
  public:
    Instant now() const override { return now_; }

    WallTime wall_now() const override { return {}; }

    void advance(Duration by) { now_ += by; }

  protected:
    void arm(Sleep&) override {}

    void disarm(Sleep&) noexcept override {}

  private:
    Instant now_{std::chrono::hours(1)};
};

// Each resolution waits in `parking` unless `at_once`, then comes to `answer`.
class StandInSource final : public AnswerSource {
  public:
    Task<Answer> resolve(dns::Question question, ResolveOptions options) override {
        questions.push_back(question);
        checking_disabled.push_back(options.checking_disabled);
        if (!at_once) {
            Parking::Spot spot = parking.wait();
            co_await spot;
        }
        co_return answer;
    }

    std::optional<Answer> from_cache(const dns::Question&, ResolveOptions) const override {
        return cached;
    }

    Parking parking;
    bool at_once = false;
    Answer answer;
    std::optional<Answer> cached;
    std::vector<dns::Question> questions;
    std::vector<bool> checking_disabled;
};

class KeepingSink final : public ReplySink {
  public:
    void send(std::uint64_t token, const Client& client, Octets message) override {
        tokens.push_back(token);
        clients.push_back(client);
        messages.emplace_back(message.begin(), message.end());
    }

    std::vector<std::uint64_t> tokens;
    std::vector<Client> clients;
    std::vector<std::vector<std::uint8_t>> messages;
};

}  // namespace wend
