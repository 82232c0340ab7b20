// Zones of tests, from text that is known to be right.
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dns/message.h"
#include "dns/name.h"
#include "sim/authority.h"
#include "sim/zone.h"

namespace wend::sim {

inline ZonePtr zone_of(std::string_view apex, std::string_view records) {
    const std::string text =
        "@ 3600 IN SOA ns hostmaster 1 7200 900 1209600 300\n@ 3600 IN NS ns\n" +
        std::string(records);
    auto zone = Zone::from_text(text, dns::name_of(apex));
    return zone ? std::make_shared<const Zone>(std::move(*zone)) : nullptr;
}

inline dns::Question question_of(std::string_view name, dns::Type type = dns::Type::a) {
    return dns::Question{dns::name_of(name), type};
}

// "owner TYPE, owner TYPE", in order.
inline std::string outline(const std::vector<dns::RRset>& rrsets) {
    std::string text;
    for (const dns::RRset& rrset : rrsets) {
        text +=
            (text.empty() ? "" : ", ") + to_text(rrset.owner()) + ' ' + dns::to_text(rrset.type());
    }
    return text;
}

}  // namespace wend::sim
