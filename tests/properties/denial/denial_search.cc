// Denial proofs searched exhaustively: for every small zone, every question and every subset of the
// zone's NSEC or NSEC3 records, what dnssec/denial says is held against the zone's contents.
//
//   denial_search          the slice that every test run takes
//   denial_search N        N times as many zones; from 20011 on all of them
//
// Of each case: what is proved is true; what is called insecure is; and a proof that contains all
// that a server must send is not refused.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "dnssec/denial.h"
#include "tests/properties/denial/chains.h"
#include "tests/properties/denial/signature_search.h"
#include "tests/properties/denial/small_zone.h"

namespace wend::search {
namespace {

using dnssec::Cut;
using dnssec::Denied;

class FreeMeter final : public dnssec::Meter {
  public:
    bool spend_signature() override { return true; }

    bool spend_nsec3_blocks(int) override { return true; }
};

struct QuestionType {
    dns::Type type;
    Types bit;  // 0: no zone here has it
};

constexpr std::array<QuestionType, 5> question_types = {{{dns::Type::a, a},
                                                         {dns::Type::mx, 0},
                                                         {dns::Type::ds, ds},
                                                         {dns::Type::ns, ns},
                                                         {dns::Type::any, 0}}};

constexpr int faults_shown_max = 20;

FreeMeter meter;

struct Tally {
    std::uint64_t zones = 0;
    std::uint64_t cases = 0;
    std::uint64_t faults = 0;
};

// One zone, one question, one subset of its records.
class Case {
  public:
    Case(const SmallZone& zone, const Chain& chain, int name)
        : zone_(zone),
          chain_(chain),
          name_(name),
          qname_(names()[static_cast<std::size_t>(name)].name),
          truth_(truth(zone, name)),
          whole_(prescribed(chain, truth_, name)) {}

    void look(Mask subset, const std::vector<dns::PackedRRset>& records, Tally& tally) {
        subset_ = subset;
        tally_ = &tally;
        const dnssec::Proofs proofs{names()[apex].name, records};
        look_at_name(proofs);
        for (const QuestionType& type : question_types) {
            look_at_type(proofs, type);
        }
        const int labels = names()[static_cast<std::size_t>(name_)].labels;
        for (int encloser = 0; encloser < labels; ++encloser) {
            look_at_wildcard(proofs, encloser);
        }
        look_at_cut(proofs);
    }

  private:
    using Kind = Truth::Kind;

    bool is(Kind kind) const { return truth_.kind == kind; }

    bool is_given(const std::optional<Mask>& proof) const {
        return proof && (*proof & ~subset_) == 0;
    }

    // May it be unsigned, as far as an opt-out chain tells?
    bool may_be_unsigned() const {
        if (chain_.hashing != Hashing::opt_out || chain_.has(name_) || is(Kind::below_dname)) {
            return false;
        }
        return !is(Kind::below_cut) || (zone_.types(truth_.cut) & ds) == 0;
    }

    Denied whole_comes_to() const { return whole_.opt_out ? Denied::opt_out : Denied::yes; }

    void judge(std::string_view what, int detail, bool right) {
        ++tally_->cases;
        if (right || ++tally_->faults > faults_shown_max) {
            return;
        }
        fmt::print("wrong: {} ({}) of {} with records {:#b} of the zone", what, detail,
                   dns::to_text(qname_), subset_);
        for (const int owner : zone_.owners()) {
            fmt::print(" {}:{:#x}", dns::to_text(names()[static_cast<std::size_t>(owner)].name),
                       zone_.types(owner));
        }
        fmt::print(", chain {}\n", static_cast<int>(chain_.hashing));
    }

    void look_at_name(const dnssec::Proofs& proofs) {
        const Denied said = name_does_not_exist(qname_, proofs, meter);
        bool right = said == Denied::no || (said == Denied::yes && is(Kind::no_name)) ||
                     (said == Denied::opt_out && may_be_unsigned());
        right = right && (!is_given(whole_.no_name) || said == whole_comes_to());
        judge("no such name", static_cast<int>(said), right);
    }

