// A whole message, parsed once: nothing read from it can fail later, and nothing of it refers to
// the octets it was parsed from.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "dns/edns.h"
#include "dns/form_error.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dns {

inline constexpr std::size_t header_size = 12;
inline constexpr std::size_t message_octets_max = 65535;

struct Question {
    Name qname;
    Type qtype = Type::a;
    Class qclass = Class::in;
    // Letter case does not matter.
    bool operator==(const Question& other) const = default;
};

struct Header {
    std::uint16_t id = 0;
    bool qr = false;  // a response
    Opcode opcode = Opcode::query;
    bool aa = false;
    bool tc = false;
    bool rd = false;
    bool ra = false;
    bool ad = false;
    bool cd = false;
    std::uint8_t rcode = 0;  // the lower four bits

    // Requires at least 4 octets.
    static Header read(Octets message);
    std::uint16_t flags() const;
};

inline Header Header::read(Octets message) {
    const unsigned flags = load_u16(message, 2);
    Header header;
    header.id = load_u16(message, 0);
    header.qr = (flags & 0x8000U) != 0;
    header.opcode = Opcode{static_cast<std::uint8_t>(flags >> 11 & 0xfU)};
    header.aa = (flags & 0x0400U) != 0;
    header.tc = (flags & 0x0200U) != 0;
    header.rd = (flags & 0x0100U) != 0;
    header.ra = (flags & 0x0080U) != 0;
    header.ad = (flags & 0x0020U) != 0;
    header.cd = (flags & 0x0010U) != 0;
    header.rcode = static_cast<std::uint8_t>(flags & 0xfU);
    return header;
}

inline std::uint16_t Header::flags() const {
    unsigned flags = (std::to_underlying(opcode) & 0xfU) << 11 | (rcode & 0xfU);
    flags |= qr ? 0x8000U : 0;
    flags |= aa ? 0x0400U : 0;
    flags |= tc ? 0x0200U : 0;
    flags |= rd ? 0x0100U : 0;
    flags |= ra ? 0x0080U : 0;
    flags |= ad ? 0x0020U : 0;
    flags |= cd ? 0x0010U : 0;
    return static_cast<std::uint16_t>(flags);
}

struct RecordView {
    NameView owner;
    Type type{};
    Class rclass{};
    std::uint32_t ttl = 0;  // seconds; over 2^31 - 1 was read as 0 (RFC 2181 8)
    Octets rdata;           // uncompressed, valid for its type
};

class Message {
  public:
    Message() = default;
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
    Message(Message&&) noexcept = default;
    Message& operator=(Message&&) noexcept = default;
    ~Message() = default;

    // Any message of at most 65,535 octets with no more than one question (RFC 9619). Where a rule
    // of ours decides:
    //
    // - A message of opcode QUERY has no records of another class than its question's, but for
    // TKEY,
    //   and none of a meta type: the first is bad_class, the second bad_type.
    // - Its signature, a TSIG or SIG(0) record that is the last one, is passed over: who shares no
    //   key with the sender reads the rest without it.
    // - One malformed record makes the message bad, of whatever type: what remains of its set is no
    //   answer (RFC 2181 5).
    // - The message ends where the counts of its header say; octets behind are nobody's.
    // - A response with TC whose records end too early keeps its question and no record: it only
    //   says to ask over TCP, and some middleboxes cut without looking.
    static std::expected<Message, FormError> parse(Octets wire);
    // As parse, into this object, whose memory is used again: no allocation once it has grown.
    // After a failure only header() may be read, and only if wire had 12 octets.
    std::expected<void, FormError> assign(Octets wire);

    Header header() const { return Header::read(id_and_flags_); }

    // With the upper bits of the OPT record.
    Rcode rcode() const;

    const std::optional<Question>& question() const { return question_; }

    // Without the OPT record.
    std::span<const RecordView> records(Section section) const;

    const Edns* edns() const { return has_edns_ ? &edns_ : nullptr; }

    std::size_t wire_size() const { return wire_size_; }

    // The work that the last parse took: labels read and pointers followed (docs/limits.md). At
    // most steps_max of its size, also if it failed.
    std::size_t steps() const { return steps_; }

    static constexpr std::size_t steps_max(std::size_t wire_size) { return 4 * wire_size; }

  private:
    class Reader;

    // A record while storage_ may still move.
    struct Entry {
        std::uint32_t owner_at;
        std::uint32_t rdata_at;
        std::uint32_t ttl;
        Type type;
        Class rclass;
        std::uint16_t rdata_size;
        std::uint8_t owner_size;
    };

    void clear();
    bool assign_bare(Octets wire);

    std::array<std::uint8_t, 4> id_and_flags_{};
    std::optional<Question> question_;
    std::vector<std::uint8_t> storage_;  // names and rdata, uncompressed
    std::vector<Entry> entries_;
    std::vector<RecordView> records_;
    std::size_t authority_at_ = 0;
    std::size_t additional_at_ = 0;
    bool has_edns_ = false;
    Edns edns_;
    std::size_t wire_size_ = 0;
    std::size_t steps_ = 0;
};

}  // namespace wend::dns
