// RRsets in packed form: one run of octets that the cache copies, a builder reads and a message is
// composed from. Class IN only: nothing of another class is ever kept.
//
//   PackedRRset  a view: owner, type, rdatas, signatures. Refers to octets that it does not own.
//   RRset        the owning value with TTL and security; copying counts a reference, never octets.
//                Belongs to one thread.
//
// Packed form: u16 type, u16 rdata count, u16 signature count, owner (wire, uncompressed), then for
// each rdata and then each signature: u16 length, octets. Numbers in host order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dns {

inline constexpr std::size_t packed_header = 6;  // what stands in front of the owner

// A run of length-prefixed rdatas inside a packed RRset. Forward iteration gives Octets.
class RdataRange {
  public:
    class Iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Octets;
        using difference_type = std::ptrdiff_t;
        using pointer = const Octets*;
        using reference = Octets;
        Iterator() = default;

        Iterator(const std::uint8_t* at, std::size_t left) : at_(at), left_(left) {}

        Octets operator*() const { return {at_ + 2, length()}; }

        Iterator& operator++() {
            at_ += 2 + length();
            --left_;
            return *this;
        }

        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }

        bool operator==(const Iterator& other) const { return left_ == other.left_; }

      private:
        std::size_t length() const { return load_host<std::uint16_t>(at_); }

        const std::uint8_t* at_ = nullptr;
        std::size_t left_ = 0;
    };

    RdataRange() = default;

    RdataRange(const std::uint8_t* first, std::size_t count) : first_(first), count_(count) {}

    Iterator begin() const { return {first_, count_}; }

    Iterator end() const { return {}; }

    std::size_t size() const { return count_; }

    bool empty() const { return count_ == 0; }

    Octets front() const { return *begin(); }

    // Where what follows the last rdata begins.
    const std::uint8_t* past_the_last() const;

  private:
    const std::uint8_t* first_ = nullptr;
    std::size_t count_ = 0;
};

class PackedRRset {
  public:
    // `packed` was made by RRsetBuilder or copied whole from such octets.
    static PackedRRset trusted(Octets packed) { return PackedRRset(packed); }

    Octets octets() const { return packed_; }

    NameView owner() const {
        std::size_t at = packed_header;
        while (packed_[at] != 0) {
            at += 1U + packed_[at];
        }
        return NameView::trusted(packed_.subspan(packed_header, at + 1 - packed_header));
    }

    Type type() const { return Type{load_host<std::uint16_t>(packed_.data())}; }

    RdataRange rdatas() const { return rdatas_behind(owner()); }

    // Rdata of the RRSIGs that cover this RRset.
    RdataRange signatures() const { return signatures_behind(rdatas()); }

    // The same for who has found what stands in front of them: `owner` is owner(), and so on.
    RdataRange rdatas_behind(NameView owner) const {
        return {owner.wire().data() + owner.size(), load_host<std::uint16_t>(packed_.data() + 2)};
    }

    RdataRange signatures_behind(RdataRange rdatas) const {
        return {rdatas.past_the_last(), load_host<std::uint16_t>(packed_.data() + 4)};
    }

  private:
    explicit PackedRRset(Octets packed) : packed_(packed) {}

    Octets packed_;
};

class RRset {
  public:
    RRset() = default;  // empty: owner(), type() and the like must not be called
    RRset(const RRset& other);

    RRset(RRset&& other) noexcept
        : body_(std::exchange(other.body_, nullptr)),
          ttl_(other.ttl_),
          security_(other.security_) {}

    RRset& operator=(RRset other) noexcept {
        std::swap(body_, other.body_);
        ttl_ = other.ttl_;
        security_ = other.security_;
        return *this;
    }

    ~RRset();

    // Copies octets in packed form.
    static RRset from_packed(Octets packed, std::uint32_t ttl, Security security);

    explicit operator bool() const { return body_ != nullptr; }

    PackedRRset packed() const;

    NameView owner() const { return packed().owner(); }

    Type type() const { return packed().type(); }

    RdataRange rdatas() const { return packed().rdatas(); }

    RdataRange signatures() const { return packed().signatures(); }

    std::uint32_t ttl() const { return ttl_; }  // seconds

    Security security() const { return security_; }

    RRset with_ttl(std::uint32_t ttl) const;
    // Any but `secure` for what has signatures: only one of them makes it that.
    RRset with_security(Security security) const;
    // Secure by the first of these, some of signatures(); the others are left out. For
    // dnssec/proof.h alone, which says what proved it.
    RRset proved_by(std::span<const Octets> kept) const;
    // The same rdata and signatures under another owner: a wildcard's expansion, a DNAME's.
    RRset with_owner(NameView owner) const;

  private:
    friend class RRsetBuilder;
    struct Body;
    Body* body_ = nullptr;
    std::uint32_t ttl_ = 0;
    Security security_ = Security::unchecked;
};

// Same owner, type and rdatas as a set (RFC 2181 5), compared in canonical form (RFC 4034 6.2); TTL
// and signatures do not count.
bool same_data(const RRset& a, const RRset& b);

class RRsetBuilder {
  public:
    RRsetBuilder(NameView owner, Type type);
    // A duplicate is left out (RFC 2181 5). `rdata` is uncompressed and valid for its type.
    void add(Octets rdata);
    void add_signature(Octets rdata);

    bool empty() const { return rdatas_.spans.empty(); }

    std::size_t size() const { return rdatas_.spans.size(); }

    std::size_t signatures() const { return signatures_.spans.size(); }

    RRset finish(std::uint32_t ttl, Security security = Security::unchecked) const;

  private:
    struct Span {
        std::uint32_t at;
        std::uint16_t size;
    };

    struct Members {
        std::vector<Span> spans;            // as they came
        std::vector<std::uint32_t> sorted;  // indices into them, by octets
    };

    void add_to(Members& members, Octets rdata);
    Octets octets_of(Span span) const;

    Name owner_;
    Type type_;
    std::vector<std::uint8_t> octets_;  // all rdata, one after the other
    Members rdatas_;
    Members signatures_;
};

// "www.example.com. 300 IN A 192.0.2.1" and so on, a line each, for traces, tests and people.
std::string to_text(const RRset& rrset);

}  // namespace wend::dns
