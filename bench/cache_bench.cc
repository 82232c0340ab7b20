// What a cached name costs in memory, and a store, a hit and a miss in time. Prints a line for
// each.
//
//   cache_bench [NAMES] [MiB]      1,000,000 names with an A record each in 256 MiB
#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "base/random.h"
#include "cache/cache.h"

namespace wend::cache {
namespace {

std::size_t resident_octets() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// n0000001.example.com, 22 octets in wire form, without going through text.
class Names {
  public:
    dns::NameView operator()(std::uint64_t number) {
        for (std::size_t digit = 8; digit >= 2; --digit) {
            wire_[digit] = static_cast<std::uint8_t>('0' + number % 10);
            number /= 10;
        }
        return dns::NameView::trusted(wire_);
    }

  private:
    std::array<std::uint8_t, 22> wire_ = {8,   'n', '0', '0', '0', '0', '0', '0', '0', 7,   'e',
                                          'x', 'a', 'm', 'p', 'l', 'e', 3,   'c', 'o', 'm', 0};
};

// Of this thread, so that what else the machine does does not count.
double cpu_nanoseconds() {
    timespec spent{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) * 1e9 + static_cast<double>(spent.tv_nsec);
}

template <class Work>
double nanoseconds_each(std::uint64_t count, Work work) {
    const double start = cpu_nanoseconds();
    for (std::uint64_t i = 0; i < count; ++i) {
        work(i);
    }
    return (cpu_nanoseconds() - start) / static_cast<double>(count);
}

void measure(std::uint64_t count, std::size_t bytes_max) {
    SeededRandom random(1);
    Options options;
    options.bytes_max = bytes_max;
    options.key = HashKey::draw(random);
    Cache cache(options);
    Names names;
    const std::size_t before = resident_octets();
    const double store = nanoseconds_each(count, [&](std::uint64_t i) {
        dns::RRsetBuilder builder(names(i), dns::Type::a);
        builder.add(std::array<std::uint8_t, 4>{10, 0, 0, 1});
        cache.store(builder.finish(86'400), Rank::answer, Instant{});
    });
    const std::size_t after = resident_octets();
    const Statistics statistics = cache.statistics();
    std::array<std::uint8_t, 512> buffer{};
    std::uint64_t hits = 0;
    const auto look = [&](std::uint64_t number) {
        hits += cache.find_packed(names(number), dns::Type::a, Instant{}, buffer) ? 1U : 0U;
    };
    const double draw = nanoseconds_each(
        count, [&](std::uint64_t) { hits += random.below(count) == count ? 1U : 0U; });
    const double hit =
        nanoseconds_each(count, [&](std::uint64_t) { look(random.below(count)); }) - draw;
    const double hot = nanoseconds_each(count, [&](std::uint64_t i) { look(count - 1 - i % 64); });
    const double miss =
        nanoseconds_each(count, [&](std::uint64_t) { look(count + random.below(count)); }) - draw;
    const auto each = [count](std::size_t octets) {
        return static_cast<double>(octets) / static_cast<double>(count);
    };
    fmt::print("names stored          {}\n", count);
    fmt::print("entries kept          {}\n", statistics.entries);
    fmt::print("evictions             {}\n", statistics.evictions);
    fmt::print("resident octets each  {:.1f}\n", each(after - before));
    fmt::print("accounted octets each {:.1f}\n", each(statistics.bytes));
    fmt::print("build and store       {:.0f} ns\n", store);
    fmt::print("hit, any name         {:.0f} ns\n", hit);
    fmt::print("hit, one of 64        {:.0f} ns\n", hot);
    fmt::print("miss                  {:.0f} ns\n", miss);
    fmt::print("hits                  {}\n", hits);
}

}  // namespace
}  // namespace wend::cache

int main(int count, char** arguments) {
    const auto number = [&](int at, std::uint64_t otherwise) {
        return count > at ? std::strtoull(arguments[at], nullptr, 10) : otherwise;
    };
    wend::cache::measure(number(1, 1'000'000), number(2, 256) << 20);
}
