// Rdata from the wire: read, checked, and put in canonical form.
#include <algorithm>

#include "base/check.h"
#include "dns/compressed_name.h"
#include "dns/rdata.h"
#include "dns/rdata_fields.h"

namespace wend::dns {
namespace {

// Where names of a message go, uncompressed, with all that stands between them.
struct Decompression {
    std::size_t& steps_left;
    std::vector<std::uint8_t>& out;
};

// Walks the fields of one rdata. Without a Decompression it only checks, and takes no pointers.
class RdataReader {
  public:
    RdataReader(Octets message, std::size_t begin, std::size_t end, Decompression* decompression)
        : message_(message),
          begin_(begin),
          at_(begin),
          copied_(begin),
          end_(end),
          decompression_(decompression) {}

    std::expected<void, FormError> read(std::span<const Field> fields) {
        for (const Field field : fields) {
            const auto done = read(field);
            if (!done) {
                return done;
            }
        }
        copy_plain();
        return at_ == end_ ? std::expected<void, FormError>() : bad();
    }

  private:
    static std::unexpected<FormError> bad() { return std::unexpected(FormError::bad_rdata); }

    Octets before() const { return message_.subspan(begin_, at_ - begin_); }

    Octets rest() const { return message_.subspan(at_, end_ - at_); }

    std::expected<void, FormError> read(Field field) {
        if (is_name(field)) {
            return read_name(field != Field::uncompressed_name);
        }
        if (field == Field::gateway &&
            before()[1] == static_cast<std::uint8_t>(GatewayType::name)) {
            return read_name(false);
        }
        if (field == Field::names_to_end) {
            return read_names();
        }
        const auto size = plain_field_size(field, before(), rest());
        if (!size || *size > end_ - at_) {
            return bad();
        }
        at_ += *size;
        return {};
    }

    std::expected<void, FormError> read_names() {
        while (at_ < end_) {  // ends: a name has at least one octet
            const auto done = read_name(false);
            if (!done) {
                return done;
            }
        }
        return {};
    }

    std::expected<void, FormError> read_name(bool may_point) {
        if (decompression_ == nullptr || !may_point) {
            return read_plain_name();
        }
        copy_plain();
        const auto after =
            append_name(message_, at_, end_, decompression_->steps_left, decompression_->out);
        if (!after) {
            return std::unexpected(after.error() == FormError::truncated ? FormError::bad_rdata
                                                                         : after.error());
        }
        at_ = *after;
        copied_ = at_;
        return {};
    }

    // Octets already counted by the length of the message: no steps.
    std::expected<void, FormError> read_plain_name() {
        const auto name = NameView::read(rest());
        if (!name) {
            return std::unexpected(name.error() == FormError::truncated ? FormError::bad_rdata
                                                                        : name.error());
        }
        at_ += name->size();
        return {};
    }

    void copy_plain() {
        if (decompression_ != nullptr) {
            const Octets plain = message_.subspan(copied_, at_ - copied_);
            decompression_->out.insert(decompression_->out.end(), plain.begin(), plain.end());
        }
        copied_ = at_;
    }

    Octets message_;
    std::size_t begin_;
    std::size_t at_;
    std::size_t copied_;  // up to here `out` has it
    std::size_t end_;
    Decompression* decompression_;
};

// Calls visit(field, offset, size) for each name of valid, uncompressed rdata.
template <class Visit>
void for_each_name(Type type, Octets rdata, Visit visit) {
    std::size_t at = 0;
    const auto visit_name = [&](Field field) {
        const auto name = NameView::read(rdata.subspan(at));
        check(name.has_value(), "rdata was checked");
        visit(field, at, name->size());
        at += name->size();
    };
    for (const Field field : fields_of(type)) {
        const bool named_gateway =
            field == Field::gateway && rdata[1] == static_cast<std::uint8_t>(GatewayType::name);
        if (is_name(field) || named_gateway) {
            visit_name(field);
            continue;
        }
        if (field == Field::names_to_end) {
            while (at < rdata.size()) {
                visit_name(field);
            }
            continue;
        }
        const auto size = plain_field_size(field, rdata.first(at), rdata.subspan(at));
        check(size.has_value(), "rdata was checked");
        at += *size;
    }
}

}  // namespace

std::expected<void, FormError> read_rdata(Octets message, std::size_t at, std::size_t length,
                                          Type type, std::size_t& steps_left,
                                          std::vector<std::uint8_t>& out) {
    if (at > message.size() || length > message.size() - at) {
        return std::unexpected(FormError::truncated);
    }
    const std::size_t size_before = out.size();
    Decompression decompression{.steps_left = steps_left, .out = out};
    RdataReader reader(message, at, at + length, &decompression);
    auto done = reader.read(fields_of(type));
    if (!done) {
        out.resize(size_before);
    }
    return done;
}

bool is_valid_rdata(Type type, Octets rdata) {
    RdataReader reader(rdata, 0, rdata.size(), nullptr);
    return reader.read(fields_of(type)).has_value();
}

void append_canonical_rdata(Type type, Octets rdata, std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    out.insert(out.end(), rdata.begin(), rdata.end());
    if (!has_lower_case_names(type)) {
        return;
    }
    for_each_name(type, rdata, [&](Field, std::size_t offset, std::size_t size) {
        for (std::size_t i = start + offset; i < start + offset + size; ++i) {
            out[i] = fold_octet(out[i]);  // lengths are below 'A'
        }
    });
}

std::size_t compressible_names(Type type, Octets rdata, std::span<RdataName, 2> to) {
    const auto fields = fields_of(type);
    if (std::ranges::find(fields, Field::compressed_name) == fields.end()) {
        return 0;
    }
    std::size_t count = 0;
    for_each_name(type, rdata, [&](Field field, std::size_t offset, std::size_t size) {
        if (field == Field::compressed_name) {
            to[count++] = RdataName{.offset = offset, .size = size};
        }
    });
    return count;
}

}  // namespace wend::dns
