// A mutex whose use clang checks: a field marked WEND_GUARDED_BY(mutex) is read and written only
// where the compiler sees that the mutex is held (-Wthread-safety). g++ ignores the marks.
#pragma once
#include <mutex>

#if defined(__clang__)
#define WEND_THREAD_ANNOTATION(...) __attribute__((__VA_ARGS__))
#else
#define WEND_THREAD_ANNOTATION(...)
#endif

#define WEND_CAPABILITY(name) WEND_THREAD_ANNOTATION(capability(name))
#define WEND_SCOPED_CAPABILITY WEND_THREAD_ANNOTATION(scoped_lockable)
#define WEND_GUARDED_BY(mutex) WEND_THREAD_ANNOTATION(guarded_by(mutex))
#define WEND_REQUIRES(...) WEND_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define WEND_EXCLUDES(...) WEND_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define WEND_ACQUIRE(...) WEND_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define WEND_RELEASE(...) WEND_THREAD_ANNOTATION(release_capability(__VA_ARGS__))

namespace wend {

class WEND_CAPABILITY("mutex") Mutex {
  public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    Mutex(Mutex&&) = delete;
    Mutex& operator=(Mutex&&) = delete;
    ~Mutex() = default;

    void lock() WEND_ACQUIRE() { mutex_.lock(); }

    void unlock() WEND_RELEASE() { mutex_.unlock(); }

  private:
    std::mutex mutex_;
};

// Holds the mutex from here to the end of its scope. Never across a suspension.
class WEND_SCOPED_CAPABILITY MutexLock {
  public:
    explicit MutexLock(Mutex& mutex) WEND_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }

    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;
    MutexLock(MutexLock&&) = delete;
    MutexLock& operator=(MutexLock&&) = delete;

    ~MutexLock() WEND_RELEASE() { mutex_.unlock(); }

  private:
    Mutex& mutex_;
};

}  // namespace wend
