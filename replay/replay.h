// Plays a scenario against a subject: the whole server path, in virtual time.
//
// Time stands still while anything can be delivered; when nothing can and a step waits for an
// answer, it moves to the next event, at most `wait_max` for one step.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "replay/scenario/config.h"
#include "replay/scenario/scenario.h"
#include "transport/network.h"
#include "transport/query_handler.h"

namespace wend::sim {

inline constexpr Duration wait_max = std::chrono::seconds(30);
inline constexpr int rounds_max = 5'000;  // of the run loop; past that it goes on without end

// What is tested. sim/ knows no resolver, so whoever plays scenarios brings one.
class Subject {
  public:
    Subject() = default;
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;
    Subject(Subject&&) = delete;
    Subject& operator=(Subject&&) = delete;
    virtual ~Subject() = default;

    virtual QueryHandler& handler() = 0;
    // INFRA_RTT: the server answered in that time once.
    virtual void note_round_trip(const Endpoint& server, dns::NameView zone, Duration time) = 0;
    // FLUSH_MESSAGE: nothing is known of the question's name and type any more.
    virtual void forget(const dns::Question& question) = 0;

    // CHECK_AUTOTRUST: the file as it is. Nothing: the subject writes no such file.
    virtual std::optional<std::string> file(std::string_view) { return std::nullopt; }
};

// What a subject stands on; all outlive it.
struct SubjectWorld {
    Network& network;
    Clock& clock;
    Random& random;
};

class SubjectFactory {
  public:
    SubjectFactory() = default;
    SubjectFactory(const SubjectFactory&) = delete;
    SubjectFactory& operator=(const SubjectFactory&) = delete;
    SubjectFactory(SubjectFactory&&) = delete;
    SubjectFactory& operator=(SubjectFactory&&) = delete;
    virtual ~SubjectFactory() = default;
    // `settings.minimise_qname` has a value.
    virtual std::unique_ptr<Subject> make(const ScenarioSettings& settings,
                                          const SubjectWorld& world) = 0;
};

enum class Verdict : std::uint8_t { passed, failed, skipped };

struct ReplayResult {
    Verdict verdict = Verdict::passed;
    std::size_t line = 0;  // of what failed; 0: of nothing in the file
    // "step 4: expected rcode NOERROR, got SERVFAIL", or the features that are missing; both where
    // a scenario fails that takes a defence away.
    std::string why{};
};

struct ReplayOptions {
    std::uint64_t seed = 1;
    // Each packet, step and remark, a line each, without line end. Empty: nobody listens.
    std::function<void(std::string_view)> trace{};
};

// A scenario that says nothing about QNAME minimisation is played without it and with it, by either
// type.
ReplayResult replay(const Scenario& scenario, const ScenarioSettings& settings,
                    SubjectFactory& factory, const ReplayOptions& options);

}  // namespace wend::sim
