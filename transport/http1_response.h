// HTTP/1.1 messages as octets: our answers, and the requests of `wend ctl`. What a handler puts
// into a field cannot end its line, whoever supplied it. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "transport/http1.h"

namespace wend {

// How an answer is written, beside what it says.
struct Http1Writing {
    bool is_head = false;              // the request was HEAD: the body's length and no body
    bool is_kept = true;               // the connection goes on; else "Connection: close"
    unsigned minor = 1;                // of the client's version
    std::optional<WallTime> now = {};  // for Date (RFC 9110 6.6.1)
};

Http1Writing answering(const Http1Request& request);

class Http1Response {
  public:
    // `status` is 200 to 599; 204 and 304 have no body. Cache-Control: no-store,
    // X-Content-Type-Options: nosniff and Referrer-Policy: no-referrer are there from the start.
    explicit Http1Response(unsigned status, std::string body = {},
                           std::string_view content_type = "text/plain; charset=utf-8");

    // Sets the field, or replaces it. False, and nothing is set, if `value` holds a control octet.
    // `name` is a token of ours and none of Content-Length, Transfer-Encoding, Connection, Date.
    [[nodiscard]] bool set(std::string_view name, std::string_view value);

    unsigned status() const { return status_; }

    const std::string& body() const { return body_; }

    // Up to the empty line: the body may follow from where it is, but not to a HEAD. Always with
    // its Content-Length, which a 204 must not have (RFC 9110 8.6).
    std::string head(const Http1Writing& writing) const;

    std::string octets(const Http1Writing& writing) const;

    // Up to the empty line, for a body of a length that is not known yet: to HTTP/1.1 it follows in
    // chunks (RFC 9112 7.1), to HTTP/1.0 it ends with the connection.
    std::string stream_head(const Http1Writing& writing) const;

  private:
    std::string fields(const Http1Writing& writing) const;

    unsigned status_;
    std::vector<Http1Field> fields_;
    std::string body_;
};

// A part of a body in chunks; `octets` is not empty, since that would end it.
std::string http1_chunk(std::string_view octets);
inline constexpr std::string_view http1_last_chunk = "0\r\n\r\n";

// The answer to what is bad, which ends its connection: the sentence, and Allow with a 405.
Http1Response refusal(const Http1Bad& bad);

// Of a status that is known here; else empty.
std::string_view reason_phrase(unsigned status);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7); years 1 to 9999.
std::string http_date(WallTime time);

// The octets of a request; POST has a Content-Length, others no body. Nothing if `target`, `host`
// or a field is not as Http1Reader would take it.
std::optional<std::string> http1_request(Http1Method method, std::string_view target,
                                         std::string_view host, const Http1Fields& fields,
                                         std::string_view body = {});

}  // namespace wend
