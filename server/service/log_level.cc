#include "server/service/log_level.h"

#include <spdlog/spdlog.h>

namespace wend {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            break;
    }
    return spdlog::level::off;
}

}  // namespace

void set_log_level(LogLevel level) {
    spdlog::set_level(level_of(level));
}

}  // namespace wend
