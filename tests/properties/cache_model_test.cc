// Seeded operations on the cache and on a slow model of it, side by side.
#include "tests/properties/cache_model.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "cache/cache.h"

namespace wend::cache {
namespace {

constexpr std::array types = {dns::Type::a, dns::Type::cname, dns::Type::txt, dns::Type::ns};
constexpr std::array ranks = {Rank::hint,   Rank::additional,        Rank::authority,
                              Rank::answer, Rank::authority_from_aa, Rank::answer_from_aa};
constexpr std::uint8_t soa_minimum = 120;

// What is stored: of every rank and security, or all alike, so that the newest always replaces.
enum class Variety : std::uint8_t { all, alike };

// One run: the same operations on both, and each finding compared.
class Run {
  public:
    Run(std::uint64_t seed, std::size_t bytes_max, std::size_t names, Variety variety)
        : random_(seed),
          variety_(variety),
          options_(make_options(bytes_max)),
          model_(options_),
          cache_(options_) {
        for (std::size_t i = 0; i < names; ++i) {
            texts_.push_back("n" + std::to_string(i) + ".zone" + std::to_string(i % 7) + ".test.");
            names_.push_back(dns::name_of(texts_.back()));
        }
    }

    void step() {
        now_ += Duration(random_.below(20'000));
        const std::uint64_t action = random_.below(100);
        const std::size_t name = random_.below(names_.size());
        const dns::Type type = draw_type();
        if (action < 30) {
            store(name, type);
        } else if (action < 42) {
            store_denial(name, type);
        } else if (action < 44) {
            cache_.remove(names_[name], type);
            model_.remove(texts_[name], type);
        } else if (action < 80) {
            look(name, type);
        } else {
            look_for_denial(name, type);
        }
    }

    const Cache& cache() const { return cache_; }

    std::size_t wrong() const { return wrong_; }

    std::size_t found() const { return found_; }

    std::size_t missed() const { return missed_; }

  private:
    static Options make_options(std::size_t bytes_max) {
        Options options;
        options.bytes_max = bytes_max;
        options.ttl_max = 400;
        options.negative_ttl_max = 100;
        options.key = {11, 12};
        return options;
    }

    std::int64_t seconds() const {
        return std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch()).count();
    }

    // Alike: no NS sets, which do not outlive what they replace.
    dns::Type draw_type() {
        return types[random_.below(variety_ == Variety::all ? types.size() : types.size() - 1)];
    }

    Rank draw_rank() {
        return variety_ == Variety::all ? ranks[random_.below(ranks.size())] : Rank::answer;
    }

    dns::Security draw_security() {
        if (variety_ == Variety::alike) {
            return dns::Security::unchecked;
        }
        const std::uint64_t draw = random_.below(20);
        return draw < 5 ? dns::Security{static_cast<std::uint8_t>(draw)} : dns::Security::unchecked;
    }

    std::uint32_t draw_ttl() {
        return random_.chance(2) ? 0 : static_cast<std::uint32_t>(random_.below(500));
    }

    void store(std::size_t name, dns::Type type) {
        dns::RRsetBuilder builder(names_[name], type);
        const std::uint64_t records = 1 + random_.below(3);
        std::array<std::uint8_t, 80> rdata{};
        for (std::uint64_t i = 0; i < records; ++i) {
            rdata[0] = static_cast<std::uint8_t>(random_.next());
            rdata[1] = static_cast<std::uint8_t>(i);
            const std::size_t size = type == dns::Type::a ? 4 : 2 + random_.below(78);
            builder.add(Octets(rdata).first(size));
        }
        const dns::RRset rrset = builder.finish(draw_ttl(), draw_security());
        const Rank rank = draw_rank();
        cache_.store(rrset, rank, now_);
        model_.store(texts_[name], rrset, rank, seconds());
    }

    void store_denial(std::size_t name, dns::Type type) {
        Denial denial;
        denial.rcode = random_.chance(50) ? dns::Rcode::nxdomain : dns::Rcode::noerror;
        denial.name = names_[name];
        denial.security = draw_security();
        std::array<std::uint8_t, 22> rdata{};
        rdata.back() = soa_minimum;
        dns::RRsetBuilder builder(names_[name].view().parent(), dns::Type::soa);
        builder.add(rdata);
        // Proved in any case: that a denial is a miss without its SOA is for other tests.
        denial.soa = builder.finish(draw_ttl(), dns::Security::secure);
        cache_.store_denial(denial, type, now_);
        model_.store_denial(texts_[name], denial, type, soa_minimum, seconds());
    }

    void look(std::size_t name, dns::Type type) {
        const Rank at_least = draw_rank();
        const auto real = cache_.find(names_[name], type, now_, at_least);
        const auto* expected = model_.find(texts_[name], type, at_least, seconds());
        if (!real) {
            missed_ += expected != nullptr ? 1U : 0U;
            return;
        }
        ++found_;
        const bool right =
            expected != nullptr && real->rank == expected->rank &&
            std::ranges::equal(real->rrset.packed().octets(), expected->rrset.packed().octets()) &&
            real->rrset.security() == expected->rrset.security() &&
            real->rrset.ttl() == expected->expires - seconds();
        wrong_ += right ? 0U : 1U;
    }

    void look_for_denial(std::size_t name, dns::Type type) {
        const auto real = cache_.find_denial(names_[name], type, now_);
        const auto* no_name = model_.find_name_error(texts_[name], seconds());
        const auto* no_data = model_.find_no_data(texts_[name], type, seconds());
        const auto* expected = no_name != nullptr ? no_name : no_data;
        if (!real) {
            missed_ += expected != nullptr ? 1U : 0U;
            return;
        }
        ++found_;
        const auto* same = real->rcode == dns::Rcode::nxdomain ? no_name : no_data;
        const bool right = same != nullptr && real->security == same->security &&
                           real->ttl == same->expires - seconds() && real->soa &&
                           real->soa.ttl() <= real->ttl;
        wrong_ += right ? 0U : 1U;
    }

    SeededRandom random_;
    Variety variety_;
    Options options_;
    CacheModel model_;
    Cache cache_;
    Instant now_{};
    std::vector<std::string> texts_;
    std::vector<dns::Name> names_;
    std::size_t wrong_ = 0;  // found what the model has not, or otherwise
    std::size_t found_ = 0;
    std::size_t missed_ = 0;  // not found though the model has it
};

TEST_CASE("a cache with room finds exactly what the model has", "[cache][model]") {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
        INFO("seed " << seed);
        Run run(seed, std::size_t{8} << 20, 500, Variety::all);
        for (int i = 0; i < 250'000; ++i) {
            run.step();
        }
        CHECK(run.wrong() == 0);
        CHECK(run.missed() == 0);
        CHECK(run.found() > 20'000);
        CHECK(run.cache().statistics().evictions == 0);
    }
}

// Where everything is alike, for a cache that has thrown away what was proved or ranked higher
// keeps what the model would not.
TEST_CASE("a cache that is too small finds nothing that the model has not", "[cache][model]") {
    for (const std::uint64_t seed : {5U, 6U, 7U, 8U}) {
        INFO("seed " << seed);
        constexpr std::size_t bytes_max = std::size_t{80} << 10;
        Run run(seed, bytes_max, 3'000, Variety::alike);
        std::size_t over = 0;
        for (int i = 0; i < 250'000; ++i) {
            run.step();
            over += run.cache().statistics().bytes > bytes_max ? 1U : 0U;
        }
        CHECK(run.wrong() == 0);
        CHECK(run.found() > 2'000);
        CHECK(run.missed() > 1'000);
        CHECK(run.cache().statistics().evictions > 1'000);
        CHECK(over == 0);
    }
}

}  // namespace
}  // namespace wend::cache
