// The ways in which octets fail to be a DNS message, a name or rdata.
#pragma once
#include <cstdint>
#include <string_view>

namespace wend::dns {

enum class FormError : std::uint8_t {
    truncated,       // the octets end too early
    bad_label_type,  // 0x40 or 0x80 (RFC 6891 5 retired them)
    bad_pointer,     // not strictly backward, or into the header
    name_too_long,   // over 255 octets (RFC 1035 2.3.4)
    label_too_long,  // over 63 octets, in text
    empty_label,     // in text
    bad_escape,      // in text
    too_much_work,   // pointer and label steps over 4 for each octet of the message
    bad_rdata,       // does not fill exactly its RDLENGTH, or breaks the form of its type
    bad_question_count,
    bad_class,  // a record of a class other than the question's
    bad_opt,    // two OPT records, one with an owner, or one outside the additional section
    too_long,   // over 65,535 octets
    bad_type,   // a record of a type that is asked for but never is data (RFC 6895 3.1), or a TSIG
                // that is not the last record (RFC 8945 5.1)
};

// A few words for a person: "a name over 255 octets".
std::string_view describe(FormError error);

}  // namespace wend::dns
