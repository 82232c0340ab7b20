// What dnssec/denial says, remembered. Its functions are pure: what they say depends on the
// question and the records alone, and the same few records occur in very many zones.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "dns/types.h"
#include "tests/properties/denial/records.h"
#include "tests/properties/denial/small_zone.h"

namespace wend::search {

struct QuestionType {
    dns::Type type;
    Types bit;  // 0: no zone here has it
};

inline constexpr std::array<QuestionType, 5> question_types = {{{dns::Type::a, a},
                                                                {dns::Type::mx, 0},
                                                                {dns::Type::ds, ds},
                                                                {dns::Type::ns, ns},
                                                                {dns::Type::any, 0}}};

// All that is said of one name with one subset of records: of four bits for each verdict the one
// that was said. A set of such bits is also what may not be said.
using Verdicts = std::uint64_t;

// Which verdict: that there is no such name, no such type, what cut there is, and nothing closer
// than an encloser of so many labels.
inline constexpr int no_such_name = 0;
inline constexpr int no_such_type = 1;  // and one for each type
inline constexpr int no_signed_cut = no_such_type + static_cast<int>(question_types.size());
inline constexpr int no_closer = no_signed_cut + 1;  // and one for each label

// dnssec::Denied or dnssec::Cut by value, as far as any is ever right.
inline constexpr int said_other = 3;

constexpr Verdicts verdict(int which, int said) {
    return Verdicts{1} << (4 * which + said);
}

// How many verdicts there are of a name.
int verdicts_of(int name);

// In words, of a single bit.
std::string to_text(Verdicts one);

class VerdictMemory {
  public:
    // Of the names up to `questions`.
    VerdictMemory(const Records& records, int questions)
        : records_(records), questions_(questions) {}

    // One for each name.
    const Verdicts* of(const Subset& subset);

    std::size_t size() const { return known_.size(); }

  private:
    const Records& records_;
    int questions_;
    std::unordered_map<Subset, std::unique_ptr<Verdicts[]>, SubsetHash> known_;
};

}  // namespace wend::search
