// A client that asks at a steady pace, many questions at once, and counts what it hears.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/address.h"

namespace wend::live {

struct LoadCounts {
    std::uint64_t asked = 0;
    std::uint64_t good = 0;  // NOERROR, or TC and nothing more
    std::uint64_t servfail = 0;
    std::uint64_t other = 0;   // another code, or no answer to anything asked
    std::uint64_t lost = 0;    // not answered, seconds after the end
    std::uint64_t broken = 0;  // connections that ended
    std::uint64_t slowest_ms = 0;
};

struct LoadOptions {
    bool over_tcp = false;
    unsigned per_second = 1'000;
    unsigned sockets = 4;
    std::size_t waiting_max = 20;  // on one connection; over UDP as many as there are ids
};

// One thread of its own, until end().
class SteadyLoad {
  public:
    SteadyLoad(const Endpoint& where, const LoadOptions& options);
    SteadyLoad(const SteadyLoad&) = delete;
    SteadyLoad& operator=(const SteadyLoad&) = delete;
    SteadyLoad(SteadyLoad&&) = delete;
    SteadyLoad& operator=(SteadyLoad&&) = delete;
    ~SteadyLoad();

    LoadCounts end();

  private:
    struct Line;
    void run();
    void ask(Line& line);
    void hear(Line& line);
    void take(Line& line, const std::uint8_t* message, std::size_t size);

    Endpoint where_;
    LoadOptions options_;
    LoadCounts counts_;
    std::uint64_t next_name_ = 0;
    std::atomic<bool> is_ending_{false};
    std::thread thread_;
};

}  // namespace wend::live
