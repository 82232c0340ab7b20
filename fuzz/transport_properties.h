// What must hold for any octets that a server sends: the fuzz targets state it, and tests hold it
// for seeded ones.
#pragma once
#include <string>

#include "base/octets.h"

namespace wend::fuzz {

// The first octet says over which channel the rest came, and whether it is the datagram itself or
// a list of changes (two octets of place, one of value) to the right reply. What is accepted has
// our id, is a response of allowed size and repeats our question. Empty if so, else what does not
// hold.
std::string complaint_about_reply(Octets input);

// A stream gives the same messages in whatever parts its octets come.
std::string complaint_about_stream(Octets input);

// The first octet says whether the rest is what a client or what a server sends, and in what parts.
// The messages, the refusal and where in the stream each comes out are the same in any parts; what
// is bad stays bad; what is held is within the limits; and a request is a head up to the first
// empty line with its Content-Length of octets behind it, never an octet of a body.
std::string complaint_about_http1(Octets input);

// What the other of the two processes may send over their link: what is read is what is written so,
// octet for octet.
std::string complaint_about_link(Octets input);

}  // namespace wend::fuzz
