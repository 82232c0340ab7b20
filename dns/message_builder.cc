#include "dns/message_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "dns/rdata.h"

namespace wend::dns {
namespace {

constexpr std::size_t record_fields = 10;  // type, class, TTL, RDLENGTH
constexpr std::size_t opt_size = 1 + record_fields;
constexpr unsigned pointer_word = 0xc000;

// RFC 3597 4: only types of RFC 1035 may be compressed; all have small numbers.
bool may_hold_compressible_names(Type type) {
    return type <= Type::mx && type != Type::a;
}

}  // namespace

struct MessageBuilder::Mark {
    std::size_t at;
    std::size_t suffixes;
    std::array<std::uint16_t, 3> counts;
};

MessageBuilder::MessageBuilder(MutableOctets buffer, std::size_t limit)
    : buffer_(buffer), limit_(std::min({limit, buffer.size(), message_octets_max})) {
    check(limit_ >= header_size, "a message has room for its header");
}

void MessageBuilder::start(const Header& header, Rcode rcode, const Question* question,
                           const EdnsToSend* edns) {
    const unsigned number = std::to_underlying(rcode);
    check(number < 16 || edns != nullptr, "an rcode over 15 needs an OPT record");
    extended_rcode_ = static_cast<std::uint8_t>(number >> 4);
    const MutableOctets to = buffer_;
    store_u16(to, 0, header.id);
    store_u16(to, 2, static_cast<std::uint16_t>((header.flags() & ~0xfU) | (number & 0xfU)));
    store_u16(to, 4, question != nullptr ? 1 : 0);
    at_ = header_size;
    reserved_ = 0;
    question_name_size_ = 0;
    section_ = Section::answer;
    counts_ = {};
    compresses_ = false;
    if (question != nullptr) {
        const Octets qname = question->qname.wire();
        check(room() >= qname.size() + 4, "a message has room for its question");
        put(qname);
        store_u16(to, at_, std::to_underlying(question->qtype));
        store_u16(to, at_ + 2, std::to_underlying(question->qclass));
        at_ += 4;
        question_name_size_ = qname.size();
    }
    has_edns_ = edns != nullptr;
    if (has_edns_) {
        reserve_opt(*edns);
    }
}

void MessageBuilder::reserve_opt(const EdnsToSend& edns) {
    check(room() >= opt_size, "a message has room for its OPT record");
    edns_ = edns;
    const std::size_t most = room();
    std::size_t size = opt_size;
    std::size_t kept = 0;
    for (const EdnsOption& option : edns.options) {
        if (most - size < option_header + option.data.size()) {
            break;
        }
        size += option_header + option.data.size();
        ++kept;
    }
    edns_.options = edns.options.first(kept);
    reserved_ = size;
}

bool MessageBuilder::add(Section section, PackedRRset rrset, std::uint32_t ttl,
                         bool with_signatures, std::optional<NameView> owner) {
    enter(section);
    const Mark before = mark();
    const bool fits = put_rrset(rrset, ttl, with_signatures, owner);
    if (!fits) {
        go_back(before);
    }
    return fits;
}

bool MessageBuilder::add_record(Section section, const RecordView& record) {
    check(record.type != Type::opt, "finish() writes the OPT record");
    enter(section);
    const Mark before = mark();
    const bool fits =
        put_record(record.owner, {},
                   {.type = record.type, .rclass = record.rclass, .ttl = record.ttl}, record.rdata);
    if (!fits) {
        go_back(before);
    }
    return fits;
}

void MessageBuilder::set_truncated() {
    buffer_[2] |= 0x02;
}

Octets MessageBuilder::finish() {
    reserved_ = 0;
    if (has_edns_) {
        put_opt();
    }
    const MutableOctets to = buffer_;
    const auto counts = counts_;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        store_u16(to, 6 + 2 * i, counts[i]);
    }
    return written();
}

void MessageBuilder::put_opt() {
    const std::size_t start = at_;
    const MutableOctets to = buffer_.subspan(start, opt_size);
    at_ += opt_size;
    for (const EdnsOption& option : edns_.options) {
        store_u16(buffer_, at_, std::to_underlying(option.code));
        store_u16(buffer_, at_ + 2, static_cast<std::uint16_t>(option.data.size()));
        at_ += option_header;
        put(option.data);
    }
    to[0] = 0;
    store_u16(to, 1, std::to_underlying(Type::opt));
    store_u16(to, 3, edns_.udp_payload_size);
    to[5] = extended_rcode_;
    to[6] = edns_.version;
    store_u16(to, 7, edns_.dnssec_ok ? 0x8000 : 0);
    store_u16(to, 9, static_cast<std::uint16_t>(at_ - start - opt_size));
    ++counts_[std::to_underlying(Section::additional)];
}

void MessageBuilder::enter(Section section) {
    check(at_ >= header_size, "start() comes first");
    check(section >= section_, "sections are written in order");
    section_ = section;
}

MessageBuilder::Mark MessageBuilder::mark() const {
    return {.at = at_, .suffixes = compresses_ ? compression_.size() : 0, .counts = counts_};
}

