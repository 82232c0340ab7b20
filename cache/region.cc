#include "cache/region.h"

#include <new>

#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

namespace wend::cache {

std::size_t page_size() {
    static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return size;
}

std::size_t whole_pages(std::size_t size) {
    return (size + page_size() - 1) / page_size() * page_size();
}

Region::Region(std::size_t size) : size_(whole_pages(size)) {
    void* mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        throw std::bad_alloc();
    }
    // A huge page for one octet would make an empty cache large. Failing is harmless.
    static_cast<void>(madvise(mapped, size_, MADV_NOHUGEPAGE));
    data_ = static_cast<std::uint8_t*>(mapped);
}

Region::~Region() {
    munmap(data_, size_);
}

void Region::reset() {
    const int failed = madvise(data_, size_, MADV_DONTNEED);
    check(failed == 0, "pages of our own can be given back");
}

}  // namespace wend::cache
