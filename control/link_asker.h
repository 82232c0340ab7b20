// Questions to the serving process over the link, each with the time it may take.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "transport/link.h"
#include "transport/uv_clock.h"

namespace wend {

// What became of a question.
struct LinkAnswer {
    enum class What : std::uint8_t {
        reply,
        late,     // nothing came in time; what was asked for may still be done
        gone,     // the server has ended
        no_room,  // it was not sent: too much waits already, or it is too long
    };

    What what = What::reply;
    LinkReply reply{};     // of a reply
    std::string reason{};  // of no_room: half a sentence
};

// Outstanding at once, for all clients of all doors.
inline constexpr std::size_t link_questions_max = 256;

// One thread. Destroyed after whoever asks, and before the link.
class LinkAsker final : private Timer {
  public:
    using Told = std::function<void(LinkAnswer)>;

    LinkAsker(ControlLink& link, UvClock& clock) : link_(link), clock_(clock) {}

    LinkAsker(const LinkAsker&) = delete;
    LinkAsker& operator=(const LinkAsker&) = delete;
    LinkAsker(LinkAsker&&) = delete;
    LinkAsker& operator=(LinkAsker&&) = delete;
    ~LinkAsker() override;

    // `request` gets its id here. `told` is called once, later from the loop, but for no_room, of
    // which it hears at once; it may ask again.
    std::uint64_t ask(LinkRequest request, Duration patience, Told told);

    // Nobody wants to hear it any more.
    void withdraw(std::uint64_t id);

    // The link's handler hands over what came and that it closed.
    void on_reply(LinkReply reply);
    void on_closed();

    std::size_t outstanding() const { return questions_.size(); }

  private:
    struct Question {
        Instant deadline{};
        Told told;
    };

    void expire() override;
    void aim();
    void tell(std::uint64_t id, LinkAnswer answer);

    ControlLink& link_;
    UvClock& clock_;
    std::uint64_t next_id_ = 1;
    bool is_closed_ = false;
    std::map<std::uint64_t, Question> questions_;
};

}  // namespace wend
