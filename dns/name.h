// Domain names in wire form: absolute, uncompressed, at most 255 octets, any octet in a label.
//
//   NameView  refers to octets that it does not own, valid by construction (two words)
//   Name      owns its octets inline; no allocation
#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/octets.h"
#include "dns/form_error.h"

namespace wend::dns {

inline constexpr std::size_t name_octets_max = 255;
inline constexpr std::size_t label_octets_max = 63;
inline constexpr std::size_t labels_max = 127;

class NameView {
  public:
    constexpr NameView() : wire_(root_octets) {}

    // `wire` is exactly one valid uncompressed name: the caller has checked it.
    static constexpr NameView trusted(Octets wire) { return NameView(wire); }

    // The uncompressed name at the start of `octets`, checked. Pointers are bad_label_type.
    static std::expected<NameView, FormError> read(Octets octets);

    constexpr Octets wire() const { return wire_; }

    constexpr std::size_t size() const { return wire_.size(); }

    constexpr bool is_root() const { return wire_.size() == 1; }

    // Without the root label: 0 for the root, 2 for example.com.
    std::size_t label_count() const;

    bool is_wildcard() const { return wire_.size() > 2 && wire_[0] == 1 && wire_[1] == '*'; }

    // The first label's octets, without its length. Empty for the root.
    constexpr Octets first_label() const { return wire_.subspan(1, wire_[0]); }

    // The name without its first label. Not for the root.
    constexpr NameView parent() const { return NameView(wire_.subspan(1U + wire_[0])); }

    // The rightmost `labels` labels; at most label_count().
    NameView suffix(std::size_t labels) const;
    // True for the name itself too.
    bool is_subdomain_of(NameView ancestor) const;
    // How many labels the two share, counted from the root.
    std::size_t common_labels(NameView other) const;

  private:
    static constexpr std::array<std::uint8_t, 1> root_octets = {0};

    constexpr explicit NameView(Octets wire) : wire_(wire) {}

    Octets wire_;
};

// ASCII case does not matter (RFC 4343).
bool operator==(NameView a, NameView b);
// As above, but letters must agree in case too.
bool equal_with_case(NameView a, NameView b);
// RFC 4034 6.1.
std::strong_ordering canonical_order(NameView a, NameView b);
// Equal names hash alike.
std::uint64_t hash(const HashKey& key, NameView name, std::uint64_t tweak = 0);

// Presentation form with a final dot; octets outside printable ASCII as \DDD, and \. \\ \" and the
// like escaped (RFC 1035 5.1). Round-trips through Name::from_text.
std::string to_text(NameView name);

class Name {
  public:
    Name() : size_(1) { octets_[0] = 0; }  // the root

    Name(const Name& other) noexcept { copy(other); }

    Name& operator=(const Name& other) noexcept {
        copy(other);
        return *this;
    }

    ~Name() = default;

    // NOLINTNEXTLINE(google-explicit-constructor): a view may be kept wherever a name is wanted
    Name(NameView view);

    // NOLINTNEXTLINE(google-explicit-constructor): a Name is a NameView wherever one is read
    operator NameView() const { return NameView::trusted(wire()); }

    // Absolute with or without the final dot.
    static std::expected<Name, FormError> from_text(std::string_view text);
    // A name without a final dot is completed with `origin`; "@" is the origin (RFC 1035 5.1).
    static std::expected<Name, FormError> from_text(std::string_view text, NameView origin);

    Octets wire() const { return Octets(octets_).first(size_); }

    NameView view() const { return *this; }

    // Label (1..63 octets) in front of this name; nothing if that is over 255 octets.
    std::optional<Name> with_label(Octets label) const;
    // "*." in front.
    std::optional<Name> wildcard_child() const;
    // This name with its suffix `from` replaced by `to` (DNAME, RFC 6672 2.2). Requires that it is
    // a subdomain of `from`; nothing if the result is over 255 octets.
    std::optional<Name> with_suffix_replaced(NameView from, NameView to) const;
    // ASCII letters in lower case: canonical form (RFC 4034 6.2).
    Name lower_case() const;

  private:
    // What lies behind a name's octets is neither read nor written: a resolution copies its names a
    // dozen times, and each copy would else take five lines of the processor's cache and not one.
    void copy(const Name& other) noexcept {
        constexpr std::size_t short_octets = 31;
        size_ = other.size_;
        if (size_ <= short_octets) {  // in a few instructions
            std::memmove(octets_.data(), other.octets_.data(), short_octets);
        } else {
            std::memmove(octets_.data(), other.octets_.data(), size_);
        }
    }

    // In front: the octets of most names lie in the same line of the processor's cache.
    std::uint8_t size_;
    // Not value-initialized: only the first size_ octets are ever read.
    std::array<std::uint8_t, name_octets_max>
        octets_;  // NOLINT(cppcoreguidelines-pro-type-member-init)
};

inline bool operator==(const Name& a, const Name& b) {
    return a.view() == b.view();
}

inline bool operator==(const Name& a, NameView b) {
    return a.view() == b;
}

// For ordered containers of names.
struct CanonicalLess {
    using is_transparent = void;

    bool operator()(NameView a, NameView b) const { return canonical_order(a, b) < 0; }
};

// "example.com." given as a literal in our own code and tests; aborts if it is not a name.
Name name_of(std::string_view text);

// An ASCII upper-case letter as lower case; any other octet as it is (RFC 4343 3).
constexpr std::uint8_t fold_octet(std::uint8_t octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet | 0x20) : octet;
}

}  // namespace wend::dns
