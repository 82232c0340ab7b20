// Keeps the trust anchors as they should be while the process runs: follows their keys (RFC 5011),
// lets negative anchors run out, tells the zones which of their keys are trusted (RFC 8145).
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/durable_file.h"
#include "base/task.h"
#include "config/config.h"
#include "dnssec/anchor_state.h"
#include "dnssec/trust_anchors.h"
#include "server/answer/answer_source.h"
#include "server/keepers/clock_watch.h"

namespace wend {

inline constexpr Duration key_tag_delay = std::chrono::seconds(10);  // first signal after the start
inline constexpr Duration key_tag_interval = std::chrono::hours(24);
inline constexpr Duration negative_check_interval = std::chrono::minutes(1);

// Made on any thread; afterwards one thread.
class AnchorKeeper {
  public:
    // All but `configured` outlive it. `configured`: the positive anchors of the configuration.
    // Publishes them to `current`, with what the state file knows if dnssec.anchors-state names
    // one.
    AnchorKeeper(const Config& config, dnssec::TrustAnchors configured, WallTime now,
                 FileStore& files, dnssec::CurrentAnchors& current, ClockWatch& clock_watch);

    // How many anchors' keys are followed: none without a state file, and at most
    // dnssec::trust_points_max.
    std::size_t followed() const { return points_.size(); }

    // Each runs until it is cancelled; `source` and `clock` outlive it. `point` is less than
    // followed().
    Task<void> follow_keys(std::size_t point, AnswerSource& source, Clock& clock);
    Task<void> signal_key_tags(AnswerSource& source, Clock& clock);
    Task<void> end_negative_anchors(Clock& clock);

    // Looks at an answer to the question for the point's keys and says when to ask again.
    Duration look(std::size_t point, const Answer& answer, Instant now, WallTime wall);

  private:
    // One for each of the first anchors of the configuration, in the same order.
    struct Point {
        std::optional<Instant> last_look{};
        std::chrono::seconds interval{};  // that was to pass after the last look
    };

    void restore();
    void store();
    void publish(WallTime now);
    std::optional<dnssec::TrustAnchor> trusted(std::size_t anchor) const;
    std::ptrdiff_t negatives_at(WallTime now) const;
    static std::chrono::seconds observed_since(const Point& point, Instant now);

    const Config& config_;
    dnssec::TrustAnchors configured_;
    FileStore& files_;
    dnssec::CurrentAnchors& current_;
    ClockWatch& clock_watch_;
    std::string path_;
    std::vector<Point> points_;
    std::vector<dnssec::AnchorState> states_;  // of the points
    std::ptrdiff_t negatives_ = 0;             // negative anchors that were published
};

}  // namespace wend
