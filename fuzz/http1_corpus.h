// Seeds of the target http1: requests and answers, right ones and those by which readers have been
// made to disagree.
#pragma once
#include <cstdint>
#include <vector>

namespace wend::fuzz {

// Each after the octet that complaint_about_http1 wants first.
std::vector<std::vector<std::uint8_t>> http1_corpus();

}  // namespace wend::fuzz
