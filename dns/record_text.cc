// Apart from the zone file reader, so that what only prints does not link it.
#include <fmt/core.h>

#include "dns/rdata.h"
#include "dns/zone_file.h"

namespace wend::dns {

std::string record_to_text(NameView owner, std::uint32_t ttl, Class rclass, Type type,
                           Octets rdata) {
    return fmt::format("{} {} {} {} {}", to_text(owner), ttl, to_text(rclass), to_text(type),
                       rdata_to_text(type, rdata));
}

}  // namespace wend::dns
