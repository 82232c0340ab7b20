#include "transport/source_port.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

namespace wend {

TEST_CASE("every port from 1024 up is drawn but those on the list", "[transport][rfc6056-3.3.1]") {
    std::set<std::uint16_t> ports;
    for (std::size_t i = 0; i < source_ports; ++i) {
        ports.insert(source_port_at(i));
    }
    CHECK(ports.size() == source_ports);
    CHECK(*ports.begin() == 1024);
    CHECK(*ports.rbegin() == 65535);
    for (const std::uint16_t never : never_source_ports) {
        CHECK_FALSE(ports.contains(never));
    }
    CHECK(ports.size() + never_source_ports.size() == 65536 - 1024);
    CHECK(std::ranges::is_sorted(never_source_ports));
    for (std::uint32_t port = 0; port < 65'536; ++port) {
        const auto number = static_cast<std::uint16_t>(port);
        CHECK(is_source_port(number) == ports.contains(number));
    }
}

TEST_CASE("the kernel's range of ports is read as its file has it", "[transport]") {
    CHECK(parse_port_range("32768\t60999") == PortRange{32'768, 60'999});
    CHECK(parse_port_range("1024\t65535") == PortRange{1024, 65'535});
    for (const char* wrong : {"", "32768", "32768\t", "60999\t32768", "32768\t65536", "-1\t60999",
                              "32768\t60999\t1", "32768 60999", "a\tb"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_port_range(wrong));
    }
}

TEST_CASE("a range may hold ports that are none of ours", "[transport]") {
    CHECK(are_source_ports({32'768, 60'999}));
    CHECK(are_source_ports({27'961, 65'535}));
    CHECK_FALSE(are_source_ports({27'960, 65'535}));
    CHECK_FALSE(are_source_ports({1024, 65'535}));
    CHECK_FALSE(are_source_ports({1023, 1100}));
}

TEST_CASE("the kernel's ports are trusted since it draws them as getrandom does",
          "[transport][A4]") {
    for (const char* good : {"5.19.0", "6.1.0-18-amd64", "6.18.44-fc", "10.0", "6.1+"}) {
        CAPTURE(good);
        CHECK(draws_ports_well(good));
    }
    for (const char* old : {"", "6", "6.", "x", "5.18.99", "5.4.0-150-generic", "4.20.1", "5.x"}) {
        CAPTURE(old);
        CHECK_FALSE(draws_ports_well(old));
    }
}

}  // namespace wend
