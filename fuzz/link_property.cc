#include <algorithm>

#include "fuzz/transport_properties.h"
#include "transport/link.h"

namespace wend::fuzz {

std::string complaint_about_link(Octets input) {
    const auto message = decode_link(input);
    if (!message) {
        return {};
    }
    if (input.size() > link_message_max) {
        return "a message is longer than any may be";
    }
    const auto again = encode(*message);
    if (!again) {
        return "what was read cannot be written";
    }
    return Octets(*again).size() == input.size() &&
                   std::equal(again->begin(), again->end(), input.begin())
               ? std::string()
               : "one message has two encodings";
}

}  // namespace wend::fuzz
