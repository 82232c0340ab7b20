// One client's connection to an HTTP server.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transport/http_server.h"

namespace wend {

// One request at a time: what is sent behind it stays in the kernel until that is answered. Ends by
// way of its server, from its own events only; answers that come from elsewhere leave a note for
// the next turn.
class HttpConnection final : private Watcher, private Timer {
  public:
    HttpConnection(HttpServer& server, HttpPeer peer, std::uint64_t token);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;
    HttpConnection(HttpConnection&&) = delete;
    HttpConnection& operator=(HttpConnection&&) = delete;
    ~HttpConnection() override;

    [[nodiscard]] bool open(Descriptor socket);

    const HttpPeer& peer() const { return peer_; }

    std::uint64_t token() const { return token_; }

    // Between requests, with nothing to be sent: it may be closed to make room.
    bool is_idle() const;

    Instant active_at() const { return active_at_; }

    // The handler owes an answer.
    bool is_answering() const { return answer_ != Answer::none; }

    void respond(const Http1Response& response);
    void begin(const Http1Response& response);
    void push(std::string_view octets);
    void end(bool is_whole);

    std::size_t octets_held() const { return reader_.octets_held() + in_.size() + unsent_.size(); }

  private:
    enum class Answer : std::uint8_t { none, owed, streaming };

    void on_ready(std::uint32_t events) override;
    void expire() override;
    bool turn(std::uint32_t events);
    bool receive();
    void take_requests();
    bool take_one();
    bool flush();
    bool linger();
    void finish_answer();
    void leave_note();
    void update_wants();
    void note_progress();
    Instant deadline() const;
    void watch_deadline();

    HttpServer& server_;
    HttpPeer peer_;
    std::uint64_t token_;
    PolledSocket socket_;
    Http1Reader reader_;
    std::vector<std::uint8_t> in_;  // read and not yet fed
    std::string unsent_;
    Http1Writing writing_;  // of the answer that is owed
    Answer answer_ = Answer::none;
    bool is_chunked_ = false;
    bool is_room_due_ = false;      // a part was pushed, and its handler is to hear when it left
    bool is_last_ = false;          // after what is unsent the connection ends
    bool is_cut_ = false;           // an answer broke off: it ends at once
    bool is_lingering_ = false;     // all was said; what comes means nothing
    bool has_ended_input_ = false;  // the client sends no more, but may still read
    Instant active_at_;             // accepted, or last between requests
    Instant progress_at_;           // octets left last, or the answer was owed no more
    std::optional<Instant> head_began_at_;
    std::optional<Instant> body_began_at_;
    Instant timer_at_{};
};

}  // namespace wend
