#include "tests/properties/denial/expected.h"

#include <cstddef>
#include <optional>

#include "dns/types.h"
#include "dnssec/denial.h"

namespace wend::search {
namespace {

using dnssec::Cut;
using dnssec::Denied;
using Kind = Truth::Kind;

// One zone and one question.
class Question {
  public:
    Question(const SmallZone& zone, const Chain& chain, int name)
        : zone_(zone),
          chain_(chain),
          name_(name),
          labels_(names()[static_cast<std::size_t>(name)].labels),
          truth_(truth(zone, name)),
          whole_(prescribed(chain, truth_, name)) {}

    Expected expected() {
        demand(name_demand, whole_.no_name);
        demand(type_demand, is(Kind::at_cut) ? whole_.no_ds : whole_.no_data);
        demand(cut_demand, whole_.no_ds);
        demand(closer_demand, whole_.no_closer);
        expect_name();
        int which = no_such_type;
        for (const QuestionType& type : question_types) {
            expect_type(which++, type);
        }
        expect_cut();
        for (int encloser = 0; encloser < labels_; ++encloser) {
            expect_wildcard(encloser);
        }
        return expected_;
    }

  private:
    enum : std::uint8_t { name_demand, type_demand, cut_demand, closer_demand };

    bool is(Kind kind) const { return truth_.kind == kind; }

    // May it be unsigned, as far as an opt-out chain tells?
    bool may_be_unsigned() const {
        if (chain_.hashing != Hashing::opt_out || chain_.has(name_) || is(Kind::below_dname)) {
            return false;
        }
        return !is(Kind::below_cut) || (zone_.types(truth_.cut) & ds) == 0;
    }

    void demand(std::size_t at, const std::optional<Mask>& proof) {
        if (proof) {
            expected_.demands[at].needed = *proof;
        }
    }

    // `right`: whether it may be said.
    template <class Said>
    void allow(int which, Said said, bool right) {
        if (right) {
            expected_.untrue &= ~verdict(which, static_cast<int>(said));
        }
    }

    // Nothing but `said` will do for a complete proof.
    template <class Said>
    void require(std::size_t at, int which, Said said) {
        expected_.demands[at].refuses |= all_of(which) & ~verdict(which, static_cast<int>(said));
    }

    static Verdicts all_of(int which) { return Verdicts{0xf} << (4 * which); }

    Denied whole_comes_to() const { return whole_.opt_out ? Denied::opt_out : Denied::yes; }

    void expect_name() {
        expected_.untrue |= all_of(no_such_name);
        allow(no_such_name, Denied::no, true);
        allow(no_such_name, Denied::yes, is(Kind::no_name));
        allow(no_such_name, Denied::opt_out, may_be_unsigned());
        require(name_demand, no_such_name, whole_comes_to());
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

    void expect_type(int which, const QuestionType& asked) {
        expected_.untrue |= all_of(which);
        allow(which, Denied::no, true);
        allow(which, Denied::yes, lacks(asked));
        allow(which, Denied::opt_out, may_be_unsigned());
        if (lacks(asked)) {
            require(type_demand, which, whole_comes_to());
        }
    }

    // The name's closest encloser has so many labels, and the name does not exist.
    bool is_wildcards(int encloser_labels) const {
        return (is(Kind::expanded) || is(Kind::no_name)) &&
               names()[static_cast<std::size_t>(truth_.encloser)].labels == encloser_labels;
    }

    // A hash covered says that one name, the next closer, is not in the chain; that the encloser
    // exists follows from the wildcard's own signature (RFC 5155 8.8).
    bool has_next_closer(int encloser_labels) const {
        int next_closer = name_;
        while (names()[static_cast<std::size_t>(next_closer)].labels > encloser_labels + 1) {
            next_closer = parent_of(next_closer);
        }
        return chain_.has(next_closer);
    }

    void expect_wildcard(int encloser_labels) {
        const int which = no_closer + encloser_labels;
        expected_.untrue |= all_of(which);
        allow(which, Denied::no, true);
        if (chain_.hashing == Hashing::nsec) {
            allow(which, Denied::yes, is_wildcards(encloser_labels));
        } else {
            const bool opt_out = chain_.hashing == Hashing::opt_out;
            allow(which, opt_out ? Denied::opt_out : Denied::yes,
                  !has_next_closer(encloser_labels));
        }
        if (is_wildcards(encloser_labels)) {
            require(closer_demand, which, whole_comes_to());
        }
    }

    void expect_cut() {
        const bool is_unsigned = is(Kind::at_cut) && (truth_.types & ds) == 0;
        expected_.untrue |= all_of(no_signed_cut);
        allow(no_signed_cut, Cut::unproved, true);
        allow(no_signed_cut, Cut::insecure, is_unsigned || may_be_unsigned());
        allow(no_signed_cut, Cut::none, !is(Kind::at_cut) && !is(Kind::below_cut));
        require(cut_demand, no_signed_cut,
                is_unsigned || whole_.opt_out ? Cut::insecure : Cut::none);
    }

    const SmallZone& zone_;
    const Chain& chain_;
    int name_;
    int labels_;
    Truth truth_;
    Prescribed whole_;
    Expected expected_;
};

}  // namespace

Expected expected(const SmallZone& zone, const Chain& chain, int name) {
    return Question(zone, chain, name).expected();
}

}  // namespace wend::search
