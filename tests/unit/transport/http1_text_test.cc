#include "transport/http1_text.h"

#include <catch2/catch.hpp>

namespace wend {

TEST_CASE("the only field of a name is found in any letter case, and of two none",
          "[transport][rfc9110-5.1]") {
    Http1Fields fields;
    fields.add({"Accept", "a, B"});
    fields.add({"X", "1"});
    fields.add({"accept", "c"});
    CHECK(fields.only("x") == "1");
    CHECK_FALSE(fields.only("Accept"));
    CHECK_FALSE(fields.only("Y"));
    CHECK(fields.count("ACCEPT") == 2);
    CHECK(fields.lists("accept", "b"));
    CHECK(fields.lists("accept", "C"));
    CHECK_FALSE(fields.lists("accept", "d"));
}

TEST_CASE("a host is a name or an address, and perhaps a port", "[transport][rfc9110-7.2]") {
    for (const std::string_view host :
         {"a", "localhost:8053", "192.0.2.1", "[::1]", "[2001:db8::1]:53", "a.example.", "a:"}) {
        INFO(host);
        CHECK(is_http1_host(host));
    }
    for (const std::string_view host :
         {"", ":53", "a:b", "a:123456", "a/b", "u@a", "[::1", "[]", "[", "::1", "[::1]x",
          "[fe80::1%25eth0]", "a b", "a,b", "a%41"}) {
        INFO(host);
        CHECK_FALSE(is_http1_host(host));
    }
}

TEST_CASE("a path is cut into segments before they are decoded", "[transport][rfc3986-2.4]") {
    using Segments = std::vector<std::string>;
    CHECK(path_segments("/") == Segments{""});
    CHECK(path_segments("/v1/cache/0%2F26.2.0.192.in-addr.arpa.") ==
          Segments{"v1", "cache", "0/26.2.0.192.in-addr.arpa."});
    CHECK(path_segments("/a//b/") == Segments{"a", "", "b", ""});
    for (const std::string_view path :
         {"", "a", "/..", "/a/.", "/%2e%2E", "/%0a", "/%7f", "/%", "/%4", "/%4g", "/a?b", "/a#b"}) {
        INFO(path);
        CHECK_FALSE(path_segments(path));
    }
    CHECK(path_segments("/...") == Segments{"..."});
}

TEST_CASE("a query gives its parameters, each name once", "[transport]") {
    const auto parameters = query_parameters("name=a%2eb.&type=AAAA&&flag&x=1+2%2B3=4");
    REQUIRE(parameters);
    CHECK(parameters->size() == 4);
    CHECK(query_parameter(*parameters, "name") == "a.b.");
    CHECK(query_parameter(*parameters, "flag") == "");
    CHECK(query_parameter(*parameters, "x") == "1 2+3=4");
    CHECK_FALSE(query_parameter(*parameters, "Name"));
    CHECK(query_parameters("")->empty());
    for (const std::string_view query : {"a=%", "a=%1", "a=1&a=2", "a=1&%61=2", "a=\"", "a=<"}) {
        INFO(query);
        CHECK_FALSE(query_parameters(query));
    }
}

TEST_CASE("a query has at most 64 parameters", "[transport]") {
    std::string query;
    for (int i = 0; i < 64; ++i) {
        query += "p" + std::to_string(i) + "&";
    }
    CHECK(query_parameters(query));
    CHECK_FALSE(query_parameters(query + "q"));
}

}  // namespace wend
