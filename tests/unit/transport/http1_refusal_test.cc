// What readers have been made to disagree about, and what no reader should take.
#include <catch2/catch.hpp>

#include "tests/unit/transport/http1_reading.h"
#include "transport/http1.h"

namespace wend {
namespace {

using namespace std::string_view_literals;

struct RefusedHttp1 {
    std::string_view what;
    unsigned status;
    std::string_view stream;
};

constexpr RefusedHttp1 smuggled[] = {
    {"CL.TE", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\nSMUGGLED"},
    {"TE.CL", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
     "8\r\nSMUGGLED\r\n0\r\n\r\n"},
    {"TE.TE", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
     "Transfer-encoding: cow\r\n\r\n0\r\n\r\n"},
    {"TE alone", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"TE: identity", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"},
    {"TE after a vertical tab", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
     "chunked\r\n\r\n"},
    {"TE empty", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"},
    {"TE in HTTP/1.0", 400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"chunk extension", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\nx\r\n0\r\n\r\n"},
    {"CL.CL unequal", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"},
    {"CL.CL equal", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"},
    {"CL as a list", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nabcde"},
    {"CL with a sign", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde"},
    {"CL below nothing", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"},
    {"CL in hex", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nabcde"},
    {"CL with a blank inside", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 0\r\n\r\nabcde"},
    {"CL empty", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"},
    {"CL folded", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 5\r\n\r\nabcde"},
    {"CL after a blank (CVE-2024-27982)", 400,
     "POST / HTTP/1.1\r\n Content-Length: 5\r\nHost: a\r\n\r\nabcde"},
    {"obs-fold", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"},
    {"space before the colon", 400, "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"},
    {"space before the colon of CL", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nabcde"},
    {"no colon", 400, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"},
    {"no name", 400, "GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n"},
    {"a name that is no token", 400, "GET / HTTP/1.1\r\nHost: a\r\nX(): y\r\n\r\n"},
    {"LF alone behind the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"LF alone behind a field", 400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
    {"LF alone as the end", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"CR alone (CVE-2023-30589)", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nX: \rContent-Length: 3\r\n\r\nabc"},
    {"CR CR LF", 400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"},
    {"NUL in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv},
    {"NUL in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"sv},
    {"NUL in the target", 400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv},
    {"h2c upgrade", 400,
     "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
     "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"},
    {"WebSocket upgrade", 400,
     "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
};

constexpr RefusedHttp1 malformed[] = {
    {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
    {"no Host in HTTP/1.0", 400, "GET / HTTP/1.0\r\n\r\n"},
    {"two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"an empty Host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
    {"a Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"a Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    {"two Authorizations", 400,
     "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nAuthorization: Bearer y\r\n\r\n"},
    {"two Origins", 400, "GET / HTTP/1.1\r\nHost: a\r\nOrigin: x\r\norigin: y\r\n\r\n"},
    {"asterisk", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"authority-form", 400, "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a fragment", 400, "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a backslash", 400, "GET /\\x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"dots", 400, "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"encoded dots", 400, "GET /%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"an encoded NUL", 400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"half an encoding", 400, "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"half an encoding in the query", 400, "GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"an octet beyond ASCII", 400, "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a tab in the request line", 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two spaces", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a space behind the version", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
    {"a space before the method", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two empty lines before", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a version in small letters", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
    {"a version without a digit", 400, "GET / HTTP/1.\r\nHost: a\r\n\r\n"},
    {"HTTP/0.9", 400, "GET /\r\n"},
    {"HTTP/0.9 in words", 505, "GET / HTTP/0.9\r\n\r\n"},
    {"HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
    {"HTTP/3", 505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n"},
    {"the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"a method of RFC 9110 that nothing takes", 405, "PUT / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"CONNECT", 405, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"},
    {"OPTIONS *", 405, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a method of others", 501, "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a method in small letters", 501, "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a method that is no token", 400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"TLS", 400, "\x16\x03\x01\x02"},
    {"junk", 400, "hello\r\n"},
};

}  // namespace

TEST_CASE("what smuggles a request past another reader is refused in any parts",
          "[transport][rfc9112-11.2]") {
    for (const RefusedHttp1& one : smuggled) {
        INFO(one.what);
        CHECK(refused_as(one.stream) == one.status);
        const auto whole = requests_of(one.stream);
        for (std::size_t cut = 0; cut <= one.stream.size(); ++cut) {
            Http1Reader reader;
            const auto read = read_http1<Http1Request>(reader, one.stream, {cut});
            CHECK(read.messages.empty());
            CHECK(read.bad == whole.bad);
            CHECK(read.consumed == whole.consumed);
        }
    }
}

TEST_CASE("what is no request of ours is refused with the status of the RFC",
          "[transport][rfc9112-3]") {
    for (const RefusedHttp1& one : malformed) {
        INFO(one.what);
        CHECK(refused_as(one.stream) == one.status);
        CHECK_FALSE(requests_of(one.stream).bad->sentence.empty());
    }
}

TEST_CASE("no octet but blanks and text stands in a head", "[transport][rfc9110-5.5]") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        std::string stream = "GET / HTTP/1.1\r\nHost: a\r\nX: b";
        stream.push_back(static_cast<char>(octet));
        stream += "c\r\n\r\n";
        INFO(octet);
        const bool is_text = octet == '\t' || (octet >= 0x20 && octet != 0x7f);
        CHECK(refused_as(stream) == (is_text ? 1 : 400));
    }
}

TEST_CASE("an octet that no head has is refused where it stands, with what it is", "[transport]") {
    struct At {
        std::string_view stream;  // up to the octet
        std::string_view sentence;
    };

    for (const At& one : {At{"GET / HTTP/1.1\n", "LF alone"},
                          {"GET / HTTP/1.1\r\nHost: a\n", "LF alone"},
                          {"GET / HTTP/1.1\r\nX: \rC", "CR stands alone"},
                          {"GET / HTTP/1.1\r\nX: y\r\n ", "folded"},
                          {"GET / HTTP/1.1\r\nX: y\r\n\t", "folded"},
                          {"GET / HTTP/1.1\r\nX\0"sv, "control octet"},
                          {"GET /\x7f", "control octet"},
                          {"GET /\xc3", "not of ASCII"},
                          {"GET\t", "not of ASCII"}}) {
        const auto read = requests_of(std::string(one.stream) + "x: y\r\n\r\n");
        INFO(one.sentence);
        REQUIRE(read.bad);
        CHECK(read.consumed == one.stream.size());
        CHECK(read.bad->sentence.contains(one.sentence));
    }
}

TEST_CASE("a refusal comes with the line that is wrong, not with the end of the head",
          "[transport]") {
    CHECK(requests_of("GET /\r\n").bad);
    CHECK(requests_of("GET / HTTP/1.1\r\nX : y\r\n").bad);
    CHECK(requests_of("\x16").bad->sentence.contains("TLS"));
    const auto asterisk = requests_of("GET * HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(asterisk.bad->sentence.contains("begins with a slash"));
}

}  // namespace wend
