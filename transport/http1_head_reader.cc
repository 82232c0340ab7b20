#include "transport/http1_head_reader.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace wend {
namespace {

// What stands beside the target in any request line that is taken further.
constexpr std::size_t method_and_version_max = 32;
constexpr char first_octet_of_tls = 0x16;

constexpr Http1Bad bad_version = {
    505, "only HTTP/1.1 and HTTP/1.0 are spoken here, and no HTTP/2 by prior knowledge"};

bool is_version(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

bool is_version_spoken(std::string_view version) {
    return version == "HTTP/1.1" || version == "HTTP/1.0";
}

std::optional<Http1Bad> fault_of_method(std::string_view method) {
    constexpr auto taken = std::to_array<std::string_view>({"GET", "HEAD", "POST"});
    constexpr auto known =
        std::to_array<std::string_view>({"PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"});
    if (std::ranges::find(taken, method) != taken.end()) {
        return std::nullopt;
    }
    if (std::ranges::find(known, method) != known.end()) {
        return Http1Bad{405, "nothing here takes this method; GET and HEAD read, POST changes"};
    }
    return Http1Bad{501, "no such method is known here; GET and HEAD read, POST changes"};
}

}  // namespace

std::optional<Http1Bad> fault_of_request_line(std::string_view line,
                                              std::size_t target_octets_max) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) {
        return Http1Bad{400,
                        "the first line is no request line: method, target and HTTP/1.1, with "
                        "one space between them"};
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, second - first - 1);
    const std::string_view version = line.substr(second + 1);
    if (!is_http1_token(method) || target.empty() || !is_version(version)) {
        return Http1Bad{400,
                        "the request line is malformed: method, target and HTTP/1.1, with one "
                        "space between them"};
    }
    if (!is_version_spoken(version)) {
        return bad_version;
    }
    if (target.size() > target_octets_max) {
        return Http1Bad{414, "the request target is too long"};
    }
    return fault_of_method(method);
}

std::optional<Http1Bad> fault_of_status_line(std::string_view line) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::string_view version = line.substr(0, 8);
    if (!is_version(version)) {
        return Http1Bad{502, "what answers there does not speak HTTP"};
    }
    if (!is_version_spoken(version)) {
        return Http1Bad{502, "what answers there speaks no HTTP/1"};
    }
    const std::string_view rest = line.substr(8);
    const bool is_status = rest.size() >= 4 && rest[0] == ' ' && rest[1] >= '1' && rest[1] <= '5' &&
                           is_digit(rest[2]) && is_digit(rest[3]);
    if (!is_status || (rest.size() > 4 && rest[4] != ' ')) {
        return Http1Bad{502, "the status line of the answer is malformed"};
    }
    return std::nullopt;
}

Http1HeadReader::Http1HeadReader(Http1Side side, const Http1Limits& limits)
    : side_(side), limits_(limits), grammar_(side) {}

Http1HeadReader::Fed Http1HeadReader::feed(Octets octets) {
    Fed fed;
    while (fed.consumed < octets.size() && !fed.is_whole && !fed.bad) {
        const char octet = static_cast<char>(octets[fed.consumed]);
        ++fed.consumed;
        ++octets_seen_;
        fed.bad = fault_of_octet(octet);
        if (!fed.bad) {
            fed.bad = fault_of_size();
        }
        if (fed.bad) {
            break;
        }
        line_.push_back(octet);
        if (octet == '\n') {
            fed.bad = end_line(fed.is_whole);
        }
    }
    return fed;
}

std::optional<Http1Bad> Http1HeadReader::fault_of_octet(char octet) const {
    const bool is_after_cr = line_.ends_with('\r');
    if (octet == '\n' && !is_after_cr) {
        return Http1Bad{400, "a line ends in LF alone; lines of HTTP end in CR LF"};
    }
    if (octet != '\n' && is_after_cr) {
        return Http1Bad{400, "a CR stands alone; lines of HTTP end in CR LF"};
    }
    if (octet == '\r' || octet == '\n') {
        return std::nullopt;
    }
    if (is_start_line_ && line_.empty() && octet == first_octet_of_tls) {
        return Http1Bad{400, "these are octets of TLS, and plain HTTP is spoken here"};
    }
    if (!is_http1_field_value({&octet, 1})) {
        return Http1Bad{400, "a control octet stands in the head"};
    }
    const bool is_blank = octet == ' ' || octet == '\t';
    if (line_.empty() && is_blank) {
        return Http1Bad{400,
                        "a line begins with a blank; folded lines are not taken (RFC 9112 5.2)"};
    }
    const bool is_request_line = is_start_line_ && side_ == Http1Side::request;
    if (is_request_line && (octet == '\t' || static_cast<unsigned char>(octet) >= 0x80)) {
        return Http1Bad{400, "the request line holds a tab or an octet that is not of ASCII"};
    }
    return std::nullopt;
}

std::optional<Http1Bad> Http1HeadReader::fault_of_size() const {
    const bool is_request_line = is_start_line_ && side_ == Http1Side::request;
    const std::size_t request_line_max =
        std::min(limits_.head_octets_max, limits_.target_octets_max + method_and_version_max);
    if (is_request_line && line_.size() >= request_line_max) {
        return Http1Bad{414, "the request line is too long"};
    }
    if (octets_seen_ > limits_.head_octets_max) {
        return Http1Bad{431, "the head of the message is too long"};
    }
    return std::nullopt;
}

std::optional<Http1Bad> Http1HeadReader::end_line(bool& is_whole) {
    const std::string_view line = std::string_view(line_).substr(0, line_.size() - 2);
    if (is_start_line_) {
        if (line.empty() && !has_skipped_line_ && side_ == Http1Side::request) {
            // RFC 9112 2.2: old clients send one after a body.
            has_skipped_line_ = true;
            line_.clear();
            return std::nullopt;
        }
        if (const auto bad = fault_of_start_line(line)) {
            return bad;
        }
    } else if (!line.empty() && ++fields_ > limits_.fields_max) {
        return Http1Bad{431, "the head of the message has too many fields"};
    }
    if (!is_start_line_ && !line.empty() && !is_http1_token(line.substr(0, line.find(':')))) {
        return Http1Bad{400,
                        "a field line is malformed; it is a name, a colon and a value, without "
                        "a blank before the colon"};
    }
    if (const auto sentence = grammar_.complaint_about(line_); !sentence.empty()) {
        return Http1Bad{400, sentence};
    }
    is_whole = line.empty();
    is_start_line_ = false;
    line_.clear();
    return std::nullopt;
}

std::optional<Http1Bad> Http1HeadReader::fault_of_start_line(std::string_view line) const {
    return side_ == Http1Side::request ? fault_of_request_line(line, limits_.target_octets_max)
                                       : fault_of_status_line(line);
}

Http1Head Http1HeadReader::take() {
    octets_seen_ = 0;
    fields_ = 0;
    is_start_line_ = true;
    has_skipped_line_ = false;
    line_ = std::string();
    return grammar_.take();
}

std::size_t Http1HeadReader::octets_held() const {
    const Http1Head& head = grammar_.head();
    std::size_t held = line_.capacity() + head.target.capacity() +
                       head.fields.all().capacity() * sizeof(Http1Field);
    for (const Http1Field& field : head.fields.all()) {
        held += field.name.capacity() + field.value.capacity();
    }
    return held;
}

}  // namespace wend
