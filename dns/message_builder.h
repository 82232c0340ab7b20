// Writes a message into the caller's buffer: names compressed, an RRset whole or not at all, no
// allocation, and at most 120 names considered for compression (docs/limits.md).
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
#include "dns/rrset.h"

namespace wend::dns {

// An OPT record to be sent.
struct EdnsToSend {
    std::uint16_t udp_payload_size = edns_payload_size;
    bool dnssec_ok = false;
    std::uint8_t version = 0;
    std::span<const EdnsOption> options{};
};

class MessageBuilder {
  public:
    // The message takes at most `limit` octets of `buffer` (at least 12 of both).
    MessageBuilder(MutableOctets buffer, std::size_t limit);

    // First: the header (rcode's upper bits go to the OPT record) and the question, which must fit;
    // then the size of `edns`, if any, is kept free.
    void start(const Header& header, Rcode rcode, const Question* question,
               const EdnsToSend* edns = nullptr);

    // Sections in order. False: it did not fit, and the message is as before.
    // `owner` replaces the RRset's own (wildcards). With signatures the RRSIG records follow.
    [[nodiscard]] bool add(Section section, PackedRRset rrset, std::uint32_t ttl,
                           bool with_signatures, std::optional<NameView> owner = std::nullopt);
    [[nodiscard]] bool add_record(Section section, const RecordView& record);

    void set_truncated();

    // Octets written so far, with what is kept for the OPT record.
    std::size_t size() const { return at_ + reserved_; }

    // Writes counts and the OPT record; the builder is done.
    Octets finish();

  private:
    MutableOctets buffer_;
    std::size_t limit_;
    std::size_t at_ = 0;
    std::size_t reserved_ = 0;
    // The rest is the implementer's.
};

}  // namespace wend::dns
