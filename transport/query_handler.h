// From a client's message to its reply, without sockets: listeners feed it, and the simulator's
// replay feeds it the same way. One for each worker; one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/address.h"
#include "base/octets.h"
#include "transport/network.h"

namespace wend {

struct Client {
    Endpoint address;
    Channel channel = Channel::udp;
    IpAddress local{};  // ours that it asked, over a UDP socket bound to all; else unspecified
};

// Where an answer goes that was not ready at once.
class ReplySink {
  public:
    ReplySink() = default;
    ReplySink(const ReplySink&) = delete;
    ReplySink& operator=(const ReplySink&) = delete;
    ReplySink(ReplySink&&) = delete;
    ReplySink& operator=(ReplySink&&) = delete;
    virtual ~ReplySink() = default;
    // `token` is what on_query was given; the sink drops what nobody waits for any more. Throws
    // nothing.
    virtual void send(std::uint64_t token, const Client& client, Octets message) = 0;
};

enum class Outcome : std::uint8_t {
    answered,  // the reply is in `out`
    pending,   // sink.send() comes later, once
    dropped,   // no reply, ever
};

struct QueryResult {
    Outcome outcome = Outcome::dropped;
    std::size_t size = 0;  // octets of `out`
};

// What serves: server/serve implements it. Parse, judge, look up, compose; a miss joins the table
// of questions in flight.
class QueryHandler {
  public:
    QueryHandler() = default;
    QueryHandler(const QueryHandler&) = delete;
    QueryHandler& operator=(const QueryHandler&) = delete;
    QueryHandler(QueryHandler&&) = delete;
    QueryHandler& operator=(QueryHandler&&) = delete;
    virtual ~QueryHandler() = default;
    // `out` holds 65,535 octets. Throws nothing.
    virtual QueryResult on_query(Octets message, const Client& client, ReplySink& sink,
                                 std::uint64_t token, MutableOctets out) = 0;

    // The replies to the queries that were read together have been handed to the kernel. Throws
    // nothing.
    virtual void batch_ended() {}
};

}  // namespace wend
