// The parser of whole messages (RFC 1035 4, 2181, 6891, 9619).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "dns/bare_message.h"
#include "dns/compressed_name.h"
#include "dns/message.h"
#include "dns/rdata.h"

namespace wend::dns {
namespace {

constexpr std::size_t record_header = 10;  // type, class, TTL, RDLENGTH
constexpr Type sig = Type{24};             // SIG(0), RFC 2931

using Done = std::expected<void, FormError>;

// A name that is a pointer grows from 2 octets to as many as 255; ordinary messages grow by less
// than 4 times. Whatever is a message when it is written out plainly is never too much.
constexpr std::size_t storage_max(std::size_t wire_size) {
    return message_octets_max + 16 * wire_size;
}

// TSIG, or SIG(0), the SIG record of class ANY (RFC 2931 3).
bool is_signature_of_message(Type type, Class rclass) {
    return type == Type::tsig || (type == sig && rclass == Class::any);
}

// Rdata of other classes is not what the table of rdata describes: an address of class CH is a
// name, and prerequisites of an UPDATE have none at all (RFC 2136 2.4).
bool is_typed_rdata(Type type, Class rclass, std::size_t length) {
    return rclass == Class::in || (type != Type::a && length != 0);
}

// RFC 2181 8.
std::uint32_t ttl_of(std::uint32_t sent) {
    return sent > 0x7fffffffU ? 0 : sent;
}

}  // namespace

// Reads a message from front to back, once.
class Message::Reader {
  public:
    Reader(Message& message, Octets wire)
        : to_(message), wire_(wire), steps_left_(steps_max(wire.size())) {}

    Done read() {
        if (wire_.size() < header_size) {
            return std::unexpected(FormError::truncated);
        }
        std::ranges::copy(wire_.first(to_.id_and_flags_.size()), to_.id_and_flags_.begin());
        header_ = to_.header();
        if (wire_.size() > message_octets_max) {
            return std::unexpected(FormError::too_long);
        }
        const unsigned questions = load_u16(wire_, 4);
        if (questions > 1) {
            return std::unexpected(FormError::bad_question_count);
        }
        at_ = header_size;
        to_.storage_.reserve(2 * wire_.size());  // most need no more
        if (questions == 1) {
            if (auto done = read_question(); !done) {
                return done;
            }
        }
        auto done = read_records();
        if (!done && done.error() == FormError::truncated && header_.qr && header_.tc) {
            drop_records();
            return {};
        }
        return done;
    }

    std::size_t steps() const { return steps_max(wire_.size()) - steps_left_; }

    // Once storage_ has its final place.
    void make_views() {
        const Octets storage = to_.storage_;
        to_.records_.reserve(to_.entries_.size());
        for (const Entry& entry : to_.entries_) {
            to_.records_.push_back(
                {.owner = NameView::trusted(storage.subspan(entry.owner_at, entry.owner_size)),
                 .type = entry.type,
                 .rclass = entry.rclass,
                 .ttl = entry.ttl,
                 .rdata = storage.subspan(entry.rdata_at, entry.rdata_size)});
        }
        if (to_.has_edns_) {
            const bool whole = to_.edns_.set_options(storage.subspan(options_.at, options_.size));
            check(whole, "options were checked when they were read");
        }
    }

  private:
    struct Place {
        std::size_t at = 0;  // in storage_
        std::size_t size = 0;
    };

    struct FixedFields {
        Type type{};
        Class rclass{};
        std::uint32_t ttl = 0;
        std::size_t length = 0;
    };

    Octets octets_at(Place place) const {
        return Octets(to_.storage_).subspan(place.at, place.size);
    }

    std::expected<Place, FormError> read_name() {
        const std::size_t before = to_.storage_.size();
        const auto after = append_name(wire_, at_, wire_.size(), steps_left_, to_.storage_);
        if (!after) {
            return std::unexpected(after.error());
        }
        at_ = *after;
        return Place{before, to_.storage_.size() - before};
    }

    Done read_question() {
        const std::size_t start = at_;
        const auto name = read_name();
        if (!name) {
            return std::unexpected(name.error());
        }
        if (wire_.size() - at_ < 4) {
            return std::unexpected(FormError::truncated);
        }
        to_.question_.emplace(NameView::trusted(octets_at(*name)), Type{load_u16(wire_, at_)},
                              Class{load_u16(wire_, at_ + 2)});
        at_ += 4;
        pointed_at_ = start;
        pointed_owner_ = *name;
        return {};
    }

    Done read_records() {
        constexpr Section sections[] = {Section::answer, Section::authority, Section::additional};
        constexpr std::size_t record_size_min = 11;
        const std::size_t announced =
            std::size_t{load_u16(wire_, 6)} + load_u16(wire_, 8) + load_u16(wire_, 10);
        to_.entries_.reserve(std::min(announced, wire_.size() / record_size_min));
        for (const Section section : sections) {
            const std::size_t begin = to_.entries_.size();
            if (auto done = read_section(section); !done) {
                return done;
            }
            if (section == Section::authority) {
                to_.authority_at_ = begin;
            } else if (section == Section::additional) {
                to_.additional_at_ = begin;
            }
        }
        return {};
    }

    Done read_section(Section section) {
        const std::size_t count_at = 6 + 2 * std::size_t{std::to_underlying(section)};
        for (unsigned left = load_u16(wire_, count_at); left > 0; --left) {
            const bool is_last = left == 1 && section == Section::additional;
            if (auto done = read_record(section, is_last); !done) {
                return done;
            }
        }
        return {};
    }

