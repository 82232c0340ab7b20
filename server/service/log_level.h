// How much of what happens is written to the log.
#pragma once
#include "config/config.h"

namespace wend {

// Of the whole process, from here on. Any thread.
void set_log_level(LogLevel level);

}  // namespace wend
