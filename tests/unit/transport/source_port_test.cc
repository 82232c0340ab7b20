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
}

}  // namespace wend
