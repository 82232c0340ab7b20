// Names inside a message, where a suffix may be a pointer to an earlier place (RFC 1035 4.1.4).
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "base/octets.h"
#include "dns/form_error.h"

namespace wend::dns {

// Appends the name that starts at message[at] to `out`, uncompressed, and returns where what
// follows it in place begins. The part before the first pointer ends at or before message[end].
//
// A pointer goes strictly backward, to a name that ends before the labels that led to it, and never
// into the header: so no chain can loop, and no name depends on what follows it. Each label and
// each pointer takes one of `steps_left`, which is one count for a whole message: too_much_work
// when none is left. On failure `out` is as before.
std::expected<std::size_t, FormError> append_name(Octets message, std::size_t at, std::size_t end,
                                                  std::size_t& steps_left,
                                                  std::vector<std::uint8_t>& out);

}  // namespace wend::dns
