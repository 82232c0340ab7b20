#include "dns/skim_opt.h"

#include <utility>

#include "dns/message.h"

namespace wend::dns {
namespace {

constexpr std::size_t question_fields = 4;  // type, class
constexpr std::size_t record_fields = 10;   // type, class, TTL, RDLENGTH

// What is left of the message; each step takes octets off its front, or fails.
class Skimmer {
  public:
    explicit Skimmer(Octets rest) : rest_(rest) {}

    bool skip(std::size_t octets) {
        if (rest_.size() < octets) {
            return false;
        }
        rest_ = rest_.subspan(octets);
        return true;
    }

    // Pointers are not followed: a name ends with the first.
    bool skip_name() {
        while (!rest_.empty()) {
            const std::size_t length = rest_[0];
            if (length >= 0xc0) {
                return skip(2);
            }
            if (length > label_octets_max || !skip(1 + length)) {
                return false;
            }
            if (length == 0) {
                return true;
            }
        }
        return false;
    }

    bool skip_question() { return skip_name() && skip(question_fields); }

    // Up to its rdata; its fixed fields.
    std::optional<Octets> record_head() {
        if (!skip_name() || rest_.size() < record_fields) {
            return std::nullopt;
        }
        const Octets fields = rest_.first(record_fields);
        rest_ = rest_.subspan(record_fields);
        return fields;
    }

    bool skip_record() {
        const auto fields = record_head();
        return fields && skip(load_u16(*fields, 8));
    }

  private:
    Octets rest_;
};

}  // namespace

std::optional<Edns> skim_opt(Octets message) {
    if (message.size() < header_size) {
        return std::nullopt;
    }
    Skimmer skimmer(message.subspan(header_size));
    for (unsigned left = load_u16(message, 4); left > 0; --left) {
        if (!skimmer.skip_question()) {
            return std::nullopt;
        }
    }
    for (unsigned left = load_u16(message, 6) + load_u16(message, 8); left > 0; --left) {
        if (!skimmer.skip_record()) {
            return std::nullopt;
        }
    }
    for (unsigned left = load_u16(message, 10); left > 0; --left) {
        const auto fields = skimmer.record_head();
        if (!fields) {
            return std::nullopt;
        }
        if (load_u16(*fields, 0) == std::to_underlying(Type::opt)) {
            std::optional<Edns> edns(std::in_place);
            edns->set_fields(load_u16(*fields, 2), load_u32(*fields, 4));
            return edns;
        }
        if (!skimmer.skip(load_u16(*fields, 8))) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace wend::dns
