#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace wend {

void broken_promise(const char* promise, const std::source_location& where) {
    std::fprintf(stderr, "wend: broken promise at %s:%u: %s\n", where.file_name(), where.line(),
                 promise);
    std::abort();
}

}  // namespace wend
