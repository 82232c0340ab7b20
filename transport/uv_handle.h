// Ownership of libuv handles: libuv may use a handle's memory until its close callback has run.
#pragma once
#include <memory>

#include <uv.h>

namespace wend {

// Starts the close; the memory goes when libuv says so. After that nothing of ours may be reached
// from the handle, so `data` is cleared: a callback that still comes finds nobody.
struct CloseHandle {
    template <class H>
    void operator()(H* handle) const noexcept {
        handle->data = nullptr;
        uv_close(reinterpret_cast<uv_handle_t*>(handle),
                 [](uv_handle_t* closed) { delete reinterpret_cast<H*>(closed); });
    }
};

template <class H>
using UvHandle = std::unique_ptr<H, CloseHandle>;

}  // namespace wend
