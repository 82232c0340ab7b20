// The OPT record of a message that cannot be read as a whole, for who must reply to it all the
// same. Pure.
#pragma once
#include <optional>

#include "base/octets.h"
#include "dns/edns.h"

namespace wend::dns {

// The fixed fields of the first OPT record of the additional section, without its options. Nothing
// if there is none, or if it stands behind something whose end cannot be told. Any octets are
// taken; any number of questions is passed over. Linear in their size.
std::optional<Edns> skim_opt(Octets message);

}  // namespace wend::dns
