#include "base/frame.h"

#include <array>
#include <new>

namespace wend {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keep_frames = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool keep_frames = false;
#else
constexpr bool keep_frames = true;
#endif
#else
constexpr bool keep_frames = true;
#endif

constexpr std::size_t granule = 128;
constexpr std::size_t classes = 64;          // frames up to 8 KiB are kept
constexpr std::size_t kept_per_class = 256;  // at most 1 MiB a class, for each thread

struct FreeFrame {
    FreeFrame* next;
};

class FreeLists {
  public:
    FreeLists() = default;
    FreeLists(const FreeLists&) = delete;
    FreeLists& operator=(const FreeLists&) = delete;
    FreeLists(FreeLists&&) = delete;
    FreeLists& operator=(FreeLists&&) = delete;

    ~FreeLists() {
        for (auto& list : lists_) {
            while (list.first != nullptr) {
                FreeFrame* frame = list.first;
                list.first = frame->next;
                ::operator delete(frame);
            }
        }
    }

    void* take(std::size_t size_class) {
        List& list = lists_[size_class];
        if (list.first == nullptr) {
            return ::operator new((size_class + 1) * granule);
        }
        FreeFrame* frame = list.first;
        list.first = frame->next;
        --list.count;
        return frame;
    }

    void give(void* memory, std::size_t size_class) noexcept {
        List& list = lists_[size_class];
        if (list.count == kept_per_class) {
            ::operator delete(memory);
            return;
        }
        list.first = new (memory) FreeFrame{list.first};
        ++list.count;
    }

  private:
    struct List {
        FreeFrame* first = nullptr;
        std::size_t count = 0;
    };

    std::array<List, classes> lists_;
};

thread_local std::size_t frames_alive = 0;
thread_local FreeLists free_lists;

}  // namespace

void* allocate_frame(std::size_t size) {
    const std::size_t size_class = (size - 1) / granule;
    void* const frame =
        keep_frames && size_class < classes ? free_lists.take(size_class) : ::operator new(size);
    ++frames_alive;
    return frame;
}

void free_frame(void* frame, std::size_t size) noexcept {
    --frames_alive;
    const std::size_t size_class = (size - 1) / granule;
    if (keep_frames && size_class < classes) {
        free_lists.give(frame, size_class);
    } else {
        ::operator delete(frame);
    }
}

std::size_t live_frames() noexcept {
    return frames_alive;
}

}  // namespace wend