    Done read_record(Section section, bool is_last) {
        const auto owner = read_owner();
        if (!owner) {
            return std::unexpected(owner.error());
        }
        const auto fields = read_fixed_fields();
        if (!fields) {
            return std::unexpected(fields.error());
        }
        if (fields->type == Type::opt) {
            return read_opt(section, *owner, *fields);
        }
        if (header_.opcode == Opcode::query) {
            if (is_last && is_signature_of_message(fields->type, fields->rclass)) {
                at_ += fields->length;
                return {};
            }
            if (is_meta(fields->type) && fields->type != Type::tkey) {
                return std::unexpected(FormError::bad_type);
            }
            if (!has_class_of_question(*fields)) {
                return std::unexpected(FormError::bad_class);
            }
        }
        return read_data(*owner, *fields);
    }

    // Most owners are a pointer to the question's name or to that of the record before: read once.
    std::expected<Place, FormError> read_owner() {
        if (wire_.size() - at_ < 2 || wire_[at_] < 0xc0) {
            return read_name();
        }
        const std::size_t target = load_u16(wire_, at_) & 0x3fffU;
        if (target == pointed_at_) {
            if (steps_left_ == 0) {
                return std::unexpected(FormError::too_much_work);
            }
            --steps_left_;
            at_ += 2;
            return pointed_owner_;
        }
        const auto owner = read_name();
        if (owner) {
            pointed_at_ = target;
            pointed_owner_ = *owner;
        }
        return owner;
    }

    std::expected<FixedFields, FormError> read_fixed_fields() {
        if (wire_.size() - at_ < record_header) {
            return std::unexpected(FormError::truncated);
        }
        const FixedFields fields{.type = Type{load_u16(wire_, at_)},
                                 .rclass = Class{load_u16(wire_, at_ + 2)},
                                 .ttl = load_u32(wire_, at_ + 4),
                                 .length = load_u16(wire_, at_ + 8)};
        at_ += record_header;
        if (fields.length > wire_.size() - at_) {
            return std::unexpected(FormError::truncated);
        }
        return fields;
    }

    bool has_class_of_question(const FixedFields& fields) const {
        return !to_.question_ || to_.question_->qclass == Class::any ||
               fields.rclass == to_.question_->qclass || fields.type == Type::tkey;
    }

    Done read_opt(Section section, Place owner, const FixedFields& fields) {
        const Octets rdata = wire_.subspan(at_, fields.length);
        if (to_.has_edns_ || section != Section::additional || owner.size != 1 ||
            !to_.edns_.set_options(rdata)) {
            return std::unexpected(FormError::bad_opt);
        }
        to_.has_edns_ = true;
        to_.edns_.set_fields(std::to_underlying(fields.rclass), fields.ttl);
        options_ = {to_.storage_.size(), rdata.size()};
        to_.storage_.insert(to_.storage_.end(), rdata.begin(), rdata.end());
        at_ += fields.length;
        return {};
    }

    Done read_data(Place owner, const FixedFields& fields) {
        const std::size_t before = to_.storage_.size();
        const Done read = append_rdata(fields);
        at_ += fields.length;
        if (!read) {
            return read;
        }
        const std::size_t size = to_.storage_.size() - before;
        if (size > 0xffff) {
            return std::unexpected(FormError::bad_rdata);
        }
        if (to_.storage_.size() > storage_max(wire_.size())) {
            return std::unexpected(FormError::too_much_work);
        }
        to_.entries_.push_back({.owner_at = static_cast<std::uint32_t>(owner.at),
                                .rdata_at = static_cast<std::uint32_t>(before),
                                .ttl = ttl_of(fields.ttl),
                                .type = fields.type,
                                .rclass = fields.rclass,
                                .rdata_size = static_cast<std::uint16_t>(size),
                                .owner_size = static_cast<std::uint8_t>(owner.size)});
        return {};
    }

    Done append_rdata(const FixedFields& fields) {
        if (is_typed_rdata(fields.type, fields.rclass, fields.length)) {
            return read_rdata(wire_, at_, fields.length, fields.type, steps_left_, to_.storage_);
        }
        const Octets rdata = wire_.subspan(at_, fields.length);
        to_.storage_.insert(to_.storage_.end(), rdata.begin(), rdata.end());
        return {};
    }

    void drop_records() {
        to_.entries_.clear();
        to_.authority_at_ = 0;
        to_.additional_at_ = 0;
        to_.has_edns_ = false;
    }

    Message& to_;
    Octets wire_;
    Header header_;
    std::size_t at_ = 0;
    std::size_t steps_left_;
    // The target of the last owner that was a pointer; no pointer has the first value.
    std::size_t pointed_at_ = 0x4000;
    Place pointed_owner_;
    Place options_;
};

// False, and nothing of it is kept, if it takes a Reader.
bool Message::assign_bare(Octets wire) {
    const auto bare = BareMessage::read(wire);
    if (!bare) {
        return false;
    }
    if (!bare->opt_rdata.empty()) {
        storage_.assign(bare->opt_rdata.begin(), bare->opt_rdata.end());
        if (!edns_.set_options(storage_)) {
            clear();
            return false;
        }
    }
    has_edns_ = bare->has_opt;
    if (has_edns_) {
        edns_.set_fields(bare->opt_class, bare->opt_ttl);
    }
    std::ranges::copy(wire.first(id_and_flags_.size()), id_and_flags_.begin());
    question_.emplace(bare->qname, bare->qtype, bare->qclass);
    steps_ = bare->steps;
    return true;
}

std::expected<void, FormError> Message::assign(Octets wire) {
    clear();
    wire_size_ = wire.size();
    if (assign_bare(wire)) {
        return {};
    }
    id_and_flags_ = {};
    Reader reader(*this, wire);
    const Done done = reader.read();
    steps_ = reader.steps();
    if (!done) {
        clear();
        return done;
    }
    reader.make_views();
    return {};
}

}  // namespace wend::dns
