// Memory asked for ahead of what must not fail.
#pragma once
#include <algorithm>
#include <cstddef>

namespace wend {

// After this the vector grows to `count` elements without asking for memory. Called before each of
// many small steps it moves the elements seldom.
template <class Vector>
void make_room(Vector& vector, std::size_t count) {
    if (vector.capacity() < count) {
        vector.reserve(std::max(count, 2 * vector.capacity()));
    }
}

}  // namespace wend
