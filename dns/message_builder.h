// Writes a message into the caller's buffer: names compressed, an RRset whole or not at all, no
// allocation, and at most 120 suffixes considered for compression (docs/limits.md).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/octets.h"
#include "dns/edns.h"
#include "dns/message.h"
#include "dns/name_compression.h"
#include "dns/rrset.h"

namespace wend::dns {

// An OPT record to be sent.
struct EdnsToSend {
    std::uint16_t udp_payload_size = edns_payload_size;
    bool dnssec_ok = false;
    std::uint8_t version = 0;
    std::span<const EdnsOption> options{};
};

// An owner equal to the question's name is written as a pointer to it, so that a client sees the
// letter case that it asked with (RFC 4343 4.1). Every other name keeps its own.
class MessageBuilder {
  public:
    // The message takes at most `limit` octets of `buffer` (and 65,535).
    MessageBuilder(MutableOctets buffer, std::size_t limit);

    // First: the header (rcode's upper bits go to the OPT record, so over 15 it needs one) and the
    // question; then the size of `edns`, if any, is kept free. The limit must hold these three,
    // which 282 octets do for any question; options that do not fit are left out. The options'
    // octets must outlive finish().
    void start(const Header& header, Rcode rcode, const Question* question,
               const EdnsToSend* edns = nullptr);

    // Sections in order. False: it did not fit, and the message is as before.
    // `owner` replaces the RRset's own (wildcards). With signatures the RRSIG records follow.
    [[nodiscard]] bool add(Section section, PackedRRset rrset, std::uint32_t ttl,
                           bool with_signatures, std::optional<NameView> owner = std::nullopt);
    // Any record but an OPT.
    [[nodiscard]] bool add_record(Section section, const RecordView& record);

    void set_truncated();

    // Octets written so far, with what is kept for the OPT record.
    std::size_t size() const { return at_ + reserved_; }

    // Writes counts and the OPT record; the builder is done until the next start().
    Octets finish();

  private:
    // An owner again: a pointer, or the root.
    struct ShortOwner {
        std::array<std::uint8_t, 2> octets{};
        std::size_t size = 0;  // 0: it stands where no pointer reaches
    };

    struct FixedFields {
        Type type{};
        Class rclass{};
        std::uint32_t ttl = 0;
    };

    std::size_t room() const { return limit_ - reserved_ - at_; }

    Octets written() const { return Octets(buffer_).first(at_); }

    void reserve_opt(const EdnsToSend& edns);
    void put_opt();
    inline void enter(Section section);
    inline bool is_question_name(NameView owner) const;
    inline ShortOwner short_owner(std::size_t at) const;
    // The following are false if the room does not do; what was written up to then stays.
    bool put_rrset(PackedRRset rrset, std::uint32_t ttl, bool with_signatures,
                   const std::optional<NameView>& other_owner);
    inline bool put_record(NameView owner, ShortOwner again, FixedFields fields, Octets rdata);
    inline bool put_rdata(FixedFields fields, Octets rdata);
    inline bool put_owner(NameView owner);
    bool put_name(NameView name);
    inline bool put(Octets octets);

    struct Mark;
    inline Mark mark() const;
    void go_back(const Mark& mark);

    MutableOctets buffer_;
    std::size_t limit_;
    std::size_t at_ = 0;
    std::size_t reserved_ = 0;  // for the OPT record
    std::size_t question_name_size_ = 0;
    Section section_ = Section::answer;
    std::array<std::uint16_t, 3> counts_{};  // by section
    bool has_edns_ = false;
    std::uint8_t extended_rcode_ = 0;
    EdnsToSend edns_;
    bool compresses_ = false;  // compression_ is in use: most answers get by without
    NameCompression compression_;
};

}  // namespace wend::dns
