#include "transport/http1_judge.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wend {
namespace {

// Nobody may send these twice, and a door decides by them who asks for what (RFC 9110 5.3).
constexpr auto once_only =
    std::to_array<std::string_view>({"Host", "Content-Length", "Content-Type", "Authorization",
                                     "Origin", "Cookie", "Expect", "Sec-Fetch-Site"});

// What says where a message ends: exactly one way of saying it is taken.
std::optional<Http1Bad> fault_of_framing(const Http1Fields& fields) {
    if (fields.count("Transfer-Encoding") > 0) {
        return Http1Bad{400, "Transfer-Encoding is not taken: send the body with Content-Length"};
    }
    if (fields.count("Upgrade") > 0 || fields.count("HTTP2-Settings") > 0) {
        return Http1Bad{400, "Upgrade is not taken: HTTP/1.1 and nothing else is spoken here"};
    }
    for (const std::string_view name : once_only) {
        if (fields.count(name) > 1) {
            return Http1Bad{400, name == "Host" ? "Host is there more than once"
                                 : name == "Content-Length"
                                     ? "Content-Length is there more than once"
                                     : "a field is there more than once that may be there once"};
        }
    }
    return std::nullopt;
}

// RFC 9110 8.6. No field, no body.
std::expected<std::size_t, Http1Bad> content_length(const Http1Fields& fields, std::size_t max) {
    const auto text = fields.only("Content-Length");
    if (!text) {
        return 0;
    }
    if (text->empty() || !std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; })) {
        return std::unexpected(Http1Bad{400, "Content-Length is not a number in digits alone"});
    }
    std::size_t length = 0;
    for (const char digit : *text) {
        length = length * 10 + static_cast<std::size_t>(digit - '0');
        if (length > max) {
            return std::unexpected(Http1Bad{413, "the body is too large"});
        }
    }
    return length;
}

// RFC 9112 9.3.
bool is_connection_kept(unsigned minor, const Http1Fields& fields) {
    if (fields.lists("Connection", "close")) {
        return false;
    }
    return minor >= 1 || fields.lists("Connection", "keep-alive");
}

// RFC 9112 3.2: takes the authority off a target in absolute form, which must be the Host's.
std::optional<Http1Bad> take_authority(std::string_view& target, std::string_view host) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!is_same_in_any_case(target.substr(0, scheme.size()), scheme)) {
            continue;
        }
        target.remove_prefix(scheme.size());
        const std::string_view authority = target.substr(0, target.find_first_of("/?"));
        if (!is_same_in_any_case(authority, host)) {
            return Http1Bad{400, "the request target names another host than Host does"};
        }
        target.remove_prefix(authority.size());
        return std::nullopt;
    }
    if (!target.starts_with('/')) {
        return Http1Bad{400, "the request target is no path: it begins with a slash"};
    }
    return std::nullopt;
}

std::optional<Http1Bad> split_target(std::string_view target, Http1Request& request) {
    if (const auto bad = take_authority(target, request.host)) {
        return bad;
    }
    const std::string_view path = target.substr(0, target.find('?'));
    request.path = path.empty() ? "/" : path;
    request.query = target.substr(std::min(target.size(), path.size() + 1));
    if (!is_uri_path(request.path) || !is_uri_query(request.query)) {
        return Http1Bad{400,
                        "the request target is malformed: percent-encode what is no plain "
                        "character of a URL, and send no '.' or '..' as a segment"};
    }
    return std::nullopt;
}

Http1Method method_of(std::string_view name) {
    if (name == "HEAD") {
        return Http1Method::head;
    }
    return name == "POST" ? Http1Method::post : Http1Method::get;
}

}  // namespace

std::expected<JudgedRequest, Http1Bad> judged_request(Http1Head&& head,
                                                      std::size_t body_octets_max) {
    JudgedRequest judged;
    Http1Request& request = judged.request;
    request.method = method_of(head.method);
    request.minor = head.minor;
    request.fields = std::move(head.fields);
    const Http1Fields& fields = request.fields;
    if (const auto bad = fault_of_framing(fields)) {
        return std::unexpected(*bad);
    }
    const auto host = fields.only("Host");
    if (!host || !is_http1_host(*host)) {
        return std::unexpected(Http1Bad{
            400, host ? "Host is no name or address" : "Host is missing: which host is asked?"});
    }
    request.host = *host;
    if (const auto bad = split_target(head.target, request)) {
        return std::unexpected(*bad);
    }
    const auto length = content_length(fields, body_octets_max);
    if (!length) {
        return std::unexpected(length.error());
    }
    if (*length > 0 && request.method != Http1Method::post) {
        return std::unexpected(Http1Bad{400, "GET and HEAD have no body here"});
    }
    judged.body_octets = *length;
    const auto expect = request.minor >= 1 ? fields.only("Expect") : std::nullopt;
    if (expect && !is_same_in_any_case(*expect, "100-continue")) {
        return std::unexpected(Http1Bad{417, "nothing but 100-continue can be expected here"});
    }
    judged.is_continue_wanted = expect && *length > 0;
    request.is_kept = is_connection_kept(request.minor, fields);
    return judged;
}

std::expected<JudgedAnswer, Http1Bad> judged_answer(Http1Head&& head, bool is_head,
                                                    std::size_t body_octets_max) {
    JudgedAnswer judged;
    Http1Answer& answer = judged.answer;
    answer.status = head.status;
    answer.fields = std::move(head.fields);
    answer.is_kept = is_connection_kept(head.minor, answer.fields);
    judged.is_interim = head.status < 200;
    if (head.status == 101) {
        return std::unexpected(Http1Bad{502, "the server changes to a protocol nobody asked for"});
    }
    if (answer.fields.count("Transfer-Encoding") > 0) {
        return std::unexpected(Http1Bad{502, "the answer comes with Transfer-Encoding"});
    }
    const auto lengths = answer.fields.count("Content-Length");
    if (lengths > 1) {
        return std::unexpected(Http1Bad{502, "the answer has Content-Length more than once"});
    }
    // RFC 9112 6.3: these end with their head, whatever their fields say.
    if (judged.is_interim || is_head || head.status == 204 || head.status == 304) {
        return judged;
    }
    if (lengths == 0) {
        return std::unexpected(Http1Bad{502, "the answer has no Content-Length"});
    }
    const auto length = content_length(answer.fields, body_octets_max);
    if (!length) {
        return std::unexpected(length.error());
    }
    judged.body_octets = *length;
    return judged;
}

}  // namespace wend
