#include "tests/properties/denial/search.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <mutex>
#include <thread>

#include <fmt/core.h>

#include "tests/properties/denial/expected.h"
#include "tests/properties/denial/records.h"

namespace wend::search {
namespace {

class Slice {
  public:
    Slice(const Space& space, int order, std::size_t which, std::size_t slices)
        : space_(space),
          order_(order),
          which_(which),
          slices_(slices),
          questions_(names_of_at_most(space.question_labels)),
          verdicts_(records_, questions_),
          expected_(static_cast<std::size_t>(questions_)) {
        for (int name = 0; name < questions_; ++name) {
            cases_of_subset_ += static_cast<std::uint64_t>(verdicts_of(name));
        }
    }

    Findings run() {
        visit_zones(space_, [this](const SmallZone& zone, std::uint64_t number) {
            look_at_zone(zone, number);
        });
        findings_.zones = which_ == 0 ? findings_.zones : 0;
        findings_.subsets = verdicts_.size();
        return findings_;
    }

  private:
    void look_at_zone(const SmallZone& zone, std::uint64_t number) {
        const auto seed =
            static_cast<std::uint8_t>(order_ < 0 ? number : static_cast<std::uint64_t>(order_));
        const Chain chain = chain_of(zone, space_.hashing, seed);
        std::vector<RecordNumber> numbers;
        numbers.reserve(chain.records.size());
        for (const dns::RRset& record : chain.records) {
            numbers.push_back(records_.number_of(record));
        }
        for (int name = 0; name < questions_; ++name) {
            expected_[static_cast<std::size_t>(name)] = expected(zone, chain, name);
        }
        const Mask all = (Mask{1} << numbers.size()) - 1;
        for (Mask mask = 0; mask <= all; ++mask) {
            if (is_taken(mask, all)) {
                look_at_subset(mask, numbers, Place{zone, chain, number});
            }
        }
        ++findings_.zones;
    }

    bool is_taken(Mask mask, Mask all) const {
        const int size = std::popcount(mask);
        return (mask == all || size <= space_.subset_size_max) &&
               size <= static_cast<int>(dnssec::proofs_max);
    }

    struct Place {
        const SmallZone& zone;
        const Chain& chain;
        std::uint64_t number;
    };

    void look_at_subset(Mask mask, const std::vector<RecordNumber>& numbers, const Place& place) {
        Subset subset{};
        std::size_t size = 0;
        for (Mask left = mask; left != 0; left &= left - 1) {
            subset[size++] = numbers[static_cast<std::size_t>(std::countr_zero(left))];
        }
        if (slices_ > 1 && SubsetHash()(subset) % slices_ != which_) {
            return;
        }
        const Verdicts* said = verdicts_.of(subset);
        for (std::size_t name = 0; name < expected_.size(); ++name) {
            const Verdicts wrong = said[name] & expected_[name].wrong(mask);
            if (wrong != 0) {
                note(wrong, Fault{place.number, mask, static_cast<int>(name), 0, {}}, place);
            }
        }
        findings_.cases += cases_of_subset_;
    }

    void note(Verdicts wrong, Fault fault, const Place& place) {
        for (; wrong != 0; wrong &= wrong - 1) {
            if (++findings_.fault_count <= faults_kept_max) {
                fault.said = wrong & -wrong;
                fault.text = describe(fault, place);
                findings_.faults.push_back(fault);
            }
        }
    }

    static std::string describe(const Fault& fault, const Place& place) {
        const auto text_of = [](int name) {
            return dns::to_text(names()[static_cast<std::size_t>(name)].name);
        };
        std::string text = fmt::format("wrong: {} of {} with records {:#b} of the zone",
                                       to_text(fault.said), text_of(fault.name), fault.subset);
        for (const int owner : place.zone.owners()) {
            text += fmt::format(" {}:{:#x}", text_of(owner), place.zone.types(owner));
        }
        return text + fmt::format(", chain {}, order {}", static_cast<int>(place.chain.hashing),
                                  place.chain.seed);
    }

    const Space& space_;
    int order_;
    std::size_t which_;
    std::size_t slices_;
    int questions_;
    Records records_;
    VerdictMemory verdicts_;
    std::vector<Expected> expected_;  // by name, of the zone looked at
    std::uint64_t cases_of_subset_ = 0;
    Findings findings_;
};

}  // namespace

void Findings::add(const Findings& more) {
    zones += more.zones;
    cases += more.cases;
    subsets += more.subsets;
    fault_count += more.fault_count;
    faults.insert(faults.end(), more.faults.begin(), more.faults.end());
    std::ranges::sort(faults);
    faults.resize(std::min(faults.size(), faults_kept_max));
}

Findings search(const Space& space, int order, const Split& split) {
    Findings total;
    std::mutex total_mutex;
    std::atomic<int> next{0};
    const auto work = [&] {
        for (int which = next++; which < split.slices; which = next++) {
            const Findings found = Slice(space, order, static_cast<std::size_t>(which),
                                         static_cast<std::size_t>(split.slices))
                                       .run();
            const std::scoped_lock lock(total_mutex);
            total.add(found);
        }
    };
    names();  // made before there are threads
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(split.threads));
    for (int i = 0; i < split.threads; ++i) {
        threads.emplace_back(work);
    }
    threads.clear();
    return total;
}

}  // namespace wend::search
