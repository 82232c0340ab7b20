// The records of all zones that are looked at, each kept once and known by a number.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "dns/rrset.h"
#include "dnssec/denial.h"

namespace wend::search {

using RecordNumber = std::uint32_t;

// Records in the order in which a reply brings them; 0 where there are no more.
using Subset = std::array<RecordNumber, dnssec::proofs_max>;

struct SubsetHash {
    std::size_t operator()(const Subset& subset) const;
};

// Numbers count from 1. Equal numbers are equal octets, owner, type and rdata: no more and no less.
class Records {
  public:
    RecordNumber number_of(const dns::RRset& record);

    dns::PackedRRset packed(RecordNumber number) const { return records_[number - 1].packed(); }

  private:
    std::vector<dns::RRset> records_;
    std::unordered_map<std::string, RecordNumber> numbers_;
};

}  // namespace wend::search
