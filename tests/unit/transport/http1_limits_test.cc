#include <catch2/catch.hpp>

#include "tests/unit/transport/http1_reading.h"
#include "transport/http1.h"

namespace wend {
namespace {

std::string request_with_target(std::size_t octets) {
    return "GET /" + std::string(octets - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string request_with_head(std::size_t octets) {
    const std::string before = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return before + std::string(octets - before.size() - 4, 'b') + "\r\n\r\n";
}

std::string request_with_fields(std::size_t fields) {
    std::string stream = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < fields; ++i) {
        stream += "X: y\r\n";
    }
    return stream + "\r\n";
}

std::string request_with_body(std::size_t octets) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(octets) + "\r\n\r\n" +
           std::string(octets, 'c');
}

}  // namespace

TEST_CASE("a request may be as long as each limit says and no longer",
          "[transport][rfc9110-15.5]") {
    CHECK(refused_as(request_with_target(8'000)) == 1);
    CHECK(refused_as(request_with_target(8'001)) == 414);
    CHECK(refused_as(request_with_head(16'384)) == 1);
    CHECK(refused_as(request_with_head(16'385)) == 431);
    CHECK(refused_as(request_with_fields(64)) == 1);
    CHECK(refused_as(request_with_fields(65)) == 431);
    CHECK(refused_as(request_with_body(1'048'576)) == 1);
    CHECK(refused_as(request_with_body(1'048'577)) == 413);
}

TEST_CASE("limits can be set, and a target is held to that of the head too", "[transport]") {
    const Http1Limits limits = {
        .head_octets_max = 60, .fields_max = 2, .target_octets_max = 8, .body_octets_max = 3};
    CHECK(refused_as(request_with_target(8), limits) == 1);
    CHECK(refused_as(request_with_target(9), limits) == 414);
    CHECK(refused_as(request_with_head(60), limits) == 1);
    CHECK(refused_as(request_with_head(61), limits) == 431);
    CHECK(refused_as(request_with_fields(2), limits) == 1);
    CHECK(refused_as(request_with_fields(3), limits) == 431);
    CHECK(refused_as(request_with_body(3), limits) == 1);
    CHECK(refused_as(request_with_body(4), limits) == 413);
    const Http1Limits short_head = {.head_octets_max = 20};
    CHECK(refused_as(std::string(100, 'a'), short_head) == 414);
}

TEST_CASE("the limits of a head and its fields begin anew with each request", "[transport]") {
    const std::string twice = request_with_head(16'384) + request_with_fields(64);
    CHECK(requests_of(twice + twice).messages.size() == 4);
}

TEST_CASE("a length beyond any number is a body too large", "[transport][rfc9110-8.6]") {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    CHECK(refused_as(head + "18446744073709551615\r\n\r\n") == 413);
    CHECK(refused_as(head + "0000000000000000000000000000001\r\n\r\nx") == 1);
}

TEST_CASE("a line without end is cut off at its limit", "[transport]") {
    Http1Reader reader;
    std::size_t fed = 0;
    bool is_bad = false;
    while (!is_bad && fed < 100'000) {
        const auto step = reader.feed(octets_of("a"));
        fed += step.consumed;
        is_bad = std::holds_alternative<Http1Bad>(step.event);
        CHECK(reader.octets_held() < 3 * 16'384);
    }
    CHECK(is_bad);
    CHECK(fed < 8'100);
}

TEST_CASE("a body that is only promised is not held", "[transport]") {
    Http1Reader reader;
    (void)reader.feed(
        octets_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\nabc"));
    CHECK(reader.is_inside_body());
    CHECK(reader.octets_held() < 2'000);
}

}  // namespace wend
