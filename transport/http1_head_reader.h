// The head of an HTTP/1 message, octet by octet: what is no line of HTTP is refused before the
// grammar sees it. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "transport/http1_grammar.h"

namespace wend {

struct Http1Limits {
    std::size_t head_octets_max = 16 * 1024;  // start line and fields with their line ends
    std::size_t fields_max = 64;
    std::size_t target_octets_max = 8'000;  // RFC 9112 3 wants that at least
    std::size_t body_octets_max = 1024 * 1024;
};

// Why a message is refused.
struct Http1Bad {
    unsigned status = 400;      // of the answer to a request
    std::string_view sentence;  // what is wrong, for a person; static
    friend bool operator==(const Http1Bad&, const Http1Bad&) = default;
};

class Http1HeadReader {
  public:
    Http1HeadReader(Http1Side side, const Http1Limits& limits);

    struct Fed {
        std::size_t consumed = 0;  // up to the end of the head, or with the first octet that is bad
        bool is_whole = false;     // take() gives it
        std::optional<Http1Bad> bad;  // for good: nothing is to be fed after it
    };

    Fed feed(Octets octets);

    // After is_whole. What is fed then begins the next head.
    Http1Head take();

    // Octets of a head are here, and it is not whole.
    bool is_begun() const { return octets_seen_ > 0; }

    // At most about four times head_octets_max, and 64 octets for each field.
    std::size_t octets_held() const;

  private:
    std::optional<Http1Bad> fault_of_octet(char octet) const;
    std::optional<Http1Bad> fault_of_size() const;
    std::optional<Http1Bad> end_line(bool& is_whole);
    std::optional<Http1Bad> fault_of_start_line(std::string_view line) const;

    Http1Side side_;
    Http1Limits limits_;
    Http1Grammar grammar_;
    std::string line_;  // with its CR, if that is here
    std::size_t octets_seen_ = 0;
    std::size_t fields_ = 0;
    bool is_start_line_ = true;
    bool has_skipped_line_ = false;
};

// The line without its end. Nothing if it is a request line that this reader takes (RFC 9112 3).
std::optional<Http1Bad> fault_of_request_line(std::string_view line, std::size_t target_octets_max);

// The same for a status line (RFC 9112 4).
std::optional<Http1Bad> fault_of_status_line(std::string_view line);

}  // namespace wend
