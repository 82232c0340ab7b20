// A resolution's events as an indented tree for a person: zone, server, round trip, what came back
// and why the next step.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "resolver/event.h"

namespace wend {

// One line (or a few) for each event, without a final line end; no names are escaped but by
// dns::to_text, so control characters never come through.
std::string event_to_text(const Event& event);

// Writes lines as they happen, each with the time since the beginning.
class TextTrace final : public EventSink {
  public:
    // `write` gets one line at a time, without its end.
    explicit TextTrace(std::function<void(const std::string&)> write) : write_(std::move(write)) {}

    void on_event(const Event& event) override;

  private:
    std::function<void(const std::string&)> write_;
    std::optional<Instant> began_at_;
};

}  // namespace wend
