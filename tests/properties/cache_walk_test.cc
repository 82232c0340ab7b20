// A walk in steps, with inserts, evictions, removals and flushes between them: what stays is given
// once, and nothing is given twice.
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "cache/cache.h"
#include "cache/kept_entry.h"
#include "dns/rrset.h"

namespace wend::cache {
namespace {

// A kind of entry at a name, found with the public face of the cache alone.
using Thing = std::tuple<Kind, std::string, dns::Type>;

class Walker {
  public:
    Walker(std::uint64_t seed, std::size_t bytes_max, std::size_t names)
        : random_(seed), names_(names), cache_(options(bytes_max)) {}

    // Some things are stored; then a walk, with changes between its steps.
    void run(std::size_t stored, std::size_t changes) {
        for (std::size_t i = 0; i < stored; ++i) {
            store();
        }
        std::set<Thing> staying = present();
        std::map<Thing, int> given;
        for (std::optional<Cursor> from = Cursor{}; from;) {
            bool took_some = false;
            const Step step = cache_.walk(
                {}, *from, now_,
                [&](std::span<const KeptEntry> some) {
                    if (took_some && random_.below(50) == 0) {
                        return false;  // no room
                    }
                    took_some = true;
                    for (const KeptEntry& entry : some) {
                        ++given[{entry.kind(), to_text(entry.owner()), entry.type()}];
                    }
                    return true;
                },
                16 + random_.below(241));
            overfull_ += step.looked_at > step_entries_max ? 1U : 0U;
            from = step.next;
            for (std::size_t i = random_.below(changes + 1); i > 0; --i) {
                change();
            }
            std::erase_if(staying, [&](const Thing& thing) { return !is_there(thing); });
        }
        for (const Thing& thing : staying) {
            missed_ += given.contains(thing) ? 0U : 1U;
        }
        for (const auto& [thing, times] : given) {
            twice_ += times > 1 ? 1U : 0U;
        }
        stayed_ += staying.size();
    }

    std::size_t missed() const { return missed_; }

    std::size_t twice() const { return twice_; }

    std::size_t overfull() const { return overfull_; }

    std::size_t stayed() const { return stayed_; }

    std::uint64_t evictions() const { return cache_.statistics().evictions; }

  private:
    static Options options(std::size_t bytes_max) {
        Options made;
        made.bytes_max = bytes_max;
        made.key = {5, 6};
        return made;
    }

    std::string draw_name() {
        const std::uint64_t number = random_.below(names_);
        return "n" + std::to_string(number) + ".z" + std::to_string(number % 40) + ".test.";
    }

    dns::Type draw_type() {
        // One time in eight a type that lies in a line of its own.
        return random_.below(8) == 0
                   ? dns::Type{static_cast<std::uint16_t>(1'000 + random_.below(9))}
                   : dns::Type::a;
    }

    void store() {
        const std::string name = draw_name();
        const dns::Name owner = dns::name_of(name);
        const dns::Type type = draw_type();
        switch (random_.below(6)) {
            case 0: {
                Denial denial;
                denial.rcode = random_.chance(50) ? dns::Rcode::nxdomain : dns::Rcode::noerror;
                denial.name = owner;
                denial.ttl = 3'000;
                cache_.store_denial(denial, type, now_);
                note({Kind::name_error, name, {}});
                note({Kind::nodata, name, type});
                break;
            }
            case 1:
                cache_.store_delegation({owner, {{owner, {}}}, {}, false, {}, now_ + hour_}, now_);
                note({Kind::delegation, name, {}});
                break;
            default: {
                dns::RRsetBuilder builder(owner, type);
                const std::vector<std::uint8_t> rdata(4 + random_.below(60), 1);
                builder.add(type == dns::Type::a ? Octets(rdata).first(4) : Octets(rdata));
                cache_.store(builder.finish(80'000), Rank::answer, now_);
                note({Kind::rrset, name, type});
            }
        }
    }

    void change() {
        const std::uint64_t action = random_.below(1'000);
        if (action < 900) {
            store();
        } else if (action < 990) {
            cache_.remove(dns::name_of(draw_name()), draw_type());
        } else if (action < 996) {
            cache_.flush_name(dns::name_of(draw_name()));
        } else if (action < 999) {
            cache_.flush_zone(dns::name_of("z" + std::to_string(random_.below(40)) + ".test."));
        } else {
            cache_.forget_validation(dns::name_of("test."));
        }
    }

    void note(Thing thing) { tried_.insert(std::move(thing)); }

    bool is_there(const Thing& thing) const {
        const auto& [kind, text, type] = thing;
        const dns::Name name = dns::name_of(text);
        switch (kind) {
            case Kind::delegation:
                return cache_.find_delegation(name, now_).has_value();
            case Kind::name_error: {
                const auto found = cache_.find_denial(name, dns::Type::a, now_);
                return found && found->rcode == dns::Rcode::nxdomain;
            }
            case Kind::nodata: {
                const auto found = cache_.find_denial(name, type, now_);
                return found && found->rcode == dns::Rcode::noerror;
            }
            default:
                return cache_.find(name, type, now_, Rank::hint).has_value();
        }
    }

    std::set<Thing> present() const {
        std::set<Thing> found;
        for (const Thing& thing : tried_) {
            if (is_there(thing)) {
                found.insert(thing);
            }
        }
        return found;
    }

    static constexpr Duration hour_ = std::chrono::hours(1);
    SeededRandom random_;
    std::size_t names_;
    Cache cache_;
    Instant now_{std::chrono::seconds(100)};
    std::set<Thing> tried_;
    std::size_t missed_ = 0;
    std::size_t twice_ = 0;
    std::size_t overfull_ = 0;
    std::size_t stayed_ = 0;
};

TEST_CASE("a walk misses nothing that stays and gives nothing twice", "[properties][cache]") {
    struct Case {
        std::size_t bytes_max, stored, changes;
    };

    // Growing under the walk; full and evicting; some shards.
    const Case tried =
        GENERATE(Case{std::size_t{1} << 20, 300, 200}, Case{std::size_t{128} << 10, 4'000, 60},
                 Case{std::size_t{4} << 20, 6'000, 40});
    std::size_t stayed = 0;
    std::uint64_t evictions = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Walker walker(seed, tried.bytes_max, 6'000);
        walker.run(tried.stored, tried.changes);
        walker.run(0, tried.changes);
        INFO("seed " << seed);
        CHECK(walker.missed() == 0);
        CHECK(walker.twice() == 0);
        CHECK(walker.overfull() == 0);
        stayed += walker.stayed();
        evictions += walker.evictions();
    }
    CHECK(stayed > 1'000);
    CHECK((tried.bytes_max > (std::size_t{128} << 10) || evictions > 1'000));
}

}  // namespace
}  // namespace wend::cache
