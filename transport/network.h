// What the resolver may ask of the outside world. Implementations: UvNetwork (sockets) and
// sim::SimNetwork (virtual time). Both write queries and judge replies with transport/wire_query.h.
#pragma once
#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "base/time.h"
#include "dns/edns.h"
#include "dns/message.h"

namespace wend {

enum class Channel : std::uint8_t { udp, tcp, tls };

// Why an exchange ended without a reply that may be believed.
enum class NetError : std::uint8_t {
    timeout,
    unreachable,  // no route, or the address family is down here
    refused,      // TCP only; an ICMP error on UDP changes nothing before the deadline (RFC 5927)
    reset,        // TCP: the connection ended before the reply
    forgery_suspected,  // UDP: a reply with a wrong id, or eight that were not replies: ask over
                        // TCP
    case_lost,          // UDP: all right but for the letter case of the question: ask over TCP
    oversized,          // UDP: over 1,232 octets (RFC 9715): ask over TCP
    unreadable,         // a reply that is malformed, or on a stream none to our question; after a
                        // datagram ask over TCP
    no_resources,       // no descriptor, port or buffer here
};

std::string_view to_text(NetError error);
std::string_view to_text(Channel channel);

// A query's COOKIE option (RFC 7873): our client cookie for that server, and the server cookie that
// it gave us, if any. A server that gave one before is expected to give one again.
struct QueryCookie {
    static constexpr std::size_t client_size = 8;
    static constexpr std::size_t server_size_max = 32;
    std::array<std::uint8_t, client_size + server_size_max> octets{};
    std::uint8_t size = 0;  // 0: the query has none; 8: ours alone

    Octets option() const { return Octets(octets).first(size); }

    bool is_reply_expected() const { return size > client_size; }
};

// One query to one server. Its id, port and letter case are the network's to draw.
struct Query {
    Endpoint server;
    Channel channel = Channel::udp;
    dns::Question question;
    bool mixed_case = true;  // 0x20 (draft-vixie-dnsext-dns0x20), on every channel
    bool recursion_desired = false;
    bool checking_disabled = false;
    bool edns = true;
    bool dnssec_ok = true;  // needs edns
    QueryCookie cookie{};   // needs edns
    std::uint16_t udp_payload_size = dns::edns_payload_size;
};

struct Response {
    // Its question equals the query's; or FORMERR or NOTIMP without a question.
    dns::Message message;
    Duration round_trip{};
    Channel channel = Channel::udp;
    bool case_kept = true;  // false only over TCP
};

using ResponsePtr = std::shared_ptr<const Response>;
using Reply = std::expected<ResponsePtr, NetError>;

// Who counts queries that are sent, and what they come to. A query that nobody waits for any more
// comes to nothing.
class ExchangeObserver {
  public:
    virtual void on_query(const Query& query) noexcept = 0;
    virtual void on_reply(const Query& query, const Reply& reply) noexcept = 0;

  protected:
    ~ExchangeObserver() = default;
};

class Network;

// The awaiter of one query. It lives on the awaiting frame; the network keeps its address until it
// settles it, and destroying it first abandons the query.
class [[nodiscard]] Exchange {
  public:
    // `query` must outlive the exchange: a named local of the awaiting coroutine.
    Exchange(Network& network, const Query& query, Instant deadline)
        : network_(network), query_(query), deadline_(deadline) {}

    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    Exchange(Exchange&&) = delete;
    Exchange& operator=(Exchange&&) = delete;
    ~Exchange();

    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiter);

    Reply await_resume() { return std::move(*reply_); }

    // For networks only.
    const Query& query() const { return query_; }

    Instant deadline() const { return deadline_; }

    // While it is under way: a network looks at the deadline again when it comes. Never earlier.
    void put_off(Instant deadline) { deadline_ = deadline; }

    // Called once, from the event loop, never from inside start(); the last thing its caller does,
    // since all above it may be gone when it returns.
    void settle(Reply reply) {
        reply_ = std::move(reply);
        pending_ = false;
        waiter_.resume();
    }

    void* slot = nullptr;  // the network's own note

  private:
    Network& network_;
    const Query& query_;
    Instant deadline_;
    std::coroutine_handle<> waiter_;
    std::optional<Reply> reply_;
    bool pending_ = false;
};

// Belongs to one thread.
class Network {
  public:
    Network() = default;
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
    Network(Network&&) = delete;
    Network& operator=(Network&&) = delete;
    virtual ~Network() = default;

    // Ends with a believable reply, or with an error at the latest at `deadline` (absolute), unless
    // that is put off.
    Exchange exchange(const Query& query, Instant deadline) {
        return Exchange(*this, query, deadline);
    }

    // Exchanges that are neither settled nor abandoned.
    virtual std::size_t in_flight() const = 0;

  protected:
    friend class Exchange;
    // May throw std::bad_alloc, and has then taken nothing on.
    virtual void start(Exchange& exchange) = 0;
    virtual void abandon(Exchange& exchange) noexcept = 0;
};

inline void Exchange::await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    network_.start(*this);
    pending_ = true;  // not if start() ran out of memory
}

inline Exchange::~Exchange() {
    if (pending_) {
        network_.abandon(*this);
    }
}

}  // namespace wend
