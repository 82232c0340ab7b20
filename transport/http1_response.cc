#include "transport/http1_response.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace wend {
namespace {

// Written by head() and http1_request() alone.
bool is_framing(std::string_view name) {
    constexpr auto framing = std::to_array<std::string_view>(
        {"Content-Length", "Transfer-Encoding", "Connection", "Date"});
    return std::ranges::any_of(
        framing, [&](std::string_view field) { return is_same_in_any_case(name, field); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
}

std::string_view name_of(Http1Method method) {
    switch (method) {
        case Http1Method::head:
            return "HEAD";
        case Http1Method::post:
            return "POST";
        default:
            return "GET";
    }
}

}  // namespace

Http1Writing answering(const Http1Request& request) {
    return {.is_head = request.method == Http1Method::head,
            .is_kept = request.is_kept,
            .minor = request.minor,
            .now = {}};
}

Http1Response::Http1Response(unsigned status, std::string body, std::string_view content_type)
    : status_(status), body_(std::move(body)) {
    check(status >= 200 && status <= 599, "a final status");
    check((status != 204 && status != 304) || body_.empty(), "these have no body");
    if (!body_.empty()) {
        check(set("Content-Type", content_type), "a media type of ours");
    }
    check(set("Cache-Control", "no-store") && set("X-Content-Type-Options", "nosniff") &&
              set("Referrer-Policy", "no-referrer"),
          "fields of ours");
}

bool Http1Response::set(std::string_view name, std::string_view value) {
    check(is_http1_token(name), "the name of a field is a token");
    check(!is_framing(name), "the writer writes this field itself");
    if (!is_http1_field_value(value)) {
        return false;
    }
    const auto same = std::ranges::find_if(
        fields_, [&](const Http1Field& field) { return is_same_in_any_case(field.name, name); });
    if (same != fields_.end()) {
        same->value = value;
    } else {
        fields_.push_back({std::string(name), std::string(value)});
    }
    return true;
}

std::string Http1Response::fields(const Http1Writing& writing) const {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", status_, reason_phrase(status_));
    if (writing.now) {
        append_field(out, "Date", http_date(*writing.now));
    }
    for (const Http1Field& field : fields_) {
        append_field(out, field.name, field.value);
    }
    return out;
}

std::string Http1Response::head(const Http1Writing& writing) const {
    std::string out = fields(writing);
    if (status_ != 204) {
        append_field(out, "Content-Length", fmt::format("{}", body_.size()));
    }
    if (!writing.is_kept) {
        append_field(out, "Connection", "close");
    } else if (writing.minor == 0) {
        append_field(out, "Connection", "keep-alive");
    }
    return out + "\r\n";
}

std::string Http1Response::stream_head(const Http1Writing& writing) const {
    check(body_.empty(), "the body follows");
    std::string out = fields(writing);
    if (writing.minor > 0) {
        append_field(out, "Transfer-Encoding", "chunked");
    }
    if (!writing.is_kept || writing.minor == 0) {
        append_field(out, "Connection", "close");
    }
    return out + "\r\n";
}

std::string http1_chunk(std::string_view octets) {
    check(!octets.empty(), "an empty chunk ends the body");
    return fmt::format("{:x}\r\n{}\r\n", octets.size(), octets);
}

std::string Http1Response::octets(const Http1Writing& writing) const {
    return writing.is_head ? head(writing) : head(writing) + body_;
}

Http1Response refusal(const Http1Bad& bad) {
    Http1Response response(bad.status, fmt::format("{}\n", bad.sentence));
    if (bad.status == 405) {
        check(response.set("Allow", "GET, HEAD, POST"), "a list of ours");
    }
    return response;
}

std::string_view reason_phrase(unsigned status) {
    constexpr auto phrases = std::to_array<std::pair<unsigned, std::string_view>>(
        {{200, "OK"},
         {202, "Accepted"},
         {204, "No Content"},
         {303, "See Other"},
         {304, "Not Modified"},
         {400, "Bad Request"},
         {401, "Unauthorized"},
         {403, "Forbidden"},
         {404, "Not Found"},
         {405, "Method Not Allowed"},
         {406, "Not Acceptable"},
         {408, "Request Timeout"},
         {409, "Conflict"},
         {411, "Length Required"},
         {413, "Content Too Large"},
         {414, "URI Too Long"},
         {415, "Unsupported Media Type"},
         {417, "Expectation Failed"},
         {421, "Misdirected Request"},
         {422, "Unprocessable Content"},
         {429, "Too Many Requests"},
         {431, "Request Header Fields Too Large"},
         {500, "Internal Server Error"},
         {501, "Not Implemented"},
         {502, "Bad Gateway"},
         {503, "Service Unavailable"},
         {504, "Gateway Timeout"},
         {505, "HTTP Version Not Supported"}});
    const auto found = std::ranges::find(phrases, status, &decltype(phrases)::value_type::first);
    return found == phrases.end() ? std::string_view() : found->second;
}

std::string http_date(WallTime time) {
    constexpr auto days =
        std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});
    constexpr auto months = std::to_array<std::string_view>(
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       days[std::chrono::weekday(day).c_encoding()], unsigned{date.day()},
                       months[unsigned{date.month()} - 1], int{date.year()}, clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

std::optional<std::string> http1_request(Http1Method method, std::string_view target,
                                         std::string_view host, const Http1Fields& fields,
                                         std::string_view body) {
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view query = target.substr(std::min(target.size(), path.size() + 1));
    const bool may_have_body = method == Http1Method::post;
    if (!is_uri_path(path) || !is_uri_query(query) || !is_http1_host(host) ||
        (!may_have_body && !body.empty())) {
        return std::nullopt;
    }
    std::string out = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", name_of(method), target, host);
    for (const Http1Field& field : fields.all()) {
        if (!is_http1_token(field.name) || !is_http1_field_value(field.value) ||
            is_framing(field.name) || is_same_in_any_case(field.name, "Host")) {
            return std::nullopt;
        }
        append_field(out, field.name, field.value);
    }
    if (may_have_body) {
        append_field(out, "Content-Length", fmt::format("{}", body.size()));
    }
    out += "\r\n";
    return out.append(body);
}

}  // namespace wend
