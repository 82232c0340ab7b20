// Which signatures held, so that none is verified twice: an NSEC3 record that denies the DS of many
// names comes with each of them, and what is fetched again after its TTL is mostly signed as
// before.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wend::dnssec {

// What key, signature and signed data hash to together: a whole SHA-256. Whoever wants a forgery
// taken for a signature that held chooses both sides, so half of the hash's bits count: 2^128 work,
// as for the signature of a P-256 key.
using SignatureMark = std::array<std::uint8_t, 32>;

// Only that key, data and signature belong together is remembered. Dates, names and whether the key
// is to be trusted are looked at each time. One thread.
class SignatureMemory {
  public:
    SignatureMemory() : marks_(marks_kept) {}

    bool knows(const SignatureMark& mark) const { return marks_[slot_of(mark)] == mark; }

    // In place of whatever has the same slot.
    void note(const SignatureMark& mark) { marks_[slot_of(mark)] = mark; }

  private:
    static constexpr std::size_t marks_kept = 8'192;  // 256 KiB

    static std::size_t slot_of(const SignatureMark& mark) {
        return (std::size_t{mark[0]} << 8 | mark[1]) % marks_kept;
    }

    std::vector<SignatureMark> marks_;
};

}  // namespace wend::dnssec
