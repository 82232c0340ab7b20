// What the tests of the HTTP reader share.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/http1.h"

namespace wend {

inline Octets octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class Message>
struct Http1Read {
    std::vector<Message> messages;
    std::optional<Http1Bad> bad;
    std::size_t consumed = 0;
};

// Feeds `stream` cut at the places of `cuts`, as the header says to.
template <class Message, class Reader>
Http1Read<Message> read_http1(Reader& reader, std::string_view stream,
                              const std::vector<std::size_t>& cuts = {}) {
    Http1Read<Message> read;
    for (std::size_t i = 0; i <= cuts.size() && !read.bad; ++i) {
        const std::size_t end = i < cuts.size() ? cuts[i] : stream.size();
        while (true) {
            const auto part = stream.substr(read.consumed, end - read.consumed);
            auto fed = reader.feed(octets_of(part));
            read.consumed += fed.consumed;
            if (auto* message = std::get_if<Message>(&fed.event)) {
                read.messages.push_back(std::move(*message));
                continue;
            }
            if (const auto* bad = std::get_if<Http1Bad>(&fed.event)) {
                read.bad = *bad;
            }
            break;
        }
    }
    return read;
}

inline Http1Read<Http1Request> requests_of(std::string_view stream,
                                           const Http1Limits& limits = {}) {
    Http1Reader reader(limits);
    return read_http1<Http1Request>(reader, stream);
}

// Of the refusal; 0 if all was taken, and 1 if a request came before it.
inline unsigned refused_as(std::string_view stream, const Http1Limits& limits = {}) {
    const auto read = requests_of(stream, limits);
    if (!read.messages.empty()) {
        return 1;
    }
    return read.bad ? read.bad->status : 0;
}

}  // namespace wend
