#include "dns/edns.h"

#include <algorithm>

namespace wend::dns {
namespace {

constexpr std::uint16_t least_payload_size = 512;
constexpr std::uint32_t dnssec_ok_bit = 0x8000;

}  // namespace

const EdnsOption* Edns::find(OptionCode code) const {
    const auto found = std::ranges::find(options, code, &EdnsOption::code);
    return found == options.end() ? nullptr : &*found;
}

void Edns::set_fields(std::uint16_t rclass, std::uint32_t ttl) {
    udp_payload_size = std::max(rclass, least_payload_size);
    extended_rcode = static_cast<std::uint8_t>(ttl >> 24);
    version = static_cast<std::uint8_t>(ttl >> 16);
    dnssec_ok = (ttl & dnssec_ok_bit) != 0;
}

bool Edns::set_options(Octets rdata) {
    options.clear();
    while (!rdata.empty()) {  // ends: each option takes four octets or more
        if (rdata.size() < option_header) {
            return false;
        }
        const std::size_t size = load_u16(rdata, 2);
        if (size > rdata.size() - option_header) {
            return false;
        }
        if (options.size() < edns_options_max) {
            options.push_back({OptionCode{load_u16(rdata, 0)}, rdata.subspan(option_header, size)});
        }
        rdata = rdata.subspan(option_header + size);
    }
    return true;
}

}  // namespace wend::dns
