// Standard output as a result: what could not be written was not done.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>

namespace wend {

// Opens what whoever started us has closed, so that no socket or file of ours comes to be standard
// output: writing there then fails, as it should.
void open_standard_streams();

// Writes what is still held. Empty if all of standard output has arrived; else why not.
std::string finish_standard_output();

// Writes text, to standard output as a rule. What cannot be written is lost here and told by
// finish_standard_output(): nothing is thrown, as fmt::print does.
void put(std::FILE* stream, std::string_view text) noexcept;

}  // namespace wend
