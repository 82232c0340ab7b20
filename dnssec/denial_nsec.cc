#include "dnssec/denial_nsec.h"

#include <algorithm>
#include <array>
#include <compare>

namespace wend::dnssec {
namespace {

using dns::NameView;
using dns::Type;

// The zone's own spans.
class Spans {
  public:
    explicit Spans(const Proofs& proofs) {
        for (const auto& rrset : proofs.rrsets) {
            const auto span = nsec_span(rrset, proofs.zone);
            if (span && size_ < proofs_max) {
                spans_[size_++] = *span;
            }
        }
    }

    const NsecSpan* begin() const { return spans_.data(); }

    const NsecSpan* end() const { return spans_.data() + size_; }

  private:
    std::array<NsecSpan, proofs_max> spans_{};
    std::size_t size_ = 0;
};

const NsecSpan* matching(const Spans& spans, NameView name) {
    const auto* const found =
        std::ranges::find_if(spans, [&](const auto& s) { return s.owner == name; });
    return found == spans.end() ? nullptr : found;
}

// A span that covers the name and may speak of it.
const NsecSpan* covering(const Spans& spans, NameView name, NameView zone) {
    const auto* const found = std::ranges::find_if(spans, [&](const auto& span) {
        return covers(span, name, zone) && may_speak_below(span, name);
    });
    return found == spans.end() ? nullptr : found;
}

// A name that a span covers and that is above its end is an empty non-terminal: it exists
// (RFC 8020 2), be it a wildcard (RFC 4592 2.2.2).
bool shows_empty_non_terminal(const NsecSpan& span, NameView name) {
    return span.nsec.next.is_subdomain_of(name);
}

// The bitmap at the name itself.
bool lacks_type(const NsecSpan& span, Type type, NameView zone) {
    const TypeBitmap& types = span.nsec.types;
    if (type == Type::any || types.contains(type) || types.contains(Type::cname)) {
        return false;  // a name that has an NSEC has something
    }
    if (type == Type::ds) {
        // The child's apex NSEC says nothing of the DS, which is the parent's (RFC 6840 4.4).
        return !types.contains(Type::soa) || span.owner.is_root();
    }
    // The parent's NSEC at a cut speaks of NS and DS only (RFC 6840 4.1).
    const bool is_cut = types.contains(Type::ns) && !types.contains(Type::soa);
    return !is_cut || span.owner == zone;
}

}  // namespace

std::optional<NsecSpan> nsec_span(const dns::PackedRRset& rrset, NameView zone) {
    if (rrset.type() != Type::nsec || rrset.rdatas().size() != 1 ||
        !rrset.owner().is_subdomain_of(zone)) {
        return std::nullopt;
    }
    const NsecSpan span{rrset.owner(), Nsec::read(rrset.rdatas().front())};
    if (!span.nsec.next.is_subdomain_of(zone)) {
        return std::nullopt;
    }
    return span;
}

bool covers(const NsecSpan& span, NameView name, NameView zone) {
    if (!name.is_subdomain_of(zone) || canonical_order(span.owner, name) >= 0) {
        return false;
    }
    const bool is_last = canonical_order(span.owner, span.nsec.next) >= 0;
    return is_last ? span.nsec.next == zone : canonical_order(name, span.nsec.next) < 0;
}

bool may_speak_below(const NsecSpan& span, NameView name) {
    if (span.owner == name || !name.is_subdomain_of(span.owner)) {
        return true;
    }
    const TypeBitmap& types = span.nsec.types;
    const bool is_cut = types.contains(Type::ns) && !types.contains(Type::soa);
    return !is_cut && !types.contains(Type::dname);
}

NameView closest_encloser(const NsecSpan& span, NameView name) {
    const std::size_t labels =
        std::max(name.common_labels(span.owner), name.common_labels(span.nsec.next));
    return name.suffix(labels);
}

Denied nsec_name_does_not_exist(NameView name, const Proofs& proofs) {
    const Spans spans(proofs);
    const NsecSpan* span = covering(spans, name, proofs.zone);
    if (span == nullptr || shows_empty_non_terminal(*span, name)) {
        return Denied::no;
    }
    const auto wildcard = dns::Name(closest_encloser(*span, name)).wildcard_child();
    const NsecSpan* beside = wildcard ? covering(spans, *wildcard, proofs.zone) : nullptr;
    return beside != nullptr && !shows_empty_non_terminal(*beside, *wildcard) ? Denied::yes
                                                                              : Denied::no;
}

Denied nsec_type_does_not_exist(NameView name, Type type, const Proofs& proofs) {
    const Spans spans(proofs);
    if (const NsecSpan* span = matching(spans, name)) {
        return lacks_type(*span, type, proofs.zone) ? Denied::yes : Denied::no;
    }
    const NsecSpan* span = covering(spans, name, proofs.zone);
    if (span == nullptr) {
        return Denied::no;
    }
    if (shows_empty_non_terminal(*span, name)) {
        return Denied::yes;
    }
    const auto wildcard = dns::Name(closest_encloser(*span, name)).wildcard_child();
    if (!wildcard) {
        return Denied::no;
    }
    if (const NsecSpan* match = matching(spans, *wildcard)) {
        return lacks_type(*match, type, proofs.zone) ? Denied::yes : Denied::no;
    }
    const NsecSpan* beside = covering(spans, *wildcard, proofs.zone);
    return beside != nullptr && shows_empty_non_terminal(*beside, *wildcard) ? Denied::yes
                                                                             : Denied::no;
}

Denied nsec_no_closer_match(NameView name, std::size_t encloser_labels, const Proofs& proofs) {
    const Spans spans(proofs);
    const NsecSpan* span = covering(spans, name, proofs.zone);
    // What the name shares with the span's ends must not reach below the wildcard's parent.
    const bool proved = span != nullptr && !shows_empty_non_terminal(*span, name) &&
                        closest_encloser(*span, name).label_count() == encloser_labels;
    return proved ? Denied::yes : Denied::no;
}

Cut nsec_unsigned_cut(NameView name, const Proofs& proofs) {
    const Spans spans(proofs);
    if (const NsecSpan* span = matching(spans, name)) {
        if (!lacks_type(*span, Type::ds, proofs.zone)) {
            return span->nsec.types.contains(Type::cname) && !span->nsec.types.contains(Type::ds)
                       ? Cut::none
                       : Cut::unproved;
        }
        return span->nsec.types.contains(Type::ns) ? Cut::insecure : Cut::none;
    }
    // Absent or an empty non-terminal; and no wildcard makes a cut (RFC 4592 4.2).
    return covering(spans, name, proofs.zone) != nullptr ? Cut::none : Cut::unproved;
}

}  // namespace wend::dnssec
