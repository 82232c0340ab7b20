#include "transport/http1.h"

#include <catch2/catch.hpp>

#include "tests/unit/transport/http1_reading.h"

namespace wend {
namespace {

constexpr std::string_view three_requests =
    "GET /v1/status?a=1 HTTP/1.1\r\nHost: wend\r\nX-A: 1\r\n\r\n"
    "POST /v1/flush HTTP/1.1\r\nHost: wend\r\ncontent-length: 20\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n"
    "\r\nHEAD / HTTP/1.0\r\nhost: wend:80\r\n\r\nleft";

void check_three_requests(const Http1Read<Http1Request>& read) {
    REQUIRE(read.messages.size() == 3);
    CHECK_FALSE(read.bad);
    CHECK(read.consumed == three_requests.size());
    CHECK(read.messages[0].path == "/v1/status");
    CHECK(read.messages[0].query == "a=1");
    CHECK(read.messages[0].fields.only("x-a") == "1");
    CHECK(read.messages[1].method == Http1Method::post);
    CHECK(read.messages[1].body_text() == "GET / HTTP/1.1\r\n\r\n\r\n");
    CHECK(read.messages[2].method == Http1Method::head);
    CHECK(read.messages[2].host == "wend:80");
    CHECK_FALSE(read.messages[2].is_kept);
}

bool is_kept(std::string_view version, std::string_view connection) {
    std::string stream = "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n";
    if (!connection.empty()) {
        stream += "Connection: " + std::string(connection) + "\r\n";
    }
    const auto read = requests_of(stream + "\r\n");
    REQUIRE(read.messages.size() == 1);
    return read.messages[0].is_kept;
}

}  // namespace

TEST_CASE("requests come out one by one, and those behind are not lost",
          "[transport][rfc9112-9.3.2]") {
    check_three_requests(requests_of(three_requests));
    Http1Reader reader;
    const auto fed = reader.feed(octets_of(three_requests));
    CHECK(std::holds_alternative<Http1Request>(fed.event));
    CHECK(fed.consumed == three_requests.find("POST"));
}

TEST_CASE("requests come out the same in whatever parts their octets come",
          "[transport][rfc9112-2.2]") {
    for (std::size_t first = 0; first <= three_requests.size(); ++first) {
        for (std::size_t second = first; second <= three_requests.size(); second += 7) {
            Http1Reader reader;
            check_three_requests(read_http1<Http1Request>(reader, three_requests, {first, second}));
        }
    }
    std::vector<std::size_t> each;
    for (std::size_t at = 1; at < three_requests.size(); ++at) {
        each.push_back(at);
    }
    Http1Reader reader;
    check_three_requests(read_http1<Http1Request>(reader, three_requests, each));
}

TEST_CASE("whether the connection is kept is told for both versions", "[transport][rfc9112-9.3]") {
    CHECK(is_kept("1.1", ""));
    CHECK(is_kept("1.1", "keep-alive"));
    CHECK_FALSE(is_kept("1.1", "close"));
    CHECK_FALSE(is_kept("1.1", "te, Close"));
    CHECK_FALSE(is_kept("1.1", "keep-alive, close"));
    CHECK_FALSE(is_kept("1.0", ""));
    CHECK(is_kept("1.0", "Keep-Alive"));
    CHECK_FALSE(is_kept("1.0", "keep-alive, close"));
    CHECK_FALSE(is_kept("1.1", "close\r\nConnection: keep-alive"));
}

TEST_CASE("what comes behind a request that closes is no request", "[transport][rfc9112-9.6]") {
    const std::string_view stream =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto read = requests_of(stream);
    CHECK(read.messages.size() == 1);
    CHECK_FALSE(read.bad);
    CHECK(read.consumed == stream.size());
}

TEST_CASE("a reader that refused refuses for good", "[transport]") {
    Http1Reader reader;
    const auto first = reader.feed(octets_of("GET / HTTP/1.1\nHost: a\r\n\r\n"));
    CHECK(first.consumed == 15);
    const auto again = reader.feed(octets_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(again.consumed == 0);
    CHECK(std::get<Http1Bad>(again.event) == std::get<Http1Bad>(first.event));
}

TEST_CASE("a client that waits with its body is told to go on, once",
          "[transport][rfc9110-10.1.1]") {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    Http1Reader waits;
    CHECK(std::holds_alternative<Http1NeedMore>(waits.feed(octets_of(head)).event));
    CHECK(waits.is_inside_body());
    CHECK(waits.take_continue());
    CHECK_FALSE(waits.take_continue());
    CHECK(std::get<Http1Request>(waits.feed(octets_of("ab")).event).body_text() == "ab");
    CHECK_FALSE(waits.is_inside_request());

    Http1Reader sends;
    (void)sends.feed(octets_of(head + "a"));
    CHECK_FALSE(sends.take_continue());
    CHECK(std::holds_alternative<Http1Request>(sends.feed(octets_of("b")).event));

    Http1Reader old;
    (void)old.feed(octets_of(
        "POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    CHECK_FALSE(old.take_continue());
    CHECK(refused_as("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n") ==
          417);
}

TEST_CASE("a POST without Content-Length has no body, and a GET may say that it has none",
          "[transport][rfc9112-6.3]") {
    CHECK(requests_of("POST / HTTP/1.1\r\nHost: a\r\n\r\n").messages.size() == 1);
    CHECK(requests_of("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").messages.size() ==
          1);
    CHECK(refused_as("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx") == 400);
    CHECK(refused_as("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx") == 400);
}

TEST_CASE("a target in absolute form is taken if Host says the same",
          "[transport][rfc9112-3.2.2]") {
    const auto read = requests_of("GET HTTP://Wend:80?x HTTP/1.1\r\nHost: wend:80\r\n\r\n");
    REQUIRE(read.messages.size() == 1);
    CHECK(read.messages[0].path == "/");
    CHECK(read.messages[0].query == "x");
    CHECK(refused_as("GET http://evil/ HTTP/1.1\r\nHost: wend\r\n\r\n") == 400);
    CHECK(refused_as("GET http://u@wend/ HTTP/1.1\r\nHost: wend\r\n\r\n") == 400);
    CHECK(refused_as("GET ftp://wend/ HTTP/1.1\r\nHost: wend\r\n\r\n") == 400);
}

TEST_CASE("an answer is read by its Content-Length, behind interim ones",
          "[transport][rfc9112-6.3]") {
    const std::string_view stream =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
        "HTTP/1.0 404\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Http1ResponseReader reader;
        const auto read = read_http1<Http1Answer>(reader, stream, {cut});
        REQUIRE(read.messages.size() == 3);
        CHECK(read.messages[0].status == 200);
        CHECK(read.messages[0].body_text() == "ok\n");
        CHECK(read.messages[0].is_kept);
        CHECK(read.messages[1].status == 404);
        CHECK_FALSE(read.messages[1].is_kept);
        CHECK(read.messages[2].status == 204);
        CHECK_FALSE(reader.is_inside_answer());
    }
    Http1ResponseReader reader;
    reader.expect_no_body();
    const auto read = read_http1<Http1Answer>(
        reader,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
        "1\r\n\r\nx");
    REQUIRE(read.messages.size() == 2);
    CHECK(read.messages[0].body.empty());
    CHECK(read.messages[1].body_text() == "x");
}

TEST_CASE("an answer whose end is anybody's guess is refused", "[transport][rfc9112-6.3]") {
    for (const std::string_view stream :
         {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\n\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
          "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
          "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
          "\r\nHTTP/1.1 204 OK\r\n\r\n"}) {
        INFO(stream);
        Http1ResponseReader reader;
        const auto read = read_http1<Http1Answer>(reader, stream);
        CHECK(read.messages.empty());
        REQUIRE(read.bad);
        CHECK(read.bad->status == 502);
    }
    // An answer to HEAD has no body, and is held to the same.
    Http1ResponseReader of_head;
    of_head.expect_no_body();
    CHECK(read_http1<Http1Answer>(of_head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
              .bad);
    std::string interim;
    for (int i = 0; i < 9; ++i) {
        interim += "HTTP/1.1 102 Processing\r\n\r\n";
    }
    Http1ResponseReader reader;
    CHECK(read_http1<Http1Answer>(reader, interim).bad);
}

}  // namespace wend
