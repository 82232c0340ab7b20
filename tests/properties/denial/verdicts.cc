#include "tests/properties/denial/verdicts.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include <fmt/core.h>

#include "dnssec/denial.h"
#include "dnssec/verdict.h"

namespace wend::search {
namespace {

class FreeMeter final : public dnssec::Meter {
  public:
    bool spend_signature() override { return true; }

    bool spend_failure() override { return true; }

    bool spend_nsec3_blocks(int) override { return true; }
};

template <class Said>
Verdicts verdict_of(int which, Said said) {
    return verdict(which, std::min(static_cast<int>(said), said_other));
}

Verdicts ask(int name, const dnssec::Proofs& proofs) {
    FreeMeter meter;
    const WorldName& asked = names()[static_cast<std::size_t>(name)];
    Verdicts all = verdict_of(no_such_name, name_does_not_exist(asked.name, proofs, meter));
    int which = no_such_type;
    for (const QuestionType& question : question_types) {
        all |= verdict_of(which++, type_does_not_exist(asked.name, question.type, proofs, meter));
    }
    all |= verdict_of(no_signed_cut, unsigned_cut(asked.name, proofs, meter));
    for (int encloser = 0; encloser < asked.labels; ++encloser) {
        const auto labels = static_cast<std::size_t>(encloser) + 1;  // and the apex's own
        all |= verdict_of(no_closer + encloser, no_closer_match(asked.name, labels, proofs, meter));
    }
    return all;
}

}  // namespace

int verdicts_of(int name) {
    return no_closer + names()[static_cast<std::size_t>(name)].labels;
}

std::string to_text(Verdicts one) {
    const int bit = std::countr_zero(one);
    const int which = bit / 4;
    if (which == no_such_name) {
        return fmt::format("no such name ({})", bit % 4);
    }
    if (which < no_signed_cut) {
        const auto type = question_types[static_cast<std::size_t>(which - no_such_type)].type;
        return fmt::format("no such type ({})", static_cast<int>(type));
    }
    if (which == no_signed_cut) {
        return fmt::format("no signed cut ({})", bit % 4);
    }
    return fmt::format("no closer match ({})", which - no_closer);
}

const Verdicts* VerdictMemory::of(const Subset& subset) {
    auto& known = known_[subset];
    if (known == nullptr) {
        std::vector<dns::PackedRRset> packed;
        for (const RecordNumber number : subset) {
            if (number != 0) {
                packed.push_back(records_.packed(number));
            }
        }
        const dnssec::Proofs proofs{names()[apex].name, packed};
        known = std::make_unique<Verdicts[]>(static_cast<std::size_t>(questions_));
        for (int name = 0; name < questions_; ++name) {
            known[static_cast<std::size_t>(name)] = ask(name, proofs);
        }
    }
    return known.get();
}

}  // namespace wend::search