void MessageBuilder::go_back(const Mark& mark) {
    at_ = mark.at;
    counts_ = mark.counts;
    if (compresses_ && mark.suffixes == 0) {
        compresses_ = false;
    } else if (compresses_) {
        compression_.shrink_to(mark.suffixes);
    }
}

bool MessageBuilder::put_rrset(PackedRRset rrset, std::uint32_t ttl, bool with_signatures,
                               const std::optional<NameView>& other_owner) {
    const NameView own = rrset.owner();
    const NameView owner = other_owner ? *other_owner : own;
    const RdataRange data = rrset.rdatas_behind(own);
    ShortOwner again;
    const auto put_all = [&](Type type, RdataRange rdatas) {
        for (const Octets rdata : rdatas) {
            const std::size_t start = at_;
            if (!put_record(owner, again, {.type = type, .rclass = Class::in, .ttl = ttl}, rdata)) {
                return false;
            }
            if (again.size == 0) {
                again = short_owner(start);
            }
        }
        return true;
    };
    return put_all(rrset.type(), data) &&
           (!with_signatures || put_all(Type::rrsig, rrset.signatures_behind(data)));
}

MessageBuilder::ShortOwner MessageBuilder::short_owner(std::size_t at) const {
    if (buffer_[at] == 0) {
        return {.octets = {0, 0}, .size = 1};
    }
    if (buffer_[at] >= pointer_word >> 8) {
        return {.octets = {buffer_[at], buffer_[at + 1]}, .size = 2};
    }
    if (at >= NameCompression::targets_end) {
        return {};
    }
    ShortOwner pointer{.octets = {}, .size = 2};
    store_u16(pointer.octets, 0, static_cast<std::uint16_t>(pointer_word | at));
    return pointer;
}

bool MessageBuilder::put_record(NameView owner, ShortOwner again, FixedFields fields,
                                Octets rdata) {
    const bool named = again.size != 0 ? put(Octets(again.octets).first(again.size))  //
                                       : put_owner(owner);
    if (!named || room() < record_fields) {
        return false;
    }
    const MutableOctets to = buffer_.subspan(at_, record_fields);
    store_u16(to, 0, std::to_underlying(fields.type));
    store_u16(to, 2, std::to_underlying(fields.rclass));
    store_u32(to, 4, fields.ttl);
    at_ += record_fields;
    const std::size_t start = at_;
    if (!put_rdata(fields, rdata)) {
        return false;
    }
    store_u16(to, 8, static_cast<std::uint16_t>(at_ - start));
    ++counts_[std::to_underlying(section_)];
    return true;
}

bool MessageBuilder::put_rdata(FixedFields fields, Octets rdata) {
    if (fields.rclass != Class::in || !may_hold_compressible_names(fields.type)) {
        return put(rdata);
    }
    std::array<RdataName, 2> names;
    const std::size_t count = compressible_names(fields.type, rdata, names);
    std::size_t done = 0;
    for (const RdataName& name : std::span(names).first(count)) {
        if (!put(rdata.subspan(done, name.offset - done)) ||
            !put_name(NameView::trusted(rdata.subspan(name.offset, name.size)))) {
            return false;
        }
        done = name.offset + name.size;
    }
    return put(rdata.subspan(done));
}

bool MessageBuilder::is_question_name(NameView owner) const {
    return owner.size() == question_name_size_ &&
           owner == NameView::trusted(Octets(buffer_).subspan(header_size, question_name_size_));
}

bool MessageBuilder::put_owner(NameView owner) {
    if (owner.is_root() || !is_question_name(owner)) {
        return put_name(owner);
    }
    if (room() < 2) {
        return false;
    }
    store_u16(buffer_, at_, pointer_word | header_size);
    at_ += 2;
    return true;
}

bool MessageBuilder::put_name(NameView name) {
    if (name.is_root()) {
        return put(name.wire());
    }
    if (!compresses_) {
        compression_.clear();
        compresses_ = true;
        if (question_name_size_ != 0) {
            const auto qname =
                NameView::trusted(written().subspan(header_size, question_name_size_));
            compression_.add(qname, {.suffix = 0, .octets_new = qname.size()}, header_size);
        }
    }
    const NameCompression::Match match = compression_.find(written(), name);
    const std::size_t start = at_;
    if (match.suffix == 0) {
        if (!put(name.wire())) {
            return false;
        }
    } else {
        if (room() < match.octets_new + 2) {
            return false;
        }
        put(name.wire().first(match.octets_new));
        const auto target = static_cast<unsigned>(compression_.place_of(match.suffix));
        store_u16(buffer_, at_, static_cast<std::uint16_t>(pointer_word | target));
        at_ += 2;
    }
    compression_.add(name, match, start);
    return true;
}

bool MessageBuilder::put(Octets octets) {
    if (room() < octets.size()) {
        return false;
    }
    if (!octets.empty()) {
        std::memcpy(buffer_.data() + at_, octets.data(), octets.size());
    }
    at_ += octets.size();
    return true;
}

}  // namespace wend::dns
