#include "dns/form_error.h"

namespace wend::dns {

std::string_view describe(FormError error) {
    switch (error) {
        case FormError::truncated:
            return "the octets end too early";
        case FormError::bad_label_type:
            return "a label type that is not in use";
        case FormError::bad_pointer:
            return "a compression pointer that does not point back to a name";
        case FormError::name_too_long:
            return "a name over 255 octets";
        case FormError::label_too_long:
            return "a label over 63 octets";
        case FormError::empty_label:
            return "an empty label";
        case FormError::bad_escape:
            return "a backslash that is not followed by an octet";
        case FormError::too_much_work:
            return "names that take too much work to read";
        case FormError::bad_rdata:
            return "rdata that does not fit its type or its length";
        case FormError::bad_question_count:
            return "more than one question";
        case FormError::bad_class:
            return "a record of a class other than the question's";
        case FormError::bad_opt:
            return "an OPT record that is malformed, misplaced or doubled";
        case FormError::too_long:
            return "over 65,535 octets";
        case FormError::bad_type:
            return "a record of a type that is never data";
    }
    return "a malformed message";
}

}  // namespace wend::dns
