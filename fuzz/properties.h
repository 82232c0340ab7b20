// What must hold for any octets: the fuzz targets state it, and tests hold it for seeded ones.
#pragma once
#include <string>

#include "base/octets.h"

namespace wend::fuzz {

// Parsing ends within its steps, and a message that was parsed, built again, parses to the same
// records. Empty if so, else what does not hold.
std::string complaint_about_message(Octets wire);

// A name read from a message is a name, of nothing behind the place where it was read; and text
// that is a name stays the same through text and back.
std::string complaint_about_name(Octets input);

// The first two octets are a type. The rest taken as its rdata, as rdata within a message and as
// text: what is valid prints and reads back as the same octets and has a valid canonical form; what
// is read or accepted is valid. And a zone file's records read back as they print.
std::string complaint_about_rdata(Octets input);

}  // namespace wend::fuzz
