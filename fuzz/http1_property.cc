#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/transport_properties.h"
#include "transport/http1.h"

namespace wend::fuzz {
namespace {

// Small, so that inputs reach them.
constexpr Http1Limits small_limits = {
    .head_octets_max = 512, .fields_max = 8, .target_octets_max = 64, .body_octets_max = 256};
constexpr std::size_t http1_octets_max = 4 * small_limits.head_octets_max +
                                         2 * small_limits.fields_max * (sizeof(Http1Field) + 64) +
                                         small_limits.body_octets_max;

struct Http1Seen {
    std::vector<std::string> events;  // each with the place in the stream where it came out
    std::string complaint;
};

std::string printed(const Http1Fields& fields) {
    std::string out;
    for (const Http1Field& field : fields.all()) {
        out += field.name + '=' + field.value + '\n';
    }
    return out;
}

std::string printed(const Http1Bad& bad) {
    return std::to_string(bad.status) + ' ' + std::string(bad.sentence);
}

std::string printed(const Http1Request& request) {
    return std::to_string(static_cast<int>(request.method)) + ' ' + request.path + '?' +
           request.query + ' ' + request.host + ' ' + std::to_string(request.minor) +
           (request.is_kept ? " kept\n" : " closed\n") + printed(request.fields) +
           std::string(request.body_text());
}

std::string printed(const Http1Answer& answer) {
    return std::to_string(answer.status) + (answer.is_kept ? " kept\n" : " closed\n") +
           printed(answer.fields) + std::string(answer.body_text());
}

// An oracle that knows nothing but the framing: `came` is one head, which ends at the first empty
// line, and behind it the body and no octet more.
std::string complaint_about_framing(std::string_view came, const Http1Request& request) {
    if (came.starts_with("\r\n")) {
        came.remove_prefix(2);
    }
    const std::size_t end = came.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return "a request without the end of its head";
    }
    const std::string_view head = came.substr(0, end);
    if (came.substr(end + 4) != request.body_text()) {
        return "the body is not what stands behind the head";
    }
    if (std::ranges::count(head, '\n') != std::ssize(request.fields.all())) {
        return "the head has not as many lines as fields";
    }
    const auto length = request.fields.only("Content-Length");
    if (length ? std::stoul(std::string(*length)) != request.body.size() : !request.body.empty()) {
        return "the body is not as long as it says";
    }
    if (!path_segments(request.path) || !is_uri_query(request.query) ||
        !is_http1_host(request.host) || request.fields.count("Transfer-Encoding") > 0) {
        return "a request that is not as promised";
    }
    return {};
}

std::string complaint_about_framing(std::string_view /*came*/, const Http1Answer& answer) {
    const bool is_final = answer.status >= 200 && answer.status <= 599;
    return is_final ? std::string() : "an answer of no final status";
}

template <class Reader>
void feed_http1(Reader& reader, Octets stream, std::size_t part, Http1Seen& seen) {
    std::size_t at = 0;
    std::size_t message_at = 0;
    std::size_t end = 0;  // of what has come
    while (seen.complaint.empty() && end < stream.size()) {
        end = std::min(stream.size(), end + part);
        bool needs_more = false;
        while (!needs_more) {
            auto fed = reader.feed(stream.subspan(at, end - at));
            at += fed.consumed;
            needs_more = std::holds_alternative<Http1NeedMore>(fed.event);
            if (reader.octets_held() > http1_octets_max) {
                seen.complaint = "more memory is held than the limits say";
            } else if (at > end || (needs_more && at != end)) {
                seen.complaint = "more is needed, and not all was consumed";
            } else if (const auto* bad = std::get_if<Http1Bad>(&fed.event)) {
                seen.events.push_back(std::to_string(at) + ": " + printed(*bad));
                const auto again = reader.feed(stream.subspan(at));
                const auto* same = std::get_if<Http1Bad>(&again.event);
                if (same == nullptr || !(*same == *bad) || again.consumed != 0) {
                    seen.complaint = "what is bad became good";
                }
                return;
            } else if (const auto* message = std::get_if<1>(&fed.event)) {
                seen.events.push_back(std::to_string(at) + ": " + printed(*message));
                const Octets came = stream.subspan(message_at, at - message_at);
                seen.complaint = complaint_about_framing(
                    {reinterpret_cast<const char*>(came.data()), came.size()}, *message);
                message_at = at;
            }
            if (!seen.complaint.empty()) {
                return;
            }
        }
    }
}

Http1Seen seen_of(Octets stream, std::size_t part, bool is_answer) {
    Http1Seen seen;
    if (is_answer) {
        Http1ResponseReader reader(small_limits);
        feed_http1(reader, stream, part, seen);
    } else {
        Http1Reader reader(small_limits);
        feed_http1(reader, stream, part, seen);
    }
    return seen;
}

}  // namespace

std::string complaint_about_http1(Octets input) {
    if (input.empty()) {
        return {};
    }
    const bool is_answer = (input[0] & 1) != 0;
    const std::size_t part = 2U + (input[0] >> 1);
    const Octets stream = input.subspan(1);
    const Http1Seen whole = seen_of(stream, stream.size(), is_answer);
    if (!whole.complaint.empty()) {
        return whole.complaint;
    }
    for (const std::size_t size : {std::size_t{1}, part}) {
        const Http1Seen cut = seen_of(stream, size, is_answer);
        if (!cut.complaint.empty()) {
            return cut.complaint;
        }
        if (cut.events != whole.events) {
            return "the parts change the messages";
        }
    }
    return {};
}

}  // namespace wend::fuzz
