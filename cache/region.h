// Zeroed memory whose pages become resident one by one, as each is first written.
#pragma once
#include <cstddef>
#include <cstdint>

namespace wend::cache {

// Owns one anonymous mapping. A large region that is not written to costs address space only.
class Region {
  public:
    // Rounded up to whole pages. Throws std::bad_alloc (start-up only).
    explicit Region(std::size_t size);
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;
    Region(Region&&) = delete;
    Region& operator=(Region&&) = delete;
    ~Region();

    std::uint8_t* data() const { return data_; }

    std::size_t size() const { return size_; }

    // All zero again, and nothing resident.
    void reset();

  private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

std::size_t page_size();

// `size` rounded up to whole pages.
std::size_t whole_pages(std::size_t size);

}  // namespace wend::cache
