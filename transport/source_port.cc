#include "transport/source_port.h"

namespace wend {

std::uint16_t source_port_at(std::size_t index) {
    std::size_t port = source_port_first + index;
    for (const std::uint16_t never : never_source_ports) {
        if (port >= never) {
            ++port;
        }
    }
    return static_cast<std::uint16_t>(port);
}

}  // namespace wend
