// Standard output as a result: what could not be written was not done.
#pragma once
#include <string>

namespace wend {

// Opens what whoever started us has closed, so that no socket or file of ours comes to be standard
// output: writing there then fails, as it should.
void open_standard_streams();

// Writes what is still held. Empty if all of standard output has arrived; else why not.
std::string finish_standard_output();

}  // namespace wend
