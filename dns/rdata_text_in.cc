// Text as rdata, field by field from the table.
#include <algorithm>

#include <fmt/core.h>

#include "dns/rdata.h"
#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

constexpr std::size_t rdata_octets_max = 0xffff;
constexpr std::string_view generic_mark = "\\#";

using AppendEncoded = bool (*)(std::string_view, Decoding, OctetBuffer&);

// Takes tokens in order. After a false, next() is the token that did not fit.
class RdataTextReader {
  public:
    RdataTextReader(std::span<const TextToken> tokens, NameView origin, TextMode mode)
        : tokens_(tokens),
          context_{.origin = origin,
                   .decoding = mode == TextMode::lenient ? Decoding::lenient : Decoding::strict} {}

    std::size_t next() const { return next_; }

    bool done() const { return next_ == tokens_.size(); }

    const OctetBuffer& octets() const { return octets_; }

    bool read(Field field) {
        switch (field) {
            case Field::character_strings:
                return !done() && read_each(field);
            case Field::names_to_end:
            case Field::address_prefixes:
                return read_each(field);
            case Field::type_bitmap:
                return read_types();
            case Field::hex_to_end:
                return !done() && read_joined(append_hex);
            case Field::base64_to_end:
                return !done() && read_joined(append_base64);
            case Field::signature:
            case Field::key_or_none:
                return read_joined(append_base64);
            case Field::location:
                return read_location();
            case Field::service_params:
                return read_service_params();
            case Field::hip_keys:
                return read_hip_keys();
            default:
                return read_one(field);
        }
    }

    // "\#", the count of octets, and these in hex.
    bool read_generic() {
        ++next_;
        const auto size =
            done() ? std::nullopt : number_from_text(tokens_[next_].text, rdata_octets_max);
        if (!size) {
            return false;
        }
        ++next_;
        return read_joined(append_hex) && octets_.size() == *size;
    }

  private:
    bool read_one(Field field) {
        if (done() || !append_token(field, tokens_[next_], context_, octets_)) {
            return false;
        }
        ++next_;
        return true;
    }

    bool read_each(Field field) {
        while (!done()) {
            if (!read_one(field)) {
                return false;
            }
        }
        return true;
    }

    // One value whose digits may be split over tokens at will.
    bool read_joined(AppendEncoded append) {
        std::string text;
        for (const TextToken& token : tokens_.subspan(next_)) {
            text += token.text;
        }
        if (!append(text, context_.decoding, octets_)) {
            return false;
        }
        next_ = tokens_.size();
        return true;
    }

    bool read_types() {
        std::vector<Type> types;
        for (; !done(); ++next_) {
            const auto type = type_from_text(tokens_[next_].text);
            if (!type) {
                return false;
            }
            types.push_back(*type);
        }
        append_type_bitmap(types, octets_);
        return true;
    }

    bool read_location() {
        if (!append_location(tokens_.subspan(next_), octets_)) {
            return false;
        }
        next_ = tokens_.size();
        return true;
    }

    bool read_service_params() {
        const auto misfit = append_service_params(tokens_.subspan(next_), octets_);
        next_ = misfit ? next_ + *misfit : tokens_.size();
        return !misfit;
    }

    // Text has the algorithm first; the wire, the length of what follows it (RFC 8005 5 and 6).
    bool read_hip_keys() {
        if (!read_one(Field::u8) || done()) {
            return false;
        }
        OctetBuffer tag;
        if (!append_hex(tokens_[next_].text, context_.decoding, tag) || tag.size() > 255) {
            return false;
        }
        ++next_;
        OctetBuffer key;
        if (done() || !append_base64(tokens_[next_].text, context_.decoding, key) ||
            key.size() > rdata_octets_max) {
            return false;
        }
        ++next_;
        const std::uint8_t algorithm = octets_.back();
        octets_.back() = static_cast<std::uint8_t>(tag.size());
        octets_.push_back(algorithm);
        append_u16(static_cast<std::uint16_t>(key.size()), octets_);
        octets_.insert(octets_.end(), tag.begin(), tag.end());
        octets_.insert(octets_.end(), key.begin(), key.end());
        return true;
    }

    std::span<const TextToken> tokens_;
    TokenContext context_;
    std::size_t next_ = 0;
    OctetBuffer octets_;
};

TextError misfit(Type type, std::size_t field_index, std::string_view wanted_words,
                 std::span<const TextToken> tokens, std::size_t at) {
    const std::string_view label = field_label(type, field_index);
    const std::string found = at < tokens.size() ? shown(tokens[at].text) : "the end of the record";
    return TextError{.message = fmt::format("{}{}{}: wanted {}, not {}", to_text(type),
                                            label.empty() ? "" : " ", label, wanted_words, found),
                     .token = at};
}

// Each part was read, and yet one is not what its type allows: a hash of the wrong size, service
// parameters without a mandatory key.
TextError not_valid(Type type, Octets octets, bool generic, std::size_t token_count) {
    std::size_t index = 0;
    std::size_t at = 0;
    for (const Field field : fields_of(type)) {
        const auto size = field_size(field, octets.first(at), octets.subspan(at));
        if (!size || (!generic && !is_valid_value(field, octets.subspan(at, *size)))) {
            break;
        }
        at += *size;
        ++index;
    }
    const std::string_view label = field_label(type, index);
    return TextError{.message = fmt::format("{}{}{}: this is not valid by the rules of the type",
                                            to_text(type), label.empty() ? "" : " ", label),
                     .token = generic ? 0 : std::min(index, token_count)};
}

std::expected<void, TextError> read_fields(Type type, std::span<const TextToken> tokens,
                                           TextMode mode, RdataTextReader& reader) {
    const auto fields = fields_of(type);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const bool may_be_missing = mode == TextMode::lenient && i + 1 == fields.size();
        if (may_be_missing && reader.done()) {
            break;
        }
        if (!reader.read(fields[i])) {
            return std::unexpected(misfit(type, i, wanted(fields[i]), tokens, reader.next()));
        }
    }
    if (!reader.done() && mode == TextMode::strict) {
        return std::unexpected(
            misfit(type, fields.size(), "the end of the record", tokens, reader.next()));
    }
    return {};
}

}  // namespace

std::expected<void, TextError> rdata_from_text(Type type, std::span<const TextToken> tokens,
                                               NameView origin, std::vector<std::uint8_t>& out,
                                               TextMode mode) {
    RdataTextReader reader(tokens, origin, mode);
    const bool generic = !tokens.empty() && !tokens[0].quoted && tokens[0].text == generic_mark;
    if (generic) {
        if (!reader.read_generic()) {
            return std::unexpected(misfit(type, fields_of(type).size(),
                                          "\\#, a count of octets and these in hex", tokens,
                                          reader.next()));
        }
    } else if (const auto done = read_fields(type, tokens, mode, reader); !done) {
        return done;
    }
    const OctetBuffer& octets = reader.octets();
    if (octets.size() > rdata_octets_max) {
        return std::unexpected(TextError{
            .message = fmt::format("{}: wanted at most 65535 octets of rdata", to_text(type)),
            .token = 0});
    }
    const bool accepted =
        mode == TextMode::lenient ||
        (is_valid_rdata(type, octets) && (generic || has_valid_values(type, octets)));
    if (!accepted) {
        return std::unexpected(not_valid(type, octets, generic, tokens.size()));
    }
    out.insert(out.end(), octets.begin(), octets.end());
    return {};
}

}  // namespace wend::dns
