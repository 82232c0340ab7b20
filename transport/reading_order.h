// Whose octets are read when there is more to do than time. Whoever serves decides; a listener asks
// before it reads a connection.
#pragma once
#include <cstddef>

#include "base/address.h"
#include "base/time.h"

namespace wend {

// One for each worker; one thread.
class ReadingOrder {
  public:
    ReadingOrder() = default;
    ReadingOrder(const ReadingOrder&) = delete;
    ReadingOrder& operator=(const ReadingOrder&) = delete;
    ReadingOrder(ReadingOrder&&) = delete;
    ReadingOrder& operator=(ReadingOrder&&) = delete;
    virtual ~ReadingOrder() = default;

    // From when on messages of this client may be answered; in the past or now: at once, and its
    // turn begins. Else none of its connections is read before, and then this is asked again.
    virtual Instant may_read_at(const IpAddress& client) = 0;

    // What the client cost the listener: a connection was taken in; a message was read and perhaps
    // answered, or answered later, in so many octets.
    virtual void accepted(const IpAddress& client) = 0;
    virtual void moved(const IpAddress& client, std::size_t octets) = 0;

    // Whether the turn that began last is over: the client's further messages wait for another.
    virtual bool is_turn_over() const = 0;
};

}  // namespace wend
