#include "server/answer/compose.h"

#include <algorithm>

#include "dns/reason.h"

namespace wend {
namespace {

dns::Header header_of(const QueryFacts& facts, const ReplyHead& head) {
    dns::Header header;
    header.id = facts.id;
    header.qr = true;
    header.opcode = facts.opcode;
    header.aa = head.reason == dns::Reason::local_data;
    header.rd = facts.recursion_desired;
    // Nothing is promised to a stranger, nor where nothing was understood.
    header.ra = head.reason != dns::Reason::client_not_allowed &&
                head.reason != dns::Reason::malformed_query;
    header.ad = head.secure && facts.wants_authentic;
    header.cd = facts.checking_disabled;
    return header;
}

bool is_proof(dns::Type type) {
    return type == dns::Type::nsec || type == dns::Type::nsec3;
}

}  // namespace

Composer::Composer(const QueryFacts& facts, MutableOctets out)
    : facts_(facts), builder_(out, std::min(out.size(), facts.size_max)) {}

void Composer::start(const ReplyHead& head) {
    const dns::Question* const question = facts_.question ? &*facts_.question : nullptr;
    if (!facts_.edns) {
        builder_.start(header_of(facts_, head), head.rcode, question);
        return;
    }
    edns_.dnssec_ok = facts_.dnssec_ok;
    if (facts_.cookie) {
        add_option({dns::OptionCode::cookie, *facts_.cookie});
    }
    explain(head);
    builder_.start(header_of(facts_, head), head.rcode, question, &edns_);
}

void Composer::explain(const ReplyHead& head) {
    const auto code = dns::extended_error(head.reason);
    if (!code) {
        return;
    }
    store_u16(explanation_, 0, *code);
    std::string_view text = head.detail;
    if (text.empty() || text.size() > extended_error_text_max) {
        text = dns::describe(head.reason);
    }
    // Strangers get a reply no longer than it must be: their address may be forged.
    if (head.reason == dns::Reason::client_not_allowed) {
        text = {};
    }
    text = text.substr(0, extended_error_text_max);
    std::ranges::copy(text, explanation_.begin() + 2);
    add_option({dns::OptionCode::extended_error, Octets(explanation_).first(2 + text.size())});
}

void Composer::add_option(const dns::EdnsOption& option) {
    const std::size_t count = edns_.options.size();
    options_.at(count) = option;
    edns_.options = std::span(options_).first(count + 1);
}

void Composer::add(dns::Section section, dns::PackedRRset rrset, std::uint32_t ttl,
                   std::optional<dns::NameView> owner) {
    if (!truncated_ && !builder_.add(section, rrset, ttl, facts_.dnssec_ok, owner)) {
        truncate();
    }
}

void Composer::add_record(const dns::RecordView& record) {
    if (!truncated_ && !builder_.add_record(dns::Section::answer, record)) {
        truncate();
    }
}

void Composer::truncate() {
    truncated_ = true;
    builder_.set_truncated();
}

std::size_t Composer::finish() {
    return builder_.finish().size();
}

std::size_t compose_answer(const QueryFacts& facts, const Answer& answer, MutableOctets out) {
    Composer composer(facts, out);
    composer.start({.rcode = answer.rcode,
                    .reason = answer.reason,
                    .detail = answer.detail,
                    .secure = answer.security == dns::Security::secure});
    for (const dns::RRset& rrset : answer.answer) {
        composer.add(dns::Section::answer, rrset.packed(), rrset.ttl());
    }
    for (const dns::RRset& rrset : answer.authority) {
        const bool wanted =
            rrset.type() == dns::Type::soa || (facts.dnssec_ok && is_proof(rrset.type()));
        if (wanted) {
            composer.add(dns::Section::authority, rrset.packed(), rrset.ttl());
        }
    }
    return composer.finish();
}

std::size_t compose_empty(const QueryFacts& facts, const ReplyHead& head, MutableOctets out) {
    Composer composer(facts, out);
    composer.start(head);
    return composer.finish();
}

std::size_t compose_truncated(const QueryFacts& facts, MutableOctets out) {
    Composer composer(facts, out);
    composer.start({});
    composer.truncate();
    return composer.finish();
}

}  // namespace wend
