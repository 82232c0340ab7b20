#include <array>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "cache/cache.h"
#include "cache/failures.h"
#include "cache/kept_entry.h"
#include "cache/server_memory.h"
#include "cache/spans.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Type;
using make::at;

// What one worker does to caches it shares. `wrong` counts answers that nobody has stored.
class Worker {
  public:
    Worker(Cache& cache, Failures& failures, ServerMemory& servers)
        : cache_(cache), failures_(failures), servers_(servers) {}

    void run(std::uint64_t seed) {
        SeededRandom random(seed);
        for (int i = 0; i < 20'000; ++i) {
            const auto number = static_cast<std::uint8_t>(random.below(200));
            const std::string name = "n" + std::to_string(number) + ".test.";
            act(random.below(8), name, number, at(i / 100));
        }
    }

    std::size_t wrong() const { return wrong_; }

    std::size_t hits() const { return hits_; }

  private:
    void act(std::uint64_t action, const std::string& name, std::uint8_t number, Instant now) {
        const dns::Name owner = name_of(name);
        const auto soa = make::soa("test.", 20, 20);
        switch (action) {
            case 0:
                cache_.store(make::a(name, 30, number), Rank::answer, now);
                break;
            case 1:
                cache_.store_denial(make::denial(name, dns::Rcode::noerror, soa), Type::mx, now);
                break;
            case 2:
                cache_.store_delegation({owner, {{owner, {}}}, {}, false, {}, now + seconds_}, now);
                break;
            case 3:
                look_for_delegation(owner, now);
                break;
            case 4:
                failures_.note(owner, Type::a, false, dns::Reason::bad_response, now);
                servers_.note_reply({IpAddress::v4(Octets(four_)), number}, seconds_, now);
                static_cast<void>(failures_.find(owner, Type::a, false, now));
                break;
            case 5:
                static_cast<void>(cache_.statistics());
                break;
            default:
                look(owner, number, now);
        }
    }

    void look_for_delegation(const dns::Name& owner, Instant now) {
        const auto found = cache_.closest_delegation(owner, now);
        wrong_ += found && !(found->servers.at(0).name == owner) ? 1U : 0U;
        static_cast<void>(cache_.find_denial(owner, Type::mx, now));
    }

    void look(const dns::Name& owner, std::uint8_t number, Instant now) {
        std::array<std::uint8_t, 512> buffer{};
        if (const auto hit = cache_.find_packed(owner, Type::a, now, buffer)) {
            ++hits_;
            const auto rrset = dns::PackedRRset::trusted(Octets(buffer).first(hit->size));
            const bool right = rrset.owner() == owner.view() && rrset.rdatas().front()[3] == number;
            wrong_ += right ? 0U : 1U;
        }
    }

    Cache& cache_;
    Failures& failures_;
    ServerMemory& servers_;
    std::size_t wrong_ = 0;
    std::size_t hits_ = 0;
    static constexpr std::chrono::seconds seconds_{10};
    static constexpr std::array<std::uint8_t, 4> four_ = {192, 0, 2, 1};
};

TEST_CASE("four workers share the caches", "[cache][threads]") {
    Options options = make::small_cache();
    options.bytes_max = GENERATE(std::size_t{64} << 10, std::size_t{4} << 20);
    Cache cache(options);
    Failures failures(100, {1, 2});
    ServerMemory servers(100, {1, 2});
    std::vector<Worker> workers(4, Worker(cache, failures, servers));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        threads.emplace_back([&worker = workers[i], i] { worker.run(i); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const Worker& worker : workers) {
        CHECK(worker.wrong() == 0);
        CHECK(worker.hits() > 100);
    }
    CHECK(cache.statistics().bytes <= std::max(options.bytes_max, std::size_t{70} << 10));
}

// Whoever flushes, walks and forgets does so beside workers that store: for the thread sanitizer,
// and nobody finds what nobody has stored.
TEST_CASE("flushing and walking go on while others store", "[cache][threads]") {
    Cache cache(make::small_cache());
    Failures failures(100, {1, 2});
    ServerMemory servers(100, {1, 2});
    Spans spans({.key = {1, 2}});
    std::vector<Worker> workers(2, Worker(cache, failures, servers));
    std::atomic<bool> is_over{false};
    std::size_t seen = 0;
    std::thread flusher([&] {
        const std::array<std::uint8_t, 4> address = {192, 0, 2, 1};
        do {
            cache.flush_name(name_of("n1.test."));
            cache.flush_zone(name_of("n2.test."));
            cache.forget_validation(name_of("test."));
            cache.flush_bogus();
            failures.flush_name(name_of("n3.test."));
            servers.flush({IpAddress::v4(address), 7});
            spans.flush_all();
            for (std::optional<Cursor> from = Cursor{}; from;) {
                const Step step =
                    cache.walk({}, *from, at(0), [&](std::span<const KeptEntry> some) {
                        seen += some.size();
                        return true;
                    });
                from = step.next;
            }
        } while (!is_over);
    });
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        threads.emplace_back([&worker = workers[i], i] { worker.run(i); });
    }
    for (int i = 0; i < 500; ++i) {
        const std::string zone = "z" + std::to_string(i) + ".test.";
        spans.store_nsec(name_of(zone), make::rrset("a." + zone, Type::nsec, 100, {{0}}), at(0));
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    is_over = true;
    flusher.join();
    for (const Worker& worker : workers) {
        CHECK(worker.wrong() == 0);
    }
    CHECK(seen > 0);
}

}  // namespace
}  // namespace wend::cache
