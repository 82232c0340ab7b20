// The program's operator new: what was freed is kept by size, for each thread.
//
// A resolution takes and gives back some forty blocks of a few dozen sizes, and hundreds of
// resolutions are under way at once: more than the C library keeps at hand, so that it merges and
// splits blocks all the time. Every block here is one of malloc's own: it may end in another
// thread, and without its size being told. Tests and sanitizers do without, to count and watch
// every block.
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEND_SANITIZED
#endif
#endif

#if !defined(WEND_SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

constexpr std::size_t granule = 32;
constexpr std::size_t classes = 256;  // blocks up to 8 KiB are kept
// Of each thread: what a busy worker's resolutions hold between them.
constexpr std::size_t kept_octets_max = std::size_t{4} << 20;

struct FreeBlock {
    FreeBlock* next;
};

// Trivial, so that it can be used until the very end of its thread.
struct FreeLists {
    std::array<FreeBlock*, classes> first;
    std::size_t kept_octets;
    bool is_closed;
};

constinit thread_local FreeLists lists{};

// Gives a thread's blocks back when it ends.
struct Closing {
    Closing() = default;
    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;
    Closing(Closing&&) = delete;
    Closing& operator=(Closing&&) = delete;

    ~Closing() {
        lists.is_closed = true;
        for (FreeBlock*& first : lists.first) {
            while (first != nullptr) {
                std::free(std::exchange(first, first->next));
            }
        }
    }
};

// [new.delete.single]: a handler makes room, takes itself away, or throws.
[[gnu::noinline]] void* allocate(std::size_t octets) {
    for (;;) {
        void* const block = std::malloc(octets);
        if (block != nullptr) {
            return block;
        }
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) {
            throw std::bad_alloc();
        }
        handler();
    }
}

[[gnu::noinline]] void give_back(void* block, std::size_t size_class) noexcept {
    static thread_local Closing closing;
    if (lists.is_closed) {
        std::free(block);
        return;
    }
    lists.first[size_class] = new (block) FreeBlock{nullptr};
    lists.kept_octets += (size_class + 1) * granule;
}

}  // namespace

void* operator new(std::size_t size) {
    const std::size_t size_class = size == 0 ? 0 : (size - 1) / granule;
    if (size_class >= classes) {
        return allocate(size);
    }
    FreeBlock* const block = lists.first[size_class];
    if (block == nullptr) {
        return allocate((size_class + 1) * granule);
    }
    lists.first[size_class] = block->next;
    __builtin_prefetch(block->next, 1);  // long out of the processor's caches, and next in turn
    lists.kept_octets -= (size_class + 1) * granule;
    return block;
}

void operator delete(void* block) noexcept {
    std::free(block);
}

void operator delete(void* block, std::size_t size) noexcept {
    const std::size_t size_class = size == 0 ? 0 : (size - 1) / granule;
    if (block == nullptr || size_class >= classes || lists.kept_octets >= kept_octets_max) {
        std::free(block);
        return;
    }
    FreeBlock* const next = lists.first[size_class];
    if (next == nullptr) {
        give_back(block, size_class);
        return;
    }
    lists.first[size_class] = new (block) FreeBlock{next};
    lists.kept_octets += (size_class + 1) * granule;
}

#endif
