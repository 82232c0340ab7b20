// Our own promises, in every build: input is checked where it comes in and never asserted here.
#pragma once
#include <source_location>

namespace wend {

// Writes one line with the place and the reason to standard error and aborts.
[[noreturn]] void broken_promise(const char* promise, const std::source_location& where);

// Aborts unless `holds`. `promise` is a static string.
inline void check(bool holds, const char* promise,
                  const std::source_location& where = std::source_location::current()) {
    if (!holds) [[unlikely]] {
        broken_promise(promise, where);
    }
}

}  // namespace wend
