#include "fuzz/http1_corpus.h"

#include <array>
#include <string_view>

namespace wend::fuzz {
namespace {

using namespace std::string_view_literals;

constexpr auto requests = std::to_array<std::string_view>({
    "GET /v1/status HTTP/1.1\r\nHost: wend\r\n\r\n"sv,
    "HEAD /metrics?name=a%2eb&x=y+z HTTP/1.0\r\nHost: [::1]:8053\r\nConnection: keep-alive\r\n\r\n"sv,
    "POST /v1/flush HTTP/1.1\r\nHost: localhost:8053\r\nContent-Type: application/json\r\n"
    "X-Wend: 1\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nmore"sv,
    "\r\nPOST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"sv,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\nContent-Length: 4\r\n\r\nabcd"sv,
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n5;x=y\r\nabcde\r\n0\r\n\r\n"sv,
    "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 9\r\n\r\n"sv,
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n"sv,
    "GET / HTTP/1.1\nHost: a\n\n"sv,
    "GET / HTTP/1.1\r\nHost: a\r\nX: \rContent-Length: 3\r\n\r\n"sv,
    "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"sv,
    "GET http://a:80/x?y HTTP/1.1\r\nHost: a:80\r\n\r\n"sv,
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"sv,
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"sv,
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"sv,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv,
    "GET /\r\n"sv,
    "\x16\x03\x01\x02"sv,
});

constexpr auto answers = std::to_array<std::string_view>({
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"sv,
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"sv,
    "HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx"sv,
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
    "HTTP/1.1 200 OK\r\n\r\nuntil it closes"sv,
});

}  // namespace

std::vector<std::vector<std::uint8_t>> http1_corpus() {
    std::vector<std::vector<std::uint8_t>> corpus;
    const auto add = [&](std::uint8_t first, std::string_view octets) {
        auto& made = corpus.emplace_back(1, first);
        made.insert(made.end(), octets.begin(), octets.end());
    };
    for (const std::string_view request : requests) {
        add(0, request);
        add(24, request);
    }
    for (const std::string_view answer : answers) {
        add(1, answer);
    }
    return corpus;
}

}  // namespace wend::fuzz
