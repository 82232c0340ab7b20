// The prefixes of one trigger in the book, as intervals: what holds for an address is that of the
// last start at or before it. Refers to the book's octets; any octets are safe to look up in.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/octets.h"
#include "policy/book/book_file.h"

namespace wend::policy::book {

class AddressTable {
  public:
    AddressTable() = default;
    static std::optional<AddressTable> of(Octets file, const AddressSections& sections);

    bool empty() const { return count_ == 0; }

    // The number of the rules for it; nothing where there are none.
    std::optional<std::uint32_t> find(const IpAddress& address) const;

  private:
    Octets starts_;
    Octets sets_;
    std::size_t count_ = 0;
};

}  // namespace wend::policy::book
