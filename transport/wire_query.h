// How a query looks on the wire and which datagram is its reply: shared by every Network, pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "base/random.h"
#include "dns/message.h"
#include "transport/network.h"

namespace wend {

// Header, question (255 + 4) and an OPT record with a cookie.
inline constexpr std::size_t wire_query_max = 12 + 259 + 11 + 4 + 40;

// A query as it goes out: random id, random letter case if asked for (RFC 5452 9.2).
class WireQuery {
  public:
    WireQuery(const Query& query, Random& random);

    std::uint16_t id() const { return id_; }

    // For a stream on which several queries are outstanding: another id, the rest unchanged.
    void set_id(std::uint16_t id);

    Octets octets() const { return Octets(octets_).first(size_); }

    // As sent, in its random letter case.
    const dns::Question& question() const { return question_; }

    // On the wire: its name, type and class.
    std::size_t question_size() const { return question_.qname.wire().size() + 4; }

    // As the asker has it.
    const dns::Name& asked_name() const { return asked_name_; }

    Channel channel() const { return channel_; }

    const QueryCookie& cookie() const { return cookie_; }

  private:
    // Not value-initialized: only the first size_ octets are ever read.
    std::array<std::uint8_t, wire_query_max> octets_;  // NOLINT(*-member-init)
    std::size_t size_ = 0;
    std::uint16_t id_ = 0;
    dns::Question question_;
    dns::Name asked_name_;
    Channel channel_;
    QueryCookie cookie_;
};

// RFC 5452 9.1: what may be believed. One for each exchange; it counts what it discards.
//
// A reply has our id, QR, opcode QUERY and exactly our question. Octets behind its last record are
// passed over: some servers send them, and nothing is read from there. Two kinds of server are let
// off the rest: a truncated message may break off inside a record (its records are not to be used
// anyhow, RFC 2181 9; `parsed` then has none), and FORMERR or NOTIMP may come without a question,
// as servers older than EDNS send them (`parsed` then has none: RFC 6891 7). A cookie that is not
// ours is a discard; none over UDP from a server that knows cookies is taken for a forgery (RFC
// 7873 5.3).
enum class ReplyVerdict : std::uint8_t {
    accept,
    case_lost,          // accept over TCP; over UDP the exchange ends with case_lost
    discard,            // wait on
    forgery_suspected,  // a wrong id over UDP, or the eighth discard on any channel
    oversized,          // over 1,232 octets over UDP (RFC 9715)
    unreadable,  // our id and question and the rest malformed; on a stream, which has no other
                 // sender, anything with our id that is no reply: no better one follows
};

class ReplyFilter {
  public:
    static constexpr int discards_max = 8;

    // `parsed` gets the message where the verdict is accept or case_lost, its question in the
    // asker's letter case, and with it every name that was compressed into it. The caller has
    // matched address and port (a connected socket, or the stream).
    ReplyVerdict judge(const WireQuery& query, Octets datagram, dns::Message& parsed);

  private:
    ReplyVerdict judge_content(const WireQuery& query, Octets datagram, dns::Message& parsed);
    ReplyVerdict discard();
    ReplyVerdict no_reply(const WireQuery& query);
    int discards_ = 0;
};

}  // namespace wend
