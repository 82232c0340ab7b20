// From what is known to the client's reply, in the caller's buffer, without allocation.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/octets.h"
#include "dns/edns.h"
#include "dns/message_builder.h"
#include "dns/rrset.h"
#include "resolver/answer.h"
#include "server/query.h"

namespace wend {

inline constexpr std::size_t extended_error_text_max = 64;  // octets

// The header's and the OPT record's share of a reply.
struct ReplyHead {
    dns::Rcode rcode = dns::Rcode::noerror;
    dns::Reason reason = dns::Reason::none;
    std::string_view detail{};  // replaces the reason's sentence in the EDE where it fits
    bool secure = false;        // all that is in the reply
};

// One reply, RRset by RRset. RD and CD are the query's, RA is set, AD says secure to those who
// asked, an OPT record answers one, and a failure carries its RFC 8914 code.
class Composer {
  public:
    // `facts` outlives the composer. `out` holds facts.size_max octets.
    Composer(const QueryFacts& facts, MutableOctets out);
    Composer(const Composer&) = delete;
    Composer& operator=(const Composer&) = delete;
    Composer(Composer&&) = delete;
    Composer& operator=(Composer&&) = delete;
    ~Composer() = default;

    void start(const ReplyHead& head);
    // An RRset goes in whole, or TC is set and all that follows is left out (RFC 2181 9). RRSIG
    // records go with it where DO is set.
    void add(dns::Section section, dns::PackedRRset rrset, std::uint32_t ttl,
             std::optional<dns::NameView> owner = std::nullopt);
    // As above, for a record of any class in the answer section.
    void add_record(const dns::RecordView& record);
    // Says that the answer is to be had over TCP.
    void truncate();
    // Octets of the message.
    std::size_t finish();

  private:
    void explain(const ReplyHead& head);
    void add_option(const dns::EdnsOption& option);

    const QueryFacts& facts_;
    dns::MessageBuilder builder_;
    bool truncated_ = false;
    // What the OPT record says; its options refer to these octets until finish().
    std::array<std::uint8_t, 2 + extended_error_text_max> explanation_{};
    std::array<dns::EdnsOption, 2> options_{};
    dns::EdnsToSend edns_{};
};

// Minimal: the alias chain and the data; of the authority section the SOA of a negative answer, and
// proofs where DO is set. Octets of the message, at most facts.size_max.
std::size_t compose_answer(const QueryFacts& facts, const Answer& answer, MutableOctets out);

// Header and question, and the reason where the query had EDNS.
std::size_t compose_empty(const QueryFacts& facts, const ReplyHead& head, MutableOctets out);

// Header and question with TC: the client is to ask again over TCP.
std::size_t compose_truncated(const QueryFacts& facts, MutableOctets out);

}  // namespace wend
