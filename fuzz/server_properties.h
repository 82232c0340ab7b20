// What must hold for any text that an operator gives and any datagram that a client sends: the fuzz
// targets state it, and tests hold it for the corpora and seeded changes of them.
#pragma once
#include <string>

#include "base/octets.h"

namespace wend::fuzz {

// A zone file is read or refused with a place inside it; what is read prints, and what it prints
// reads back as the same records.
std::string complaint_about_zone(Octets input);

// A configuration is read, or each mistake has a place inside the text and a sentence.
std::string complaint_about_configuration(Octets input);

// A scenario is read, or refused with a line inside the text and a sentence.
std::string complaint_about_scenario(Octets input);

// The first octet says how the rest came: over UDP or TCP, from whom. Any message gets one reply or
// none; it is a response of ours with the query's id, and never longer than its channel and the
// query allow. The resolver behind is one that answers at once.
std::string complaint_about_request(Octets input);

// The first octets are a secret, a time and a client's address, the rest a COOKIE option. None is
// taken for ours unless it was made with the secret, and what we reply with is taken from the same
// client at the same time.
std::string complaint_about_cookie(Octets input);

}  // namespace wend::fuzz
