#include "tests/properties/denial/records.h"

#include "base/hash.h"
#include "base/octets.h"

namespace wend::search {

std::size_t SubsetHash::operator()(const Subset& subset) const {
    std::uint64_t hash = 0;
    for (const RecordNumber number : subset) {
        hash = mix(hash, number + std::uint64_t{1});
    }
    return hash;
}

RecordNumber Records::number_of(const dns::RRset& record) {
    const Octets octets = record.packed().octets();
    std::string key(reinterpret_cast<const char*>(octets.data()), octets.size());
    const auto [at, is_new] =
        numbers_.emplace(std::move(key), static_cast<RecordNumber>(records_.size() + 1));
    if (is_new) {
        records_.push_back(record);
    }
    return at->second;
}

}  // namespace wend::search
