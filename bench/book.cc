// What the book costs: prints one line of JSON. Names are made up from a seed.
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/random.h"
#include "policy/build/write_book.h"

namespace wend::bench {
namespace {

using Clock = std::chrono::steady_clock;

class Names {
  public:
    explicit Names(std::uint64_t seed) : random_(seed) {}

    // Registrable names, of which some have names below them, as lists of trackers have.
    std::string next() {
        if (below_ > 0) {
            --below_;
            return word().substr(0, 6) + "." + base_;
        }
        static constexpr std::array tops = {"com", "com", "com", "com",  "net", "org",
                                            "xyz", "top", "de",  "info", "ru",  "co.uk"};
        base_ = word() + (random_.chance(25) ? "-" + word() : "") +
                std::to_string(random_.below(100)) + "." + tops[random_.below(tops.size())];
        below_ = random_.below(4) == 0 ? 3 : 0;
        return base_;
    }

  private:
    std::string word() {
        std::string made;
        for (std::uint64_t left = 2 + random_.below(4); left > 0; --left) {
            made += "bcdfghjklmnprstvwxz"[random_.below(19)];
            made += "aeiou"[random_.below(5)];
        }
        return made;
    }

    SeededRandom random_;
    std::string base_;
    std::uint64_t below_ = 0;
};

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// "VmRSS", "VmHWM": octets.
double status_of(const char* key) {
    std::FILE* const file = std::fopen("/proc/self/status", "re");
    std::string line(256, '\0');
    double octets = 0;
    while (file != nullptr &&
           std::fgets(line.data(), static_cast<int>(line.size()), file) != nullptr) {
        if (line.starts_with(key)) {
            octets =
                1024 * std::strtod(line.c_str() + std::char_traits<char>::length(key) + 1, nullptr);
        }
    }
    if (file != nullptr) {
        std::fclose(file);
    }
    return octets;
}

// Nanoseconds for each.
double look_up(const policy::Book& book, const std::vector<dns::Name>& names, std::size_t& found) {
    policy::SourceMask all;
    all.set();
    policy::Matches matches;
    const auto start = Clock::now();
    for (const dns::Name& name : names) {
        matches.clear();
        book.find_name(policy::Trigger::qname, name, all, matches);
        found += matches.all().size();
    }
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() /
           static_cast<double>(names.size());
}

std::vector<dns::Name> some(std::uint64_t seed, const char* suffix) {
    Names made_up(seed);
    std::vector<dns::Name> names;
    for (int i = 0; i < 200'000; ++i) {
        names.push_back(*dns::Name::from_text("www." + made_up.next() + suffix));
    }
    return names;
}

// The names alone.
double seconds_to_make(std::size_t count) {
    const double before = cpu_seconds();
    Names names(7);
    std::size_t octets = 0;
    for (std::size_t i = 0; i < count; ++i) {
        octets += dns::Name::from_text(names.next())->wire().size();
    }
    return octets > 0 ? cpu_seconds() - before : 0;
}

int run(std::size_t count) {
    const double at_rest = status_of("VmRSS");
    const double making = seconds_to_make(count);
    Names names(7);
    std::vector<policy::Run> runs;
    const double before = cpu_seconds();
    {
        auto writer = policy::RunWriter::make({"bench", policy::SourceKind::block});
        policy::Rule rule{.covers = policy::Covers::subtree};
        for (std::size_t i = 0; i < count; ++i) {
            rule.name = *dns::Name::from_text(names.next());
            rule.line = i + 1;
            writer->add(rule);
        }
        runs.push_back(*writer->finish());
    }
    auto file = policy::write_book(runs, {});
    const double spent = cpu_seconds() - before - making;
    const double run_octets = static_cast<double>(runs.front().ends.back());
    struct stat status{};
    fstat((*file)->fd(), &status);
    runs.clear();
    const double peak = status_of("VmHWM");
    const auto opening = Clock::now();
    const auto book = policy::Book::open((*file)->fd());
    std::size_t found = 0;
    look_up(**book, {dns::name_of("first.example.")}, found);
    const auto opened = std::chrono::duration<double, std::milli>(Clock::now() - opening).count();
    const double misses = look_up(**book, some(8, ".clean.example"), found);
    const double near = look_up(**book, some(9, ""), found);
    std::size_t hits = 0;
    const double held = look_up(**book, some(7, ""), hits);
    fmt::print(
        R"({{"names":{},"file_octets_per_name":{:.1f},"resident_octets":{:.0f},"peak_octets":{:.0f},)"
        R"("build_us_per_line":{:.2f},"open_ms":{:.2f},"miss_ns":{:.0f},"near_miss_ns":{:.0f},)"
        R"("hit_ns":{:.0f},"hits":{:.3f},"run_octets_per_name":{:.1f}}})"
        "\n",
        (*book)->names(),
        static_cast<double>(status.st_size) / static_cast<double>((*book)->names()),
        status_of("VmRSS") - at_rest, peak - at_rest, 1e6 * spent / static_cast<double>(count),
        opened, misses, near, held, static_cast<double>(hits) / 200'000,
        run_octets / static_cast<double>((*book)->names()));
    return 0;
}

}  // namespace
}  // namespace wend::bench

int main(int count, char** arguments) {
    return wend::bench::run(count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 1'000'000);
}
