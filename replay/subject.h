// The whole server path as the subject of scenarios: access, local zones, cache, resolver and
// composition, built from a scenario's settings, on the simulator's network and clock.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "replay/replay.h"

namespace wend {

class ReplayFactory final : public sim::SubjectFactory {
  public:
    // `trace` gets every event of every resolution, a line each; empty: nobody listens.
    explicit ReplayFactory(std::function<void(const std::string&)> trace = {})
        : trace_(std::move(trace)) {}

    std::unique_ptr<sim::Subject> make(const sim::ScenarioSettings& settings,
                                       const sim::SubjectWorld& world) override;

  private:
    std::function<void(const std::string&)> trace_;
};

}  // namespace wend
