// A replay in words, a line for each packet, step and remark.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "base/time.h"
#include "sim/trace.h"

namespace wend::sim {

// "www.example.com. IN A" for a query; "NOERROR aa rd: 2 answer, 0 authority, 1 additional" and so
// on for a reply; what the parser said for what is no message.
std::string summary(Octets message);

class ReplayTrace final : public PacketObserver {
  public:
    explicit ReplayTrace(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

    bool listens() const { return static_cast<bool>(write_); }

    void on_packet(const TraceEntry& entry, Octets message) override;
    // "0.000000 <text>", seconds first.
    void say(Instant now, std::string_view text);

  private:
    std::function<void(std::string_view)> write_;
};

}  // namespace wend::sim
