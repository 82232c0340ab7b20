#include "malformed.h"

#include <functional>
#include <utility>

#include "dns/message.h"
#include "tests/unit/dns/packet.h"
#include "world.h"

namespace wend::defences {

namespace {

using dns::Bytes;
using dns::Packet;
using dns::Type;

const Bytes forged_address = {203, 0, 113, 66};
constexpr unsigned qname_at = 12;

// What all kinds are made from: the head of a message about one question.
class Kinds {
  public:
    Kinds(Octets query, unsigned flags)
        : flags_(flags), id_(load_u16(query, 0)), question_(question_in(query)) {}

    std::vector<Malformed> all() {
        add_headers();
        add_names();
        add_long_names();
        add_records();
        add_edns();
        add_odd_data();
        return std::move(kinds_);
    }

  private:
    static Bytes question_in(Octets query) {
        const auto name = dns::NameView::read(query.subspan(dns::header_size));
        const Octets question = query.subspan(dns::header_size, name->size() + 4);
        return {question.begin(), question.end()};
    }

    Packet head(unsigned questions, unsigned answers = 0, unsigned additionals = 0,
                unsigned extra_flags = 0) const {
        Packet packet;
        packet.u16(id_)
            .u16(flags_ ^ extra_flags)
            .u16(questions)
            .u16(answers)
            .u16(0)
            .u16(additionals);
        return questions > 0 ? packet.raw(question_) : packet;
    }

    std::size_t records_at() const { return dns::header_size + question_.size(); }

    // An answer whose owner is written by hand.
    Packet owned(const Bytes& owner) const {
        return head(1, 1).raw(owner).data(Type::a, forged_address);
    }

    void add(int kind, std::string_view what, const Packet& packet) {
        kinds_.push_back({kind, what, packet.octets()});
    }

    void add_headers();
    void add_names();
    void add_long_names();
    void add_records();
    void add_edns();
    void add_odd_data();

