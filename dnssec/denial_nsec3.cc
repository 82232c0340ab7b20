#include "dnssec/denial_nsec3.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/encoding.h"
#include "dnssec/pretence.h"

namespace wend::dnssec {
namespace {

using dns::NameView;
using dns::Type;

constexpr std::uint8_t sha1_hash = 1;
constexpr std::uint8_t known_flags = 0x01;

// The 32 letters of base32hex that name a record (RFC 5155 3).
std::optional<Nsec3Hash> hash_from_label(Octets label) {
    const std::string_view text(reinterpret_cast<const char*>(label.data()), label.size());
    Nsec3Hash hash{};
    return read_base32hex(text, hash) ? std::optional(hash) : std::nullopt;
}

// One answer's NSEC3 records of one zone and the hashing of names against them.
class Spans {
  public:
    Spans(const Proofs& proofs, Meter& meter) : zone_(proofs.zone), meter_(meter) {
        for (const auto& rrset : proofs.rrsets) {
            const auto span = nsec3_span(rrset, zone_);
            if (span && size_ < proofs_max && same_parameters(*span)) {
                spans_[size_++] = *span;
            }
        }
    }

    bool too_costly() const {
        return !empty() && (spans_[0].record.iterations > pretended_nsec3_iterations_max() ||
                            spans_[0].record.salt.size() > nsec3_salt_max);
    }

    // Nothing once the meter ran out.
    std::optional<Nsec3Hash> hash(NameView name) {
        const Nsec3& record = spans_[0].record;
        const dns::Name canonical = dns::Name(name).lower_case();
        const int blocks =
            nsec3_blocks(canonical.wire().size(), record.salt.size(), record.iterations);
        if (!meter_.spend_nsec3_blocks(blocks)) {
            over_budget_ = true;
            return std::nullopt;
        }
        return nsec3_hash(canonical.wire(), record.salt, record.iterations);
    }

    const Nsec3Span* matching(const Nsec3Hash& hash) const {
        return find([&](const Nsec3Span& span) { return span.owner == hash; });
    }

    const Nsec3Span* covering(const Nsec3Hash& hash) const {
        return find([&](const Nsec3Span& span) { return covers(span, hash); });
    }

    bool empty() const { return size_ == 0; }

    bool over_budget() const { return over_budget_; }

    NameView zone() const { return zone_; }

  private:
    bool same_parameters(const Nsec3Span& span) const {
        return empty() || (span.record.iterations == spans_[0].record.iterations &&
                           std::ranges::equal(span.record.salt, spans_[0].record.salt));
    }

    template <class Condition>
    const Nsec3Span* find(Condition condition) const {
        const auto* const end = spans_.data() + size_;
        const auto* const found = std::find_if(spans_.data(), end, condition);
        return found == end ? nullptr : found;
    }

