#include "dns/rrset.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.h"

namespace wend::dns {
namespace {

constexpr std::size_t octets_of_most = 256;  // the rdata of most RRsets, with a signature

std::uint8_t* store_host(std::uint8_t* at, std::size_t value) {
    check(value <= 0xffff, "counts and lengths of an RRset fit 16 bits");
    const auto narrow = static_cast<std::uint16_t>(value);
    std::memcpy(at, &narrow, sizeof narrow);
    return at + sizeof narrow;
}

std::uint8_t* store_octets(std::uint8_t* at, Octets octets) {
    return std::ranges::copy(octets, at).out;
}

}  // namespace

const std::uint8_t* RdataRange::past_the_last() const {
    const std::uint8_t* at = first_;
    for (std::size_t left = count_; left > 0; --left) {
        at += 2 + load_host<std::uint16_t>(at);
    }
    return at;
}

// The octets in packed form follow in the same allocation.
struct RRset::Body {
    std::uint32_t references;
    std::uint32_t size;

    static Body* make(std::size_t size) {
        check(size <= 0xffffffffU, "an RRset is far below 4 GiB");
        void* const memory = ::operator new(sizeof(Body) + size);
        return new (memory) Body{1, static_cast<std::uint32_t>(size)};
    }

    void release() {
        if (--references == 0) {
            ::operator delete(this, sizeof(Body) + size);
        }
    }

    std::uint8_t* octets() { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

RRset::RRset(const RRset& other)
    : body_(other.body_), ttl_(other.ttl_), security_(other.security_) {
    if (body_ != nullptr) {
        ++body_->references;
    }
}

RRset::~RRset() {
    if (body_ != nullptr) {
        body_->release();
    }
}

RRset RRset::from_packed(Octets packed, std::uint32_t ttl, Security security) {
    RRset rrset;
    rrset.body_ = Body::make(packed.size());
    store_octets(rrset.body_->octets(), packed);
    rrset.ttl_ = ttl;
    rrset.security_ = security;
    return rrset;
}

PackedRRset RRset::packed() const {
    check(body_ != nullptr, "an empty RRset has nothing to show");
    return PackedRRset::trusted({body_->octets(), body_->size});
}

RRset RRset::with_ttl(std::uint32_t ttl) const {
    RRset copy = *this;
    copy.ttl_ = ttl;
    return copy;
}

RRset RRset::with_security(Security security) const {
    check(security != Security::secure || signatures().empty(),
          "what is signed is secure by a signature alone");
    RRset copy = *this;
    copy.security_ = security;
    return copy;
}

RRset RRset::proved_by(std::span<const Octets> kept) const {
    const PackedRRset before = packed();
    const RdataRange rdatas = before.rdatas();
    const RdataRange all = before.signatures_behind(rdatas);
    check(!kept.empty(), "a signature proves it");
    RRset proved = *this;
    proved.security_ = Security::secure;
    if (kept.size() == all.size() && kept.front().data() == all.front().data()) {
        return proved;
    }
    const auto rest = static_cast<std::size_t>(rdatas.past_the_last() - before.octets().data());
    std::size_t size = rest;
    for (const Octets signature : kept) {
        size += 2 + signature.size();
    }
    proved.body_->release();
    proved.body_ = Body::make(size);
    std::uint8_t* at = store_octets(proved.body_->octets(), before.octets().first(rest));
    store_host(proved.body_->octets() + 4, kept.size());
    for (const Octets signature : kept) {
        at = store_octets(store_host(at, signature.size()), signature);
    }
    return proved;
}

RRset RRset::with_owner(NameView owner) const {
    const Octets before = packed().octets();
    const Octets tail = before.subspan(packed_header + this->owner().size());
    RRset renamed;
    renamed.body_ = Body::make(packed_header + owner.size() + tail.size());
    std::uint8_t* at = store_octets(renamed.body_->octets(), before.first(packed_header));
    at = store_octets(at, owner.wire());
    store_octets(at, tail);
    renamed.ttl_ = ttl_;
    renamed.security_ = security_;
    return renamed;
}

RRsetBuilder::RRsetBuilder(NameView owner, Type type) : owner_(owner), type_(type) {
    octets_.reserve(octets_of_most);
}

void RRsetBuilder::add(Octets rdata) {
    add_to(rdatas_, rdata);
}

void RRsetBuilder::add_signature(Octets rdata) {
    add_to(signatures_, rdata);
}

// A message can hold thousands of rdatas, so a duplicate is found by halving, not by looking at
// each.
void RRsetBuilder::add_to(Members& members, Octets rdata) {
    check(rdata.size() <= 0xffff, "rdata has at most 65,535 octets");
    const auto place =
        std::ranges::lower_bound(members.sorted, rdata, std::ranges::lexicographical_compare,
                                 [&](std::uint32_t i) { return octets_of(members.spans[i]); });
    if (place != members.sorted.end() &&
        std::ranges::equal(octets_of(members.spans[*place]), rdata)) {
        return;
    }
    members.sorted.insert(place, static_cast<std::uint32_t>(members.spans.size()));
    members.spans.push_back(
        {static_cast<std::uint32_t>(octets_.size()), static_cast<std::uint16_t>(rdata.size())});
    octets_.insert(octets_.end(), rdata.begin(), rdata.end());
}

Octets RRsetBuilder::octets_of(Span span) const {
    return Octets(octets_).subspan(span.at, span.size);
}

RRset RRsetBuilder::finish(std::uint32_t ttl, Security security) const {
    const std::size_t lengths = 2 * (rdatas_.spans.size() + signatures_.spans.size());
    RRset rrset;
    rrset.body_ =
        RRset::Body::make(packed_header + owner_.wire().size() + lengths + octets_.size());
    std::uint8_t* at = rrset.body_->octets();
    at = store_host(at, std::to_underlying(type_));
    at = store_host(at, rdatas_.spans.size());
    at = store_host(at, signatures_.spans.size());
    at = store_octets(at, owner_.wire());
    for (const Members* members : {&rdatas_, &signatures_}) {
        for (const Span span : members->spans) {
            at = store_octets(store_host(at, span.size), octets_of(span));
        }
    }
    rrset.ttl_ = ttl;
    rrset.security_ = security;
    return rrset;
}

}  // namespace wend::dns
