// Rdata from the wire: read, checked, and put in canonical form.
#include <algorithm>

#include "dns/compressed_name.h"
#include "dns/rdata.h"
#include "dns/rdata_fields.h"

namespace wend::dns {
namespace {

constexpr bool may_point(Field field) {
    return field == Field::compressed_name || field == Field::name;
}

// Reads the fields of one rdata. What stands between names is copied in one piece.
class RdataReader {
  public:
    RdataReader(Octets message, std::size_t begin, std::size_t end, std::size_t& steps_left,
                std::vector<std::uint8_t>& out)
        : message_(message),
          begin_(begin),
          at_(begin),
          copied_(begin),
          end_(end),
          steps_left_(steps_left),
          out_(out) {}

    std::expected<void, FormError> read(std::span<const Field> fields) {
        for (const Field field : fields) {
            const auto done = may_point(field) ? read_name() : skip(field);
            if (!done) {
                return done;
            }
        }
        copy_plain();
        if (at_ != end_) {
            return std::unexpected(FormError::bad_rdata);
        }
        return {};
    }

  private:
    std::expected<void, FormError> skip(Field field) {
        const auto size = field_size(field, message_.subspan(begin_, at_ - begin_),
                                     message_.subspan(at_, end_ - at_));
        if (!size) {
            return std::unexpected(FormError::bad_rdata);
        }
        at_ += *size;
        return {};
    }

    std::expected<void, FormError> read_name() {
        copy_plain();
        const auto after = append_name(message_, at_, end_, steps_left_, out_);
        if (!after) {
            return std::unexpected(after.error() == FormError::truncated ? FormError::bad_rdata
                                                                         : after.error());
        }
        at_ = *after;
        copied_ = at_;
        return {};
    }

    void copy_plain() {
        const Octets plain = message_.subspan(copied_, at_ - copied_);
        out_.insert(out_.end(), plain.begin(), plain.end());
        copied_ = at_;
    }

    Octets message_;
    std::size_t begin_;
    std::size_t at_;
    std::size_t copied_;  // up to here `out_` has it
    std::size_t end_;
    std::size_t& steps_left_;
    std::vector<std::uint8_t>& out_;
};

}  // namespace

std::expected<void, FormError> read_rdata(Octets message, std::size_t at, std::size_t length,
                                          Type type, std::size_t& steps_left,
                                          std::vector<std::uint8_t>& out) {
    if (at > message.size() || length > message.size() - at) {
        return std::unexpected(FormError::truncated);
    }
    const std::size_t size_before = out.size();
    RdataReader reader(message, at, at + length, steps_left, out);
    auto done = reader.read(fields_of(type));
    if (!done) {
        out.resize(size_before);
    }
    return done;
}

bool is_valid_rdata(Type type, Octets rdata) {
    std::size_t at = 0;
    for (const Field field : fields_of(type)) {
        const auto size = field_size(field, rdata.first(at), rdata.subspan(at));
        if (!size) {
            return false;
        }
        at += *size;
    }
    return at == rdata.size();
}

bool has_valid_values(Type type, Octets rdata) {
    bool valid = true;
    for_each_field(type, rdata, [&](Field field, std::size_t at, std::size_t size) {
        valid = valid && is_valid_value(field, rdata.subspan(at, size));
    });
    return valid;
}

void append_canonical_rdata(Type type, Octets rdata, std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    out.insert(out.end(), rdata.begin(), rdata.end());
    if (!has_lower_case_names(type)) {
        return;
    }
    for_each_field(type, rdata, [&](Field field, std::size_t at, std::size_t size) {
        if (!is_name(field)) {
            return;
        }
        for (std::size_t i = start + at; i < start + at + size; ++i) {
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
    for_each_field(type, rdata, [&](Field field, std::size_t at, std::size_t size) {
        if (field == Field::compressed_name) {
            to[count++] = RdataName{.offset = at, .size = size};
        }
    });
    return count;
}

}  // namespace wend::dns
