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

bool is_name_server(const dns::RecordView& record) {
    return record.type == dns::Type::ns;
}

bool has_name_servers(const dns::Message& message) {
    return std::ranges::any_of(message.records(dns::Section::authority), is_name_server);
}

bool has_soa(const dns::Message& message) {
    return std::ranges::any_of(
        message.records(dns::Section::authority),
        [](const dns::RecordView& record) { return record.type == dns::Type::soa; });
}

// NS records in the authority section, and all of them the zone's own.
bool names_own_servers(const dns::Message& message, dns::NameView zone) {
    const auto is_of_another = [&](const dns::RecordView& record) {
        return is_name_server(record) && !(record.owner == zone);
    };
    return has_name_servers(message) &&
           std::ranges::none_of(message.records(dns::Section::authority), is_of_another);
}

// Whether what is asked for is at `name` not the zone's of that name to say, but its parent's: DS
// (RFC 4035 2.4). The root has no parent, and a forwarder answers for all.
bool is_of_parent(const Asked& asked, dns::NameView name) {
    return asked.question.qtype == dns::Type::ds && !name.is_root() && !asked.recursive;
}

bool may_speak_of(const Asked& asked, dns::NameView name) {
    return name.is_subdomain_of(asked.zone) &&
           !(is_of_parent(asked, name) && name == asked.zone.view());
}

// A denial with the child's own SOA: the child's apex knows nothing of its DS RRset (RFC 4035
// 3.1.4.1).
bool is_denied_by_child(const Asked& asked, const dns::Message& message, dns::NameView name) {
    const dns::RecordView* soa = covering_soa(message, name, asked.zone);
    return soa != nullptr && is_of_parent(asked, name) && soa->owner == name;
}

// The deepest NS owner below the zone, at or above `name`, unless a SOA at or below it says that
// the message goes no further than that.
const dns::RecordView* cut_towards(const dns::Message& message, dns::NameView name,
                                   dns::NameView zone) {
    const dns::RecordView* deepest = nullptr;
    for (const dns::RecordView& record : message.records(dns::Section::authority)) {
        const bool descends = is_name_server(record) && strictly_below(record.owner, zone) &&
                              name.is_subdomain_of(record.owner);
        if (descends && (deepest == nullptr || record.owner.size() > deepest->owner.size())) {
            deepest = &record;
        }
    }
    const dns::RecordView* soa = covering_soa(message, name, zone);
    const bool ends =
        deepest != nullptr && soa != nullptr && !strictly_below(deepest->owner, soa->owner);
    return ends ? nullptr : deepest;
}

// An alias at the very name whose DS was asked for, beside records that only the child's apex has.
bool is_alias_of_child(const Asked& asked, const dns::Message& message, const AliasChain& chain) {
    const dns::NameView qname = asked.question.qname;
    const bool at_name = chain.links > 0 && chain.rrsets.front().type() == dns::Type::cname;
    return at_name && is_of_parent(asked, qname) &&
           std::ranges::any_of(message.records(dns::Section::authority),
                               [&](const dns::RecordView& record) {
                                   return record.owner == qname &&
                                          (is_name_server(record) || record.type == dns::Type::soa);
                               });
}

ResponseKind classify_name_error(const Asked& asked, const dns::Message& message,
                                 const AliasChain& chain, bool data) {
    if (data) {
        // The code is of the last name of a chain, here of one that was not asked for (RFC 6604 3);
        // any other name cannot have data and not exist.
        const bool is_alias = asked.question.qtype == dns::Type::cname;
        return is_alias ? ResponseKind::answer : ResponseKind::useless;
    }
    if (may_speak_of(asked, chain.end) && !is_denied_by_child(asked, message, chain.end)) {
        return ResponseKind::name_error;
    }
    return chain.links > 0 ? ResponseKind::alias : ResponseKind::lame;
}

// NOERROR, an alias, and no data at its end.
ResponseKind classify_alias(const Asked& asked, const dns::Message& message,
                            const AliasChain& chain) {
    const bool denied = may_speak_of(asked, chain.end) &&
                        covering_soa(message, chain.end, asked.zone) != nullptr &&
                        !is_denied_by_child(asked, message, chain.end);
    const bool goes_on = !asked.recursive && cut_towards(message, chain.end, asked.zone) != nullptr;
    return denied && !goes_on ? ResponseKind::no_data : ResponseKind::alias;
}

// NOERROR, and neither the data asked for nor an alias. Servers set AA and RA as they like: neither
// makes NODATA of what points elsewhere, nor a referral of what does not.
ResponseKind classify_empty(const Asked& asked, const dns::Message& message) {
    const dns::Question& question = asked.question;
    if (const auto* ns = asked.recursive ? nullptr : referral_record(asked, message)) {
        const bool at_name = ns->owner == question.qname.view();
        return at_name && is_of_parent(asked, question.qname) ? ResponseKind::no_data
                                                              : ResponseKind::referral;
    }
    if (covering_soa(message, question.qname, asked.zone) != nullptr) {
        return is_denied_by_child(asked, message, question.qname) ? ResponseKind::lame
                                                                  : ResponseKind::no_data;
    }
    // NODATA has a SOA or no NS records (RFC 2308 2.2); it is a last resort where these are the
    // zone's own and the server claims to have the zone, see is_second_hand().
    const bool claims_zone =
        !asked.recursive && message.header().aa && names_own_servers(message, asked.zone);
    return has_name_servers(message) && !claims_zone ? ResponseKind::lame : ResponseKind::no_data;
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
    const dns::RecordView* deepest = nullptr;
    for (const dns::RecordView& record : message.records(dns::Section::authority)) {
        const bool covers = record.type == dns::Type::soa && record.owner.is_subdomain_of(zone) &&
                            name.is_subdomain_of(record.owner);
        if (covers && (deepest == nullptr || record.owner.size() > deepest->owner.size())) {
            deepest = &record;
        }
    }
    return deepest;
}

const dns::RecordView* referral_record(const Asked& asked, const dns::Message& message) {
    return cut_towards(message, asked.question.qname, asked.zone);
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
    if (is_alias_of_child(asked, message, chain)) {
        return ResponseKind::lame;
    }
    const bool data =
        may_speak_of(asked, chain.end) && has_data(message, chain.end, asked.question.qtype);
    if (rcode == dns::Rcode::nxdomain) {
        return classify_name_error(asked, message, chain, data);
    }
    if (data) {
        return ResponseKind::answer;
    }
    return chain.links > 0 ? classify_alias(asked, message, chain) : classify_empty(asked, message);
}

bool is_second_hand(const Asked& asked, const dns::Message& message, ResponseKind kind) {
    const bool says_something = kind == ResponseKind::answer || kind == ResponseKind::alias ||
                                kind == ResponseKind::no_data || kind == ResponseKind::name_error;
    if (!says_something || asked.recursive) {
        return false;
    }
    const bool is_recursive = message.header().ra && !message.header().aa;
    const bool is_self_referral = kind == ResponseKind::no_data &&
                                  names_own_servers(message, asked.zone) && !has_soa(message);
    return is_recursive || is_self_referral;
}

}  // namespace wend
