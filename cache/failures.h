// RFC 9520: a resolution that failed is not tried again at once. 5 s, doubling to 300 s.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/hash.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/reason.h"
#include "dns/types.h"

namespace wend::cache {

inline constexpr Duration failure_time_min = std::chrono::seconds(5);
inline constexpr Duration failure_time_max = std::chrono::seconds(300);
inline constexpr Duration bogus_time = std::chrono::seconds(60);

// Callable from any thread. Holds at most `entries_max`; the least recently used goes first.
class Failures {
  public:
    Failures(std::size_t entries_max, const HashKey& key);
    Failures(const Failures&) = delete;
    Failures& operator=(const Failures&) = delete;
    Failures(Failures&&) = delete;
    Failures& operator=(Failures&&) = delete;
    ~Failures();

    struct Failure {
        dns::Reason reason{};
        Instant until{};
    };

    std::optional<Failure> find(dns::NameView name, dns::Type type, bool checking_disabled,
                                Instant now) const;
    // Doubles the time of a failure that came again within its time once more.
    void note(dns::NameView name, dns::Type type, bool checking_disabled, dns::Reason reason,
              Instant now);
    void forget(dns::NameView name, dns::Type type, bool checking_disabled);
    void clear();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend::cache
