#include "resolver/classify.h"

#include <algorithm>
#include <array>

namespace wend {

namespace {

bool strictly_below(dns::NameView name, dns::NameView ancestor) {
    return name.size() > ancestor.size() && name.is_subdomain_of(ancestor);
}

bool is_of_one_class(const dns::Message& message) {
    constexpr std::array sections = {dns::Section::answer, dns::Section::authority,
                                     dns::Section::additional};
    return std::ranges::all_of(sections, [&](dns::Section section) {
        return std::ranges::all_of(message.records(section), [](const dns::RecordView& record) {
            return record.rclass == dns::Class::in;
        });
    });
}

bool has_data(const dns::Message& message, dns::NameView owner, dns::Type type) {
    return std::ranges::any_of(message.records(dns::Section::answer),
                               [&](const dns::RecordView& record) {
                                   return record.type == type && record.owner == owner;
                               });
}

bool has_name_servers(const dns::Message& message) {
    return std::ranges::any_of(
        message.records(dns::Section::authority),
        [](const dns::RecordView& record) { return record.type == dns::Type::ns; });
}

ResponseKind classify_name_error(const Asked& asked, const AliasChain& chain, bool data) {
    if (data) {
        // The code is of the last name of a chain, here of one that was not asked for (RFC 6604 3);
        // any other name cannot have data and not exist.
        const bool is_alias = asked.question.qtype == dns::Type::cname;
        return is_alias ? ResponseKind::answer : ResponseKind::useless;
    }
    const bool ends_here = chain.end.view().is_subdomain_of(asked.zone);
    return ends_here ? ResponseKind::name_error : ResponseKind::alias;
}

// NOERROR, and neither the data asked for nor an alias.
ResponseKind classify_empty(const Asked& asked, const dns::Message& message) {
    const dns::Question& question = asked.question;
    // The root has no parent: it answers for its own DS.
    const bool asks_parent = question.qtype == dns::Type::ds && !question.qname.view().is_root();
    if (const auto* soa = covering_soa(message, question.qname, asked.zone)) {
        // The child's apex knows nothing of its own DS RRset (RFC 4035 3.1.4.1).
        const bool from_child =
            asks_parent && soa->owner == question.qname.view() && !asked.recursive;
        return from_child ? ResponseKind::lame : ResponseKind::no_data;
    }
    if (asked.recursive) {
        return has_name_servers(message) ? ResponseKind::lame : ResponseKind::no_data;
    }
    if (const auto* ns = referral_record(asked, message)) {
        const bool at_name = ns->owner == question.qname.view();
        return asks_parent && at_name ? ResponseKind::no_data : ResponseKind::referral;
    }
    if (message.header().aa) {
        return ResponseKind::no_data;
    }
    const bool lame = has_name_servers(message) || message.header().ra;
    return lame ? ResponseKind::lame : ResponseKind::no_data;
}

}  // namespace

std::string_view to_text(ResponseKind kind) {
    switch (kind) {
        case ResponseKind::answer:
            return "answer";
        case ResponseKind::alias:
            return "alias";
        case ResponseKind::referral:
            return "referral";
        case ResponseKind::no_data:
            return "no-data";
        case ResponseKind::name_error:
            return "name-error";
        case ResponseKind::lame:
            return "lame";
        case ResponseKind::server_failure:
            return "server-failure";
        case ResponseKind::format_error:
            return "format-error";
        case ResponseKind::useless:
            return "useless";
    }
    return "unknown";
}

const dns::RecordView* covering_soa(const dns::Message& message, dns::NameView name,
                                    dns::NameView zone) {
    for (const dns::RecordView& record : message.records(dns::Section::authority)) {
        if (record.type == dns::Type::soa && record.owner.is_subdomain_of(zone) &&
            name.is_subdomain_of(record.owner)) {
            return &record;
        }
    }
    return nullptr;
}

const dns::RecordView* referral_record(const Asked& asked, const dns::Message& message) {
    const dns::RecordView* deepest = nullptr;
    for (const dns::RecordView& record : message.records(dns::Section::authority)) {
        const bool descends = record.type == dns::Type::ns &&
                              strictly_below(record.owner, asked.zone) &&
                              asked.question.qname.view().is_subdomain_of(record.owner);
        if (descends && (deepest == nullptr || record.owner.size() > deepest->owner.size())) {
            deepest = &record;
        }
    }
    return deepest;
}

ResponseKind classify(const Asked& asked, const dns::Message& message, const AliasChain& chain) {
    const dns::Rcode rcode = message.rcode();
    if (rcode == dns::Rcode::formerr || rcode == dns::Rcode::notimp ||
        rcode == dns::Rcode::badvers) {
        return ResponseKind::format_error;
    }
    const bool too_long = chain.stop == ChainStop::name_too_long;
    if (rcode != dns::Rcode::noerror && rcode != dns::Rcode::nxdomain &&
        !(rcode == dns::Rcode::yxdomain && too_long)) {
        return ResponseKind::server_failure;
    }
    if (!is_of_one_class(message)) {
        return ResponseKind::useless;
    }
    if (chain.stop != ChainStop::end_of_message) {
        return ResponseKind::alias;
    }
    const bool ends_here = chain.end.view().is_subdomain_of(asked.zone);
    const bool data = ends_here && has_data(message, chain.end, asked.question.qtype);
    if (rcode == dns::Rcode::nxdomain) {
        return classify_name_error(asked, chain, data);
    }
    if (data) {
        return ResponseKind::answer;
    }
    if (chain.links > 0) {
        const bool denied = ends_here && covering_soa(message, chain.end, asked.zone) != nullptr;
        return denied ? ResponseKind::no_data : ResponseKind::alias;
    }
    return classify_empty(asked, message);
}

bool is_second_hand(const Asked& asked, const dns::Message& message, ResponseKind kind) {
    const bool says_something = kind == ResponseKind::answer || kind == ResponseKind::alias ||
                                kind == ResponseKind::no_data || kind == ResponseKind::name_error;
    return says_something && !asked.recursive && message.header().ra && !message.header().aa;
}

}  // namespace wend
