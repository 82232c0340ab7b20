#include "transport/stream_frames.h"

#include <vector>

#include <catch2/catch.hpp>

namespace wend {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes framed(const Bytes& message) {
    Bytes out;
    out.reserve(2 + message.size());
    out.push_back(static_cast<std::uint8_t>(message.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(message.size()));
    for (const std::uint8_t octet : message) {
        out.push_back(octet);
    }
    return out;
}

std::vector<Bytes> take_all(StreamFrames& frames) {
    std::vector<Bytes> messages;
    while (const auto message = frames.next()) {
        messages.emplace_back(message->begin(), message->end());
    }
    return messages;
}

}  // namespace

TEST_CASE("messages come out the same wherever the stream is cut in two",
          "[transport][rfc1035-4.2.2]") {
    const std::vector<Bytes> messages = {Bytes(12, 1), Bytes(300, 2), Bytes(13, 3)};
    Bytes stream;
    for (const Bytes& message : messages) {
        const Bytes part = framed(message);
        stream.insert(stream.end(), part.begin(), part.end());
    }
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        StreamFrames frames;
        std::vector<Bytes> got;
        frames.append(Octets(stream).first(cut));
        for (const Bytes& message : take_all(frames)) {
            got.push_back(message);
        }
        frames.append(Octets(stream).subspan(cut));
        for (const Bytes& message : take_all(frames)) {
            got.push_back(message);
        }
        CHECK(got == messages);
        CHECK_FALSE(frames.is_inside_message());
    }
}

TEST_CASE("messages come out of a stream that brings one octet at a time",
          "[transport][rfc1035-4.2.2]") {
    const Bytes message(65'535, 7);
    StreamFrames frames;
    std::vector<Bytes> got;
    for (const std::uint8_t octet : framed(message)) {
        frames.append(Octets(&octet, 1));
        if (const auto whole = frames.next()) {
            got.emplace_back(whole->begin(), whole->end());
        }
    }
    CHECK(got == std::vector<Bytes>(1, message));
}

TEST_CASE("part of a message is told from none", "[transport]") {
    StreamFrames frames;
    CHECK_FALSE(frames.next());
    CHECK_FALSE(frames.is_inside_message());
    frames.append(Bytes{0});
    CHECK_FALSE(frames.next());
    CHECK(frames.is_inside_message());
}

TEST_CASE("a length below twelve breaks the stream for good", "[transport][rfc7766-8]") {
    for (std::uint8_t length = 0; length < 12; ++length) {
        StreamFrames frames;
        Bytes stream = framed(Bytes(12, 1));
        stream.insert(stream.end(), {0, length});
        stream.insert(stream.end(), 40, std::uint8_t{0});
        frames.append(stream);
        CHECK(take_all(frames).size() == 1);
        CHECK(frames.is_broken());
        frames.append(framed(Bytes(12, 1)));
        CHECK_FALSE(frames.next());
    }
}

}  // namespace wend
