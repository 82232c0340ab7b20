// HTTP/1.1 as far as the control doors and DoH need it (RFC 9110, RFC 9112), sans I/O: octets go
// in, messages come out. Stricter than the RFC where readers have been made to disagree: bodies by
// Content-Length alone, lines by CR LF alone, nothing folded, nothing that is there twice.
//
//     while (true) {
//         auto fed = reader.feed(octets);
//         octets = octets.subspan(fed.consumed);
//         ... a request: answer it; bad: answer that, close, end; else: end, all was consumed
//     }
//
// The messages, the refusal and what is consumed until it do not depend on the parts in which the
// octets come. Deadlines are the caller's. No thread safety.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"
#include "transport/http1_head_reader.h"
#include "transport/http1_text.h"

namespace wend {

enum class Http1Method : std::uint8_t { get, head, post };

struct Http1Request {
    Http1Method method = Http1Method::get;
    std::string path;   // as sent: is_uri_path() holds, path_segments() decodes it
    std::string query;  // as sent, without the question mark; is_uri_query() holds
    std::string host;   // with the port, if there is one; is_http1_host() holds
    Http1Fields fields;
    std::vector<std::uint8_t> body;  // empty for GET and HEAD
    unsigned minor = 1;              // of the client's version: HTTP/1.1 or HTTP/1.0
    bool is_kept = true;             // the connection goes on after the answer (RFC 9112 9.3)

    std::string_view body_text() const {
        return {reinterpret_cast<const char*>(body.data()), body.size()};
    }
};

// All octets were consumed, and more are needed.
struct Http1NeedMore {};

template <class Message>
struct Http1Fed {
    std::size_t consumed = 0;  // the octets behind them are to be fed again
    std::variant<Http1NeedMore, Message, Http1Bad> event;
};

// The body of one message, by its Content-Length.
class Http1Body {
  public:
    void expect(std::size_t octets) { due_ = octets; }

    std::size_t take(Octets octets);  // how many of them belong to it

    bool is_whole() const { return octets_.size() == due_; }

    std::vector<std::uint8_t> release();

    std::size_t octets_held() const { return octets_.capacity(); }

    bool is_begun() const { return !octets_.empty(); }

  private:
    std::vector<std::uint8_t> octets_;
    std::size_t due_ = 0;
};

// Of one connection of a client.
class Http1Reader {
  public:
    explicit Http1Reader(const Http1Limits& limits = {});

    // At most one request. A request comes out when its body is whole; Http1Bad comes at the first
    // octet, line or head that is wrong, and again for all that is fed later, of which nothing is
    // consumed: 400 malformed, 405 and 501 other methods, 413 body, 414 target, 417 an expectation
    // other than 100-continue, 431 head, 505 other versions. After a request that is not kept
    // whatever comes is consumed and means nothing (RFC 9112 9.6).
    Http1Fed<Http1Request> feed(Octets octets);

    // True once for a head that asks "Expect: 100-continue" while none of its body is here: the
    // caller, when feed() needs more, sends http1_continue. A body that is too large was refused
    // before (RFC 9110 10.1.1).
    bool take_continue();

    // Part of a request is here: a client that goes away or is silent now cuts it off.
    bool is_inside_request() const { return is_in_body_ || head_.is_begun(); }

    // Its head is whole and its body is not: for which deadline holds.
    bool is_inside_body() const { return is_in_body_; }

    // Bounded by the limits: 4 heads, 64 octets a field, a body.
    std::size_t octets_held() const;

  private:
    Http1Fed<Http1Request> refuse(std::size_t consumed, const Http1Bad& bad);
    Http1Fed<Http1Request> finish(std::size_t consumed);

    Http1Limits limits_;
    Http1HeadReader head_;
    Http1Request request_;  // whose body is not whole
    Http1Body body_;
    std::optional<Http1Bad> bad_;
    bool is_in_body_ = false;
    bool is_continue_due_ = false;
    bool is_over_ = false;
};

inline constexpr std::string_view http1_continue = "HTTP/1.1 100 Continue\r\n\r\n";

// An answer that a server gave.
struct Http1Answer {
    unsigned status = 0;  // 200 to 599
    Http1Fields fields;
    std::vector<std::uint8_t> body;
    bool is_kept = true;

    std::string_view body_text() const {
        return {reinterpret_cast<const char*>(body.data()), body.size()};
    }
};

// Of one connection to a server that answers with Content-Length, as wend does.
class Http1ResponseReader {
  public:
    // The limit of a body is the client's own: dumps are larger than what a door takes.
    explicit Http1ResponseReader(const Http1Limits& limits = {});

    // Before each answer, if the request was HEAD: its answer has a Content-Length and no body.
    void expect_no_body() { is_head_ = true; }

    // As Http1Reader. Up to 8 interim answers (1xx) are passed over; 101, Transfer-Encoding, and an
    // answer of unknown length are refused. The status of what is bad is 502.
    Http1Fed<Http1Answer> feed(Octets octets);

    bool is_inside_answer() const { return is_in_body_ || head_.is_begun(); }

    std::size_t octets_held() const { return head_.octets_held() + body_.octets_held(); }

  private:
    std::optional<Http1Bad> take_head();

    Http1Limits limits_;
    Http1HeadReader head_;
    Http1Answer answer_;
    Http1Body body_;
    std::optional<Http1Bad> bad_;
    std::size_t interim_answers_ = 0;
    bool is_head_ = false;
    bool is_in_body_ = false;
};

}  // namespace wend
