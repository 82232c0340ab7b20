// The grammar of an HTTP/1 head, as llhttp reads it. Debian's llhttp 8.1 by itself takes a CR alone
// for the end of a line (CVE-2023-30589) and folded lines (CVE-2024-27982); so it is given whole
// lines that Http1HeadReader has looked through, and it never sees an octet of a body.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "transport/http1_text.h"

namespace wend {

enum class Http1Side : std::uint8_t { request, response };

struct Http1Head {
    std::string method;   // of a request
    std::string target;   // of a request
    unsigned status = 0;  // of a response
    unsigned minor = 1;   // of the version; the major one is 1
    Http1Fields fields;
};

class Http1Grammar {
  public:
    explicit Http1Grammar(Http1Side side);
    ~Http1Grammar();
    Http1Grammar(Http1Grammar&&) noexcept;
    Http1Grammar& operator=(Http1Grammar&&) noexcept;

    // `line` ends in CRLF and has no other CR or LF. Nothing if it is right, else a sentence; no
    // further line is taken then. After the empty line the head is whole.
    std::string_view complaint_about(std::string_view line);

    // What was read of a head that is whole. The next line begins another.
    Http1Head take();

    // The head so far, for its size.
    const Http1Head& head() const;

  private:
    struct Machine;  // keeps llhttp out of this header, and its address when this is moved
    std::unique_ptr<Machine> machine_;
};

}  // namespace wend
