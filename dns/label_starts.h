// Where the labels of a name stand in its octets.
#pragma once
#include <array>
#include <cstdint>

#include "dns/name.h"

namespace wend::dns {

// Where each label starts, from the first label to the last before the root.
struct LabelStarts {
    explicit LabelStarts(NameView name) {
        const Octets wire = name.wire();
        std::size_t found = 0;
        for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
            starts[found++] = static_cast<std::uint8_t>(at);
        }
        count = found;
    }

    std::array<std::uint8_t, labels_max> starts;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::size_t count = 0;
};

}  // namespace wend::dns
