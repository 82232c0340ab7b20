// How much of a search a build can afford.
#pragma once
#include <cstddef>

namespace wend::defences {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEND_SLOW_BUILD
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define WEND_SLOW_BUILD
#endif

#ifdef WEND_SLOW_BUILD
inline constexpr bool is_slow_build = true;
#else
inline constexpr bool is_slow_build = false;
#endif

inline constexpr std::size_t scaled(std::size_t whole, std::size_t slow) {
    return is_slow_build ? slow : whole;
}

}  // namespace wend::defences
