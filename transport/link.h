// What the serving process and the control process say to each other: one message is one packet of
// a SOCK_SEQPACKET socket pair. The codec is pure; the socket is transport/uv_link.h.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"

namespace wend {

inline constexpr std::size_t link_message_max = 65'536;  // octets, encoded
inline constexpr std::size_t link_arguments_max = 64;

// What one packet has room for beside a reply's numbers: `cursor` and `json` together.
inline constexpr std::size_t link_reply_text_max = link_message_max - 64;

// A verb to be run in the serving process. Several may be outstanding; `id` tells the replies
// apart.
struct LinkRequest {
    std::uint64_t id = 0;  // the asker's
    std::string verb;
    std::vector<std::string> arguments{};  // at most link_arguments_max
    std::string who;                       // for the log: "uid 0", "token backup"
    std::string cursor;                    // of the reply before; empty: from the start

    bool operator==(const LinkRequest&) const = default;
};

struct LinkReply {
    enum class Status : std::uint8_t {
        done,
        refused,  // the request is wrong, or not possible now: `json` is one sentence
        failed,   // it was tried: `json` is one sentence
    };

    std::uint64_t id = 0;  // the request's
    Status status = Status::done;
    bool more = false;  // ask again with `cursor`
    std::string cursor{};
    std::string json{};  // done: a JSON text

    bool operator==(const LinkReply&) const = default;
};

// Told, not answered.
struct LinkNotice {
    enum class Kind : std::uint8_t {
        hello,         // server -> control: a JSON text, the doors that shall be open. Again after
                       // each reload that changes it
        doors_opened,  // control -> server: a JSON text, which ones
        door_failed,   // control -> server: a sentence
        log_line,      // control -> server: a sentence for the one log that there is
        count,         // no kind
    };
    enum class Level : std::uint8_t { debug, info, warning, error, count };

    Kind kind = Kind::hello;
    Level level = Level::info;  // of a log line
    std::string text{};

    bool operator==(const LinkNotice&) const = default;
};

using LinkMessage = std::variant<LinkRequest, LinkReply, LinkNotice>;

// Nothing if it has too many arguments or is longer than link_message_max.
std::optional<std::vector<std::uint8_t>> encode(const LinkMessage& message);

// Nothing if the octets are no message; each message has one encoding only.
std::optional<LinkMessage> decode_link(Octets packet);

struct LinkHandlers {
    std::function<void(LinkMessage)> on_message;
    // The other end is gone, or has broken the protocol: `why` is half a sentence. At most once,
    // and nothing comes after it. A link of sockets may be destroyed in either.
    std::function<void(std::string_view why)> on_closed;
};

// One end of the link. One thread.
class ControlLink {
  public:
    ControlLink() = default;
    ControlLink(const ControlLink&) = delete;
    ControlLink& operator=(const ControlLink&) = delete;
    ControlLink(ControlLink&&) = delete;
    ControlLink& operator=(ControlLink&&) = delete;
    virtual ~ControlLink() = default;

    // Once, before the loop runs. They are called from the event loop, never from inside send(),
    // and throw nothing.
    virtual void set_handlers(LinkHandlers handlers) = 0;

    // Never waits. The error is a sentence: the message is too long, or so much waits already that
    // it found no room, or the link is closed. A request or a notice is not sent then. In place of
    // a reply that does not fit goes a short one that says so (Status::failed): whoever asked
    // hears.
    virtual std::expected<void, std::string> send(const LinkMessage& message) = 0;
};

// What is sent in place of a reply that cannot be sent as it is.
LinkReply in_place_of(const LinkReply& reply, std::string sentence);

// What waits for a reader that is slow: encoded, in order, at most that much. Pure.
class LinkQueue {
  public:
    struct Limits {
        std::size_t octets_max = std::size_t{4} * 1024 * 1024;
        std::size_t messages_max = 1'024;
        // Beyond these there is room for so many short replies that say that there was none.
        std::size_t apologies_max = 1'024;
    };

    explicit LinkQueue(Limits limits) : limits_(limits) {}

    // As ControlLink::send() says it.
    std::expected<void, std::string> push(const LinkMessage& message);

    bool is_empty() const { return packets_.empty(); }

    // The oldest; while not empty. Good until the next push() or pop().
    Octets front() const { return packets_.front(); }

    void pop();

    // What found no room, so that nobody heard of it: replies too, when apologies found none.
    std::uint64_t lost() const { return lost_; }

  private:
    std::expected<void, std::string> turn_away(const LinkMessage& message, std::string sentence);
    void keep(std::vector<std::uint8_t> packet);

    Limits limits_;
    std::deque<std::vector<std::uint8_t>> packets_{};
    std::size_t octets_ = 0;  // in them
    std::uint64_t lost_ = 0;
};

// Both ends in one process, for tests and for the simulator: what is sent is encoded, kept, and
// handed over, decoded, by deliver().
class LinkPair {
  public:
    explicit LinkPair(LinkQueue::Limits limits = {});
    LinkPair(const LinkPair&) = delete;
    LinkPair& operator=(const LinkPair&) = delete;
    LinkPair(LinkPair&&) = delete;
    LinkPair& operator=(LinkPair&&) = delete;
    ~LinkPair();

    ControlLink& server();
    ControlLink& control();

    // Hands over what waits, and what is sent meanwhile; at most so many. How many there were.
    std::size_t deliver(std::size_t messages_max = 1'000'000);

    // As when one of the processes ends: both ends hear it.
    void close(std::string_view why);

  private:
    class End;
    std::unique_ptr<End> server_;
    std::unique_ptr<End> control_;
};

}  // namespace wend
