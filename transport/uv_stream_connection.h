// One TCP connection to a server, and the exchanges that ride it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "transport/stream_frames.h"
#include "transport/uv_stream.h"
#include "transport/wire_query.h"

namespace wend {

class StreamFlight final : public Flight, private Timer {
  public:
    StreamFlight(UvUpstream& upstream, Exchange& exchange);
    ~StreamFlight() override;

    WireQuery& query() { return query_; }

    ReplyFilter& filter() { return filter_; }

    Instant sent{};
    StreamConnection* connection = nullptr;
    // It was put on a connection that had been used before; the server may have been closing it.
    bool on_used_connection = false;
    bool was_moved = false;

  private:
    void expire() override;

    WireQuery query_;
    ReplyFilter filter_;
};

// Deletes itself by way of the pool when the connection ends. Nothing settles from inside ride().
class StreamConnection final : private Watcher, private Timer {
  public:
    StreamConnection(StreamPool& pool, UvUpstream& upstream, const Endpoint& server);
    StreamConnection(const StreamConnection&) = delete;
    StreamConnection& operator=(const StreamConnection&) = delete;
    StreamConnection(StreamConnection&&) = delete;
    StreamConnection& operator=(StreamConnection&&) = delete;
    ~StreamConnection() override;

    std::expected<void, NetError> connect();

    bool has_room() const { return !is_retired_ && flights_.size() < queries_per_connection_max; }

    bool is_idle() const { return flights_.empty(); }

    Instant idle_since() const { return idle_since_; }

    const Endpoint& server() const { return server_; }

    // Gives the query an id of its own here and sends it. Requires room. Throws std::bad_alloc
    // before it has taken anything on, or not at all.
    void ride(StreamFlight& flight);
    void leave(StreamFlight& flight) noexcept;
    // The flight's deadline has come.
    void note_timeout(const StreamFlight& flight);

  private:
    void on_ready(std::uint32_t events) override;
    void expire() override;

    std::uint16_t free_id() const;
    StreamFlight* find(std::uint16_t id) const;
    std::optional<NetError> handle(std::uint32_t events);
    std::optional<NetError> finish_connecting();
    std::optional<NetError> flush();
    std::optional<NetError> read();
    void deliver(Octets message);
    void retire();
    void end(NetError error);
    void end_flight(StreamFlight& flight, NetError error);
    bool move_to_another(StreamFlight& flight);

    StreamPool& pool_;
    UvUpstream& upstream_;
    Endpoint server_;
    PolledSocket socket_;
    bool is_connecting_ = true;
    bool was_used_ = false;
    bool is_retired_ = false;         // takes no more exchanges
    std::optional<NetError> failed_;  // seen where nothing may settle; the timer ends it
    Instant last_heard_{};
    Instant idle_since_{};
    std::vector<StreamFlight*> flights_;
    StreamFrames frames_;
    std::vector<std::uint8_t> unsent_;
};

}  // namespace wend
