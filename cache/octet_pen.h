// Writing and reading the bodies of denials and delegations: our own octets, in host order.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "base/octets.h"
#include "dns/name.h"

namespace wend::cache {

// Writes into a buffer of the caller's; what does not fit is dropped and remembered.
class OctetWriter {
  public:
    explicit OctetWriter(MutableOctets to) : to_(to) {}

    template <class Number>
    void number(Number value) {
        octets({reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
    }

    void octets(Octets from) {
        overflowed_ = overflowed_ || from.size() > to_.size() - at_;
        if (!overflowed_) {
            std::ranges::copy(from, to_.data() + at_);
            at_ += from.size();
        }
    }

    // A name as the labels that `base` does not share with it and how many it does.
    void name(dns::NameView name, dns::NameView base) {
        const std::size_t shared = name.common_labels(base);
        const std::size_t own = name.size() - name.suffix(shared).size();
        number(static_cast<std::uint8_t>(shared));
        number(static_cast<std::uint8_t>(own));
        octets(name.wire().first(own));
    }

    bool overflowed() const { return overflowed_; }

    Octets written() const { return to_.first(at_); }

  private:
    MutableOctets to_;
    std::size_t at_ = 0;
    bool overflowed_ = false;
};

// Reads what OctetWriter wrote, in the same order.
class OctetReader {
  public:
    explicit OctetReader(Octets from) : left_(from) {}

    template <class Number>
    Number number() {
        Number value{};
        std::memcpy(&value, octets(sizeof value).data(), sizeof value);
        return value;
    }

    Octets octets(std::size_t size) {
        check(size <= left_.size(), "an entry holds all that was written into it");
        const Octets read = left_.first(size);
        left_ = left_.subspan(size);
        return read;
    }

    dns::Name name(dns::NameView base) {
        const std::size_t shared = number<std::uint8_t>();
        Octets own = octets(number<std::uint8_t>());
        const Octets suffix = base.suffix(shared).wire();
        std::uint8_t wire[dns::name_octets_max];  // NOLINT(cppcoreguidelines-pro-type-member-init)
        std::uint8_t* end = std::ranges::copy(own, wire).out;
        end = std::ranges::copy(suffix, end).out;
        return dns::NameView::trusted({wire, end});
    }

  private:
    Octets left_;
};

}  // namespace wend::cache
