// Names in the writing of people, as the DNS holds them (IDNA 2008, RFC 5891). The only place that
// knows libidn2.
#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace wend {

// Whether the text holds an octet that no host name and no A-label holds.
bool is_beyond_ascii(std::string_view text);

// "bücher.example" becomes "xn--bcher-kva.example", and "faß.example" "xn--fa-hia.example" (UTS 46,
// non-transitional). `text` is UTF-8; labels in ASCII stay as they are. The error says what is
// wrong with it.
std::expected<std::string, std::string> to_a_labels(std::string_view text);

// The same as advice: `write "xn--bcher-kva.example"`, or why there is no such form.
std::string a_label_advice(std::string_view text);

}  // namespace wend
