#include "transport/http1_response.h"

#include <catch2/catch.hpp>

#include "tests/unit/transport/http1_reading.h"

namespace wend {

TEST_CASE("an answer has its length, and what keeps browsers from guessing", "[transport]") {
    CHECK(Http1Response(200, "ok\n").octets({.now = WallTime{std::chrono::seconds{784111777}}}) ==
          "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
          "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
          "Content-Length: 3\r\n\r\nok\n");
    const std::string empty = Http1Response(404).octets({.is_kept = false});
    CHECK(empty.contains("Content-Length: 0\r\n"));
    CHECK(empty.contains("Connection: close\r\n"));
    CHECK_FALSE(empty.contains("\nContent-Type:"));
    CHECK_FALSE(Http1Response(204).octets({}).contains("Content-Length"));
    CHECK(Http1Response(200).octets({.minor = 0}).contains("Connection: keep-alive\r\n"));
}

TEST_CASE("the answer to HEAD has the length of the body and not the body",
          "[transport][rfc9110-9.3.2]") {
    const Http1Response response(200, "12345");
    const std::string octets = response.octets({.is_head = true});
    CHECK(octets.contains("Content-Length: 5\r\n"));
    CHECK(octets.ends_with("\r\n\r\n"));
    CHECK(response.octets({}) == octets + "12345");
}

TEST_CASE("no value of a field ends its line", "[transport][rfc9110-5.5]") {
    Http1Response response(303);
    for (const char octet : {'\r', '\n', '\0', '\x1f', '\x7f'}) {
        CHECK_FALSE(response.set("Location", std::string("/a") + octet + "X: y"));
    }
    CHECK_FALSE(response.octets({}).contains("Location"));
    CHECK(response.set("Location", "/a"));
    CHECK(response.set("cache-control", "max-age=60"));
    const std::string octets = response.octets({});
    CHECK(octets.contains("Location: /a\r\n"));
    CHECK(octets.contains("Cache-Control: max-age=60\r\n"));
    CHECK_FALSE(octets.contains("no-store"));
}

TEST_CASE("an answer that was written is read as it was meant", "[transport]") {
    Http1Response response(200, std::string("a\0\r\n\r\nb", 7), "application/dns-message");
    Http1ResponseReader reader;
    const auto read = read_http1<Http1Answer>(reader, response.octets({.is_kept = false}));
    REQUIRE(read.messages.size() == 1);
    CHECK(read.messages[0].body_text() == response.body());
    CHECK(read.messages[0].fields.only("content-type") == "application/dns-message");
    CHECK_FALSE(read.messages[0].is_kept);
}

TEST_CASE("a refusal says its sentence, and which methods there are",
          "[transport][rfc9110-15.5.6]") {
    const auto put = requests_of("PUT / HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(put.bad);
    const std::string octets = refusal(*put.bad).octets({.is_kept = false});
    CHECK(octets.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(octets.contains("Allow: GET, HEAD, POST\r\n"));
    CHECK(octets.ends_with("POST changes\n"));
}

TEST_CASE("a request that was written is read as it was meant, and no other is written",
          "[transport]") {
    Http1Fields fields;
    fields.add({"X-Wend", "1"});
    const auto written =
        http1_request(Http1Method::post, "/v1/flush?x=%20", "localhost:1", fields, "{}");
    REQUIRE(written);
    const auto read = requests_of(*written);
    REQUIRE(read.messages.size() == 1);
    CHECK(read.messages[0].query == "x=%20");
    CHECK(read.messages[0].fields.only("x-wend") == "1");
    CHECK(read.messages[0].body_text() == "{}");

    CHECK_FALSE(http1_request(Http1Method::get, "/a b", "a", {}));
    CHECK_FALSE(http1_request(Http1Method::get, "/\r\nX: y", "a", {}));
    CHECK_FALSE(http1_request(Http1Method::get, "/", "a\r\nX: y", {}));
    CHECK_FALSE(http1_request(Http1Method::get, "/", "a", {}, "body"));
    fields.add({"X", "y\r\nZ: a"});
    CHECK_FALSE(http1_request(Http1Method::get, "/", "a", fields));
}

}  // namespace wend