    NameView zone_;
    Meter& meter_;
    std::array<Nsec3Span, proofs_max> spans_{};
    std::size_t size_ = 0;
    bool over_budget_ = false;
};

// RFC 5155 8.3: the nearest ancestor (or the name) that exists, and what covers the next closer
// name.
struct Encloser {
    NameView name;
    const Nsec3Span* match = nullptr;        // at the closest encloser
    const Nsec3Span* next_closer = nullptr;  // covers the name one label longer; null at the name
    bool is_name = false;
};

bool may_enclose(const Nsec3Span& span, NameView encloser, NameView zone) {
    const TypeBitmap& types = span.record.types;
    const bool is_cut = types.contains(Type::ns) && !types.contains(Type::soa);
    return !types.contains(Type::dname) && (!is_cut || encloser == zone);
}

// From the zone downwards: the first name that is covered is the next closer one, however many
// labels the name has below it. Hashes each name once, one for each label of the name at most.
std::optional<Encloser> find_encloser(NameView name, Spans& spans) {
    const auto own = spans.hash(name);
    if (!own) {
        return std::nullopt;
    }
    if (const Nsec3Span* match = spans.matching(*own)) {
        return Encloser{name, match, nullptr, true};
    }
    const std::size_t labels = name.label_count();
    std::optional<Nsec3Hash> above;  // of the name one label shorter
    for (std::size_t count = spans.zone().label_count() + 1; count <= labels; ++count) {
        const auto hash = count == labels ? own : spans.hash(name.suffix(count));
        if (!hash) {
            return std::nullopt;
        }
        const Nsec3Span* cover = spans.covering(*hash);
        if (cover == nullptr) {
            above = hash;
            continue;
        }
        const NameView encloser = name.suffix(count - 1);
        const auto of_encloser = above ? above : spans.hash(encloser);
        const Nsec3Span* match = of_encloser ? spans.matching(*of_encloser) : nullptr;
        if (match == nullptr || !may_enclose(*match, encloser, spans.zone())) {
            return std::nullopt;
        }
        return Encloser{encloser, match, cover, false};
    }
    return std::nullopt;
}

// As for NSEC: the bitmap at the name, above or below a cut (RFC 5155 8.5, 8.6; RFC 6840 4.1, 4.4).
bool lacks_type(const Nsec3Span& span, NameView name, Type type, NameView zone) {
    const TypeBitmap& types = span.record.types;
    if (types.contains(type) || types.contains(Type::cname)) {
        return false;
    }
    if (type == Type::any) {
        return types.is_empty();  // an empty non-terminal
    }
    if (type == Type::ds) {
        return !types.contains(Type::soa) || name.is_root();
    }
    const bool is_cut = types.contains(Type::ns) && !types.contains(Type::soa);
    return !is_cut || name == zone;
}

enum class AtWildcard : std::uint8_t { unknown, absent, present, over_budget };

struct WildcardMatch {
    AtWildcard state = AtWildcard::unknown;
    const Nsec3Span* match = nullptr;
    dns::Name name;
};

WildcardMatch look_at_wildcard(NameView encloser, Spans& spans) {
    WildcardMatch found;
    const auto wildcard = dns::Name(encloser).wildcard_child();
    if (!wildcard) {
        return found;
    }
    found.name = *wildcard;
    const auto hash = spans.hash(*wildcard);
    if (!hash) {
        found.state = AtWildcard::over_budget;
        return found;
    }
    found.match = spans.matching(*hash);
    if (found.match != nullptr) {
        found.state = AtWildcard::present;
    } else if (spans.covering(*hash) != nullptr) {
        found.state = AtWildcard::absent;
    }
    return found;
}

Denied yes_unless_opt_out(const Nsec3Span& next_closer) {
    return next_closer.record.is_opt_out() ? Denied::opt_out : Denied::yes;
}

// What decides before any name is hashed; nothing if the records are to be looked at.
std::optional<Denied> decided_at_once(NameView name, const Spans& spans) {
    if (spans.empty() || !name.is_subdomain_of(spans.zone())) {
        return Denied::no;
    }
    return spans.too_costly() ? std::optional(Denied::too_costly) : std::nullopt;
}

}  // namespace

std::optional<Nsec3Span> nsec3_span(const dns::PackedRRset& rrset, NameView zone) {
    if (rrset.type() != Type::nsec3 || rrset.rdatas().size() != 1 || rrset.owner().is_root() ||
        !(rrset.owner().parent() == zone)) {
        return std::nullopt;
    }
    const Nsec3 record = Nsec3::read(rrset.rdatas().front());
    const auto owner = hash_from_label(rrset.owner().first_label());
    if (!owner || record.hash_algorithm != sha1_hash || (record.flags & ~known_flags) != 0 ||
        record.next.size() != owner->size()) {
        return std::nullopt;
    }
    Nsec3Span span{.owner = *owner, .next = {}, .record = record};
    std::ranges::copy(record.next, span.next.begin());
    return span;
}

bool covers(const Nsec3Span& span, const Nsec3Hash& hash) {
    if (span.owner < span.next) {
        return span.owner < hash && hash < span.next;
    }
    return hash != span.owner &&
           (hash > span.owner || hash < span.next);  // the last one wraps round
}

bool uses_nsec3(const Proofs& proofs) {
    return std::ranges::any_of(proofs.rrsets, [&](const auto& rrset) {
        return nsec3_span(rrset, proofs.zone).has_value();
    });
}

Denied nsec3_name_does_not_exist(NameView name, const Proofs& proofs, Meter& meter) {
    Spans spans(proofs, meter);
    if (const auto decided = decided_at_once(name, spans)) {
        return *decided;
    }
    const auto encloser = find_encloser(name, spans);
    if (!encloser || encloser->is_name) {
        return spans.over_budget() ? Denied::over_budget : Denied::no;
    }
    switch (look_at_wildcard(encloser->name, spans).state) {
        case AtWildcard::absent:
            return yes_unless_opt_out(*encloser->next_closer);
        case AtWildcard::over_budget:
            return Denied::over_budget;
        case AtWildcard::unknown:
        case AtWildcard::present:
            return Denied::no;
    }
    return Denied::no;
}

Denied nsec3_type_does_not_exist(NameView name, Type type, const Proofs& proofs, Meter& meter) {
    Spans spans(proofs, meter);
    if (const auto decided = decided_at_once(name, spans)) {
        return *decided;
    }
    const auto encloser = find_encloser(name, spans);
    if (!encloser) {
        return spans.over_budget() ? Denied::over_budget : Denied::no;
    }
    if (encloser->is_name) {
        return lacks_type(*encloser->match, name, type, spans.zone()) ? Denied::yes : Denied::no;
    }
    // An unsigned delegation, or an empty non-terminal above one, has no NSEC3 of its own in an
    // opt-out span (RFC 5155 6, 8.6), whatever a wildcard beside it has.
    if (encloser->next_closer->record.is_opt_out()) {
        return Denied::opt_out;
    }
    const WildcardMatch wildcard = look_at_wildcard(encloser->name, spans);
    if (wildcard.state == AtWildcard::over_budget) {
        return Denied::over_budget;
    }
    const bool proved = wildcard.state == AtWildcard::present &&
                        lacks_type(*wildcard.match, wildcard.name, type, spans.zone());
    return proved ? Denied::yes : Denied::no;
}

Denied nsec3_no_closer_match(NameView name, std::size_t encloser_labels, const Proofs& proofs,
                             Meter& meter) {
    Spans spans(proofs, meter);
    if (const auto decided = decided_at_once(name, spans)) {
        return *decided;
    }
    if (encloser_labels < spans.zone().label_count() || encloser_labels >= name.label_count()) {
        return Denied::no;
    }
    const auto hash = spans.hash(name.suffix(encloser_labels + 1));
    if (!hash) {
        return Denied::over_budget;
    }
    const Nsec3Span* cover = spans.covering(*hash);
    return cover == nullptr ? Denied::no : yes_unless_opt_out(*cover);
}

Cut nsec3_unsigned_cut(NameView name, const Proofs& proofs, Meter& meter) {
    Spans spans(proofs, meter);
    if (const auto decided = decided_at_once(name, spans)) {
        return *decided == Denied::too_costly ? Cut::insecure : Cut::unproved;
    }
    const auto encloser = find_encloser(name, spans);
    if (!encloser) {
        return spans.over_budget() ? Cut::over_budget : Cut::unproved;
    }
    if (!encloser->is_name) {
        return encloser->next_closer->record.is_opt_out() ? Cut::insecure : Cut::none;
    }
    const TypeBitmap& types = encloser->match->record.types;
    if (types.contains(Type::ds) || (types.contains(Type::soa) && !name.is_root())) {
        return Cut::unproved;
    }
    return types.contains(Type::ns) ? Cut::insecure : Cut::none;
}

}  // namespace wend::dnssec