    bool lacks(const QuestionType& asked) const {
        if (is(Kind::at_cut)) {
            return asked.type == dns::Type::ds && (truth_.types & ds) == 0;
        }
        if (asked.type == dns::Type::ds && name_ == apex) {
            return false;
        }
        const bool exists = is(Kind::exact) || is(Kind::expanded);
        const bool any = asked.type == dns::Type::any && truth_.types != 0;
        return exists && !any && (truth_.types & (asked.bit | cname)) == 0;
    }

    void look_at_type(const dnssec::Proofs& proofs, const QuestionType& asked) {
        const Denied said = type_does_not_exist(qname_, asked.type, proofs, meter);
        bool right = said == Denied::no || (said == Denied::yes && lacks(asked)) ||
                     (said == Denied::opt_out && may_be_unsigned());
        const auto& whole = is(Kind::at_cut) ? whole_.no_ds : whole_.no_data;
        right = right && (!lacks(asked) || !is_given(whole) || said == whole_comes_to());
        judge("no such type", static_cast<int>(asked.type), right);
    }

    void look_at_wildcard(const dnssec::Proofs& proofs, int encloser_labels) {
        const auto labels = static_cast<std::size_t>(encloser_labels) + 1;  // and the apex's own
        const Denied said = no_closer_match(qname_, labels, proofs, meter);
        bool right = said == Denied::no || is_span_of(encloser_labels, said);
        right = right && (!is_wildcards(encloser_labels) || !is_given(whole_.no_closer) ||
                          said == whole_comes_to());
        judge("no closer match", encloser_labels, right);
    }

    // The name's closest encloser has so many labels, and the name does not exist.
    bool is_wildcards(int encloser_labels) const {
        return (is(Kind::expanded) || is(Kind::no_name)) &&
               names()[static_cast<std::size_t>(truth_.encloser)].labels == encloser_labels;
    }

    // A hash covered says that one name, the next closer, is not in the chain; that the encloser
    // exists follows from the wildcard's own signature (RFC 5155 8.8).
    bool is_span_of(int encloser_labels, Denied said) const {
        if (chain_.hashing == Hashing::nsec) {
            return said == Denied::yes && is_wildcards(encloser_labels);
        }
        int next_closer = name_;
        while (names()[static_cast<std::size_t>(next_closer)].labels > encloser_labels + 1) {
            next_closer = names()[static_cast<std::size_t>(next_closer)].parent;
        }
        const bool opt_out = chain_.hashing == Hashing::opt_out;
        return said == (opt_out ? Denied::opt_out : Denied::yes) && !chain_.has(next_closer);
    }

    void look_at_cut(const dnssec::Proofs& proofs) {
        const Cut said = unsigned_cut(qname_, proofs, meter);
        const bool is_unsigned = is(Kind::at_cut) && (truth_.types & ds) == 0;
        bool right = said == Cut::unproved ||
                     (said == Cut::insecure && (is_unsigned || may_be_unsigned())) ||
                     (said == Cut::none && !is(Kind::at_cut) && !is(Kind::below_cut));
        const bool insecure = is_unsigned || whole_.opt_out;
        right =
            right && (!is_given(whole_.no_ds) || said == (insecure ? Cut::insecure : Cut::none));
        judge("no signed cut", static_cast<int>(said), right);
    }

    const SmallZone& zone_;
    const Chain& chain_;
    int name_;
    const dns::Name& qname_;
    Truth truth_;
    Prescribed whole_;
    Mask subset_ = 0;
    Tally* tally_ = nullptr;
};

// A part of the space of zones.
struct Space {
    const char* what;
    Hashing hashing;
    int names_max;        // beside the apex
    bool all_shapes;      // else addresses only
    int subset_size_max;  // of records, beside all of them
    int question_labels;
    std::uint64_t stride = 1;  // of the zones
};

void look_at_zone(const SmallZone& zone, const Space& space, std::uint8_t seed, Tally& tally) {
    const Chain chain = chain_of(zone, space.hashing, seed);
    std::vector<Case> cases;
    const int questions = names_of_at_most(space.question_labels);
    for (int name = 0; name < questions; ++name) {
        cases.emplace_back(zone, chain, name);
    }
    const Mask all = (Mask{1} << chain.packed.size()) - 1;
    std::vector<dns::PackedRRset> records;
    for (Mask subset = 0; subset <= all; ++subset) {
        if (subset != all && std::popcount(subset) > space.subset_size_max) {
            continue;
        }
        if (std::popcount(subset) > static_cast<int>(dnssec::proofs_max)) {
            continue;
        }
        records.clear();
        for (std::size_t i = 0; i < chain.packed.size(); ++i) {
            if ((subset >> i & 1U) != 0) {
                records.push_back(chain.packed[i]);
            }
        }
        for (Case& one : cases) {
            one.look(subset, records, tally);
        }
    }
    ++tally.zones;
}

// All choices of names, then of what each has.
class Enumeration {
  public:
    Enumeration(const Space& space, Tally& tally) : space_(space), tally_(tally) {}

