// A resolution's events and its answer as JSON, for programs.
#pragma once
#include <memory>
#include <string>

#include "dns/message.h"
#include "resolver/answer.h"
#include "resolver/event.h"

namespace wend {

// Collects events. Names are in presentation form, times in microseconds since the first event,
// durations in microseconds.
class JsonTrace final : public EventSink {
  public:
    JsonTrace();
    JsonTrace(const JsonTrace&) = delete;
    JsonTrace& operator=(const JsonTrace&) = delete;
    JsonTrace(JsonTrace&&) = delete;
    JsonTrace& operator=(JsonTrace&&) = delete;
    ~JsonTrace() override;

    void on_event(const Event& event) override;

    // {"question": ..., "answer": ..., "events": [...]}, indented, without a final line end.
    std::string finish(const dns::Question& question, const Answer& answer) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend
