// The internet of nsd_test: a root, the domains town and other, and what is in them.
#pragma once
#include <string>
#include <vector>

#include "base/address.h"
#include "tests/live/nsd.h"

namespace wend::live {

inline const IpAddress root_address = *IpAddress::from_text("127.77.1.1");
inline const IpAddress top_address = *IpAddress::from_text("127.77.1.2");
inline const IpAddress leaf_address = *IpAddress::from_text("127.77.1.3");

std::string hints_text();
std::vector<ZoneText> root_zones();
std::vector<ZoneText> top_zones();
std::vector<ZoneText> leaf_zones();

}  // namespace wend::live