    void run() {
        const int all = names_of_at_most(zone_labels_max);
        choose(1, all);
        types_.clear();
        visit(Types{soa | ns | dname});  // of no names
    }

  private:
    void choose(int from, int all) {
        types_.clear();
        shape(0);
        if (static_cast<int>(who_.size()) == space_.names_max) {
            return;
        }
        for (int name = from; name < all; ++name) {
            who_.push_back(name);
            choose(name + 1, all);
            who_.pop_back();
        }
    }

    void shape(std::size_t at) {
        if (at == who_.size()) {
            visit(Types{soa | ns});
            return;
        }
        for (const Types types : shapes) {
            types_.push_back(types);
            shape(at + 1);
            types_.pop_back();
            if (!space_.all_shapes) {
                break;
            }
        }
    }

    void visit(Types of_apex) {
        if (zone_.set(of_apex, who_, types_) && ++visited_ % space_.stride == 0) {
            look_at_zone(zone_, space_, static_cast<std::uint8_t>(visited_), tally_);
        }
    }

    const Space& space_;
    Tally& tally_;
    SmallZone zone_;
    std::vector<int> who_;
    std::vector<Types> types_;
    std::uint64_t visited_ = 0;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t thinner = 4;  // sanitizers take several times longer
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t thinner = 4;
#else
constexpr std::uint64_t thinner = 1;
#endif
#else
constexpr std::uint64_t thinner = 1;
#endif

// What is left out of the slice is every n-th zone's neighbours, never a question or a subset.
constexpr std::array<Space, 8> spaces = {{
    {"NSEC, 2 names of any kind, all subsets", Hashing::nsec, 2, true, 32, 3, 23},
    {"NSEC, 3 names of any kind, all subsets", Hashing::nsec, 3, true, 32, 3, 2003},
    {"NSEC, 4 names, all subsets", Hashing::nsec, 4, false, 32, 4, 3001},
    {"NSEC3, 2 names of any kind, all subsets", Hashing::nsec3, 2, true, 32, 3, 211},
    {"NSEC3, 3 names of any kind, up to 3 records", Hashing::nsec3, 3, true, 3, 3, 20011},
    {"NSEC3, 4 names, up to 3 records", Hashing::nsec3, 4, false, 3, 4, 9001},
    {"opt-out, 2 names of any kind, all subsets", Hashing::opt_out, 2, true, 32, 3, 53},
    {"opt-out, 3 names of any kind, up to 3 records", Hashing::opt_out, 3, true, 3, 3, 9001},
}};

int search(std::uint64_t times) {
    Tally total;
    for (Space space : spaces) {
        space.stride = std::max<std::uint64_t>(space.stride * thinner / times, 1);
        Tally tally;
        Enumeration(space, tally).run();
        fmt::print("{}: {} zones, {} cases, {} wrong\n", space.what, tally.zones, tally.cases,
                   tally.faults);
        total.zones += tally.zones;
        total.cases += tally.cases;
        total.faults += tally.faults;
    }
    const SignatureTally signatures = search_signatures();
    fmt::print("signer, labels, owner and source to six labels: {} cases, {} wrong\n",
               signatures.cases, signatures.faults);
    total.cases += signatures.cases;
    total.faults += signatures.faults;
    fmt::print("{} zones, {} cases, {} wrong\n", total.zones, total.cases, total.faults);
    fmt::print("{} passed, {} failed\n", total.faults == 0 ? 1 : 0, total.faults == 0 ? 0 : 1);
    return total.faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace wend::search

int main(int argc, char** argv) {
    const std::uint64_t times = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 1;
    return wend::search::search(std::max<std::uint64_t>(times, 1));
}
