// The parts of complaint_about_rdata, for tests that know the type. Empty if all holds.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "dns/rdata.h"

namespace wend::fuzz {

// The octets that the text stands for; nothing if it is refused.
std::optional<std::vector<std::uint8_t>> rdata_octets(dns::Type type, std::string_view text,
                                                      dns::TextMode mode);

// Octets as they are. What is valid has one line of text that reads back as the same octets, a
// valid canonical form, and is read from a message as it is.
std::string complaint_about_rdata_octets(dns::Type type, Octets rdata);

// Octets from `at` to the end of a message, pointers and all: what is read is valid.
std::string complaint_about_rdata_in_message(dns::Type type, Octets message, std::size_t at);

// What is accepted is valid, and lenient reading gives the same.
std::string complaint_about_rdata_text(dns::Type type, std::string_view text);

}  // namespace wend::fuzz
