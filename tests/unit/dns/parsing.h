// Messages that must be read, and such that must not.
#pragma once
#include <utility>

#include <catch2/catch.hpp>

#include "dns/message.h"

namespace wend::dns {

inline FormError error_of(Octets wire) {
    Message message;
    const auto done = message.assign(wire);
    REQUIRE_FALSE(done);
    CHECK(message.steps() <= Message::steps_max(wire.size()));
    return done.error();
}

inline Message parsed(Octets wire) {
    auto message = Message::parse(wire);
    if (!message) {
        FAIL(describe(message.error()));
    }
    CHECK(message->steps() <= Message::steps_max(wire.size()));
    return std::move(*message);
}

}  // namespace wend::dns
