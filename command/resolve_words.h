// What `wend resolve` reads of a person's words, and what it says in its first line.
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "base/address.h"
#include "dns/message.h"
#include "resolver/answer.h"

namespace wend {

// 1.2.0.192.in-addr.arpa. or ...ip6.arpa. (RFC 1035 3.5, RFC 3596 2.5).
dns::Name reverse_name(const IpAddress& address);

// The question that the words ask. An address asks for its reverse name; letters beyond ASCII are
// written as the DNS holds them (RFC 5891). `type` may be empty: PTR for an address, else A. With
// `reverse` the name must be an address. The error is one sentence.
std::expected<dns::Question, std::string> question_from_words(std::string_view name,
                                                              std::string_view type, bool reverse);

// "secure", "insecure" or "bogus"; "not validated" where nobody looked; empty for a failure that is
// not about trust.
std::string_view trust_in_words(const Answer& answer, bool validated);

// ";; NOERROR, secure: resolved by asking the authoritative servers", without a line end.
std::string heading(const Answer& answer, bool validated);

}  // namespace wend
