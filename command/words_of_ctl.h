// What may be typed behind `wend ctl`, from the table of verbs.
#pragma once
#include <string_view>

#include "command/completions.h"

namespace wend {

WordsOfCommand words_of_ctl(std::string_view help);

}  // namespace wend
