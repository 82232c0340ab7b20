// Keeps the trust anchors as they should be while the process runs: follows the root's keys
// (RFC 5011), lets negative anchors run out, tells the root which keys are trusted (RFC 8145).
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/durable_file.h"
#include "base/task.h"
#include "dnssec/anchor_state.h"
#include "dnssec/trust_anchors.h"
#include "server/answer_source.h"
#include "server/clock_watch.h"
#include "server/config.h"

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

    // Each runs until it is cancelled; `source` and `clock` outlive it.
    Task<void> follow_keys(AnswerSource& source, Clock& clock);
    Task<void> signal_key_tags(AnswerSource& source, Clock& clock);
    Task<void> end_negative_anchors(Clock& clock);

    // Looks at an answer to the question for the root's keys and says when to ask again.
    Duration look(const Answer& answer, Instant now, WallTime wall);

    // Whether there is anything for each of the tasks to do.
    bool follows_keys() const { return !path_.empty() && root() != nullptr; }

  private:
    const dnssec::TrustAnchor* root() const;
    void restore();
    void store();
    void publish(WallTime now);
    std::ptrdiff_t negatives_at(WallTime now) const;
    std::chrono::seconds observed_since(Instant now) const;

    const Config& config_;
    dnssec::TrustAnchors configured_;
    FileStore& files_;
    dnssec::CurrentAnchors& current_;
    ClockWatch& clock_watch_;
    std::string path_;
    dnssec::AnchorState state_;
    std::optional<Instant> last_look_;
    std::ptrdiff_t negatives_ = 0;     // negative anchors that were published
    std::chrono::seconds interval_{};  // that was to pass after the last look
};

}  // namespace wend