    unsigned flags_;
    std::uint16_t id_;
    Bytes question_;
    std::vector<Malformed> kinds_;
};

void Kinds::add_headers() {
    const Packet whole = head(1, 1).pointer(qname_at).data(Type::a, forged_address);
    add(1, "empty", Packet());
    add(2, "under 12 octets", Packet().raw(whole.first(11)));
    add(3, "a header that promises a question", Packet().raw(whole.first(12)));
    add(4, "no question", head(0, 1).name("www.vic.").data(Type::a, forged_address));
    add(5, "two questions", head(2).raw(question_));
    add(6, "counts larger than the content",
        head(1, 5).pointer(qname_at).data(Type::a, forged_address));
    add(7, "octets after the last record",
        head(1, 1).pointer(qname_at).data(Type::a, forged_address).u8(0));
    add(8, "the wrong QR", head(1, 0, 0, 0x8000));
    for (const unsigned opcode : {1U, 2U, 3U, 4U, 5U, 6U, 15U}) {
        add(9, "another opcode", head(1, 0, 0, opcode << 11));
    }
    for (const unsigned rcode : {11U, 15U}) {
        add(10, "a strange rcode", head(1, 0, 0, rcode));
    }
}

void Kinds::add_names() {
    const auto here = static_cast<unsigned>(records_at());
    add(11, "a pointer as the question's name",
        Packet().u16(id_).u16(flags_).u16(1).u16(0).u16(0).u16(0).pointer(qname_at).u16(1).u16(1));
    add(12, "a pointer to itself", head(1, 1).pointer(here).data(Type::a, forged_address));
    add(13, "a pointer forward", head(1, 1).pointer(here + 9).data(Type::a, forged_address));
    add(14, "a pointer into the header", head(1, 1).pointer(4).data(Type::a, forged_address));
    Packet chain = head(1, 2).pointer(qname_at).fixed(Type{65'400}, 260);
    std::size_t last = qname_at;
    for (int i = 0; i < 130; ++i) {
        const std::size_t at = chain.size();
        chain.pointer(last);
        last = at;
    }
    add(15, "a chain of 130 pointers", chain.pointer(last).data(Type::a, forged_address));
    add(16, "a pointer into a label", head(1, 1).pointer(13).data(Type::a, forged_address));
    add(17, "a label of type 01", owned({0x40, 1, 2, 0}));
    add(17, "a label of type 10", owned({0x80, 1, 2, 0}));
    add(18, "a label of 127 octets", owned(Bytes(200, 0x7f)));
    add(21, "NUL, dot and 255 in a label", owned({3, 0, '.', 255, 0}));
}

void Kinds::add_long_names() {
    Bytes longest;
    for (int i = 0; i < 4; ++i) {
        longest.push_back(63);
        longest.insert(longest.end(), 63, 'x');
    }
    Bytes endless = longest;
    longest.push_back(0);
    add(19, "a name of 257 octets", owned(longest));
    endless.resize(20);
    add(20, "a name that does not end", head(1, 1).raw(endless));
}

void Kinds::add_records() {
    add(22, "a record cut in its fixed part", head(1, 1).pointer(qname_at).u16(1).u8(0));
    add(23, "rdata past the end", head(1, 1).pointer(qname_at).fixed(Type::a, 65'535).u32(1));
    add(24, "rdata too short", head(1, 1).pointer(qname_at).data(Type::a, {1, 2, 3}));
    add(25, "rdata too long", head(1, 1).pointer(qname_at).data(Type::a, {1, 2, 3, 4, 5}));
    add(26, "a compressed name in SRV",
        head(1, 1).pointer(qname_at).data(Type::srv, {0, 1, 0, 2, 0, 3, 0xc0, qname_at}));
    const auto rdata_at = static_cast<std::uint8_t>(records_at() + 12);
    add(27, "a pointer into its own rdata",
        head(1, 1).pointer(qname_at).data(Type::cname, {1, 'a', 0xc0, rdata_at}));
    for (const auto other : {dns::Class::ch, dns::Class::hs, dns::Class::none, dns::Class::any}) {
        add(28, "a record of another class",
            head(1, 1).pointer(qname_at).data(Type::a, forged_address, other));
    }
    for (const Type type : {Type{0}, Type::opt, Type::any, Type::axfr, Type::tsig}) {
        add(29, "a type that is no data", head(1, 1).pointer(qname_at).data(type, forged_address));
    }
}

void Kinds::add_edns() {
    add(30, "two OPT records", head(1, 0, 2).opt({}).opt({}));
    add(31, "an OPT record with an owner",
        head(1, 0, 1).pointer(qname_at).data(Type::opt, {}, dns::Class{1232}, 0));
    add(32, "EDNS version 1", head(1, 0, 1).opt({}, 0x00010000));
    add(33, "an option past the end", head(1, 0, 1).opt({0, 10, 0, 8, 1}));
    add(34, "16,000 options", head(1, 0, 1).opt(Bytes(64'000)));
}

void Kinds::add_odd_data() {
    add(35, "two aliases at one name",
        head(1, 2)
            .pointer(qname_at)
            .data(Type::cname, {1, 'a', 0})
            .pointer(qname_at)
            .data(Type::cname, {1, 'b', 0}));
    add(35, "an alias of itself", head(1, 1).pointer(qname_at).data(Type::cname, {0xc0, qname_at}));
    add(36, "a TTL of 2^31",
        head(1, 1).pointer(qname_at).data(Type::a, forged_address, dns::Class::in, 0x80000000U));
    Bytes signature(18, 0xff);
    signature.push_back(0);
    signature.push_back(1);
    add(37, "a signature with 255 labels",
        head(1, 1).pointer(qname_at).data(Type::rrsig, signature));
    add(38, "a type bitmap out of order",
        head(1, 1).pointer(qname_at).data(Type::nsec, {0, 1, 1, 0x40, 0, 1, 0x40}));
    add(38, "a type bitmap of 33 octets",
        head(1, 1).pointer(qname_at).data(Type::nsec, Bytes(36, 33)));
    add(39, "an NSEC3 hash past the end",
        head(1, 1).pointer(qname_at).data(Type::nsec3, {1, 0, 0, 0, 0, 40, 1, 2, 3}));
    Packet many = head(1, 5'000);
    for (int i = 0; i < 5'000; ++i) {
        many.u8(0).data(Type{65'400}, {});
    }
    add(40, "5,000 records of 11 octets", many);
}

}  // namespace

std::vector<Malformed> malformed_replies(Octets query) {
    return Kinds(query, 0x8400).all();
}

std::vector<Malformed> malformed_queries() {
    return Kinds(query_for("www.vic.", Type::a), 0x0100).all();
}

}  // namespace wend::defences
