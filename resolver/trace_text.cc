#include "resolver/trace_text.h"

#include <utility>

#include <fmt/format.h>

namespace wend {

namespace {

double milliseconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1000.0;
}

std::string server_text(const dns::Name& name, const Endpoint& endpoint) {
    constexpr std::uint16_t usual_port = 53;
    const std::string where =
        endpoint.port == usual_port ? endpoint.ip.to_text() : endpoint.to_text();
    return name.view().is_root() ? where : fmt::format("{} ({})", dns::to_text(name), where);
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

// One overload for each event.
struct Teller {
    unsigned depth = 0;

    std::string operator()(const event::Began& began) const {
        const std::string question = fmt::format("{} {}", dns::to_text(began.question.qname),
                                                 dns::to_text(began.question.qtype));
        if (depth == 0) {
            return fmt::format("? {}", question);
        }
        if (!began.for_zone) {
            return fmt::format("? {}, for the chain of trust", question);
        }
        return fmt::format("? {}, a server of {}", question, dns::to_text(*began.for_zone));
    }

    std::string operator()(const event::FromCache& found) const {
        using What = event::FromCache::What;
        const std::string name = dns::to_text(found.name);
        switch (found.what) {
            case What::answer:
                return fmt::format("cache: {} {}, {} s left", name, dns::to_text(found.type),
                                   found.ttl);
            case What::alias:
                return fmt::format("cache: {} is an alias of {}, {} s left", name,
                                   dns::to_text(found.target), found.ttl);
            case What::no_data:
                return fmt::format("cache: {} has no {}, {} s left", name, dns::to_text(found.type),
                                   found.ttl);
            case What::name_error:
                return fmt::format("cache: {} does not exist, {} s left", name, found.ttl);
            case What::failure:
                return fmt::format("cache: {} {} failed a moment ago ({}): not tried again yet",
                                   name, dns::to_text(found.type), dns::to_text(found.reason));
        }
        return {};
    }

    std::string operator()(const event::EnteredZone& zone) const {
        std::string servers;
        std::size_t shown = 0;
        for (const event::ZoneServer& server : zone.servers) {
            constexpr std::size_t shown_max = 4;
            if (shown == shown_max) {
                servers += fmt::format(", and {} more", zone.servers.size() - shown_max);
                break;
            }
            servers += shown == 0 ? "" : ", ";
            servers += server.addresses.empty()
                           ? fmt::format("{} (no address yet)", dns::to_text(server.name))
                           : server_text(server.name, server.addresses.front());
            if (server.addresses.size() > 1) {
                servers += fmt::format(" +{}", server.addresses.size() - 1);
            }
            ++shown;
        }
        return fmt::format("zone {} (from {}), served by {}", dns::to_text(zone.zone),
                           to_text(zone.source), servers.empty() ? "nobody" : servers);
    }

    std::string operator()(const event::QuerySent& query) const {
        return fmt::format("-> {} {} to {} over {}{}{}{}", dns::to_text(query.question.qname),
                           dns::to_text(query.question.qtype),
                           server_text(query.server_name, query.server), to_text(query.channel),
                           query.minimised ? ", minimised" : "", query.edns ? "" : ", without EDNS",
                           query.recursion_desired ? ", recursion desired" : "");
    }

    std::string operator()(const event::ReplyReceived& reply) const {
        return fmt::format("<- {} in {:.1f} ms, {}: {}", dns::to_text(reply.rcode),
                           milliseconds(reply.round_trip), plural(reply.octets, "octet", "octets"),
                           said(reply));
    }

    static std::string said(const event::ReplyReceived& reply) {
        if (reply.truncated) {
            return "truncated";
        }
        switch (reply.kind) {
            case ResponseKind::answer:
                return fmt::format("answer, {}{}", plural(reply.records, "record", "records"),
                                   reply.authoritative ? "" : ", not authoritative");
            case ResponseKind::alias:
                return fmt::format("alias of {}", dns::to_text(reply.about));
            case ResponseKind::referral:
                return fmt::format("referral to {}, {}, {}{}", dns::to_text(reply.about),
                                   plural(reply.records, "server", "servers"),
                                   plural(reply.addresses, "address", "addresses"),
                                   reply.signed_ds ? ", signed (DS)" : "");
            case ResponseKind::no_data:
                return fmt::format("{} exists, but not with this type", dns::to_text(reply.about));
            case ResponseKind::name_error:
                return fmt::format("{} does not exist", dns::to_text(reply.about));
            case ResponseKind::lame:
                return "lame: the server does not serve this zone";
            case ResponseKind::server_failure:
                return "the server cannot or will not answer";
            case ResponseKind::format_error:
                return "the server does not understand the query";
            case ResponseKind::useless:
                return "contradicts itself";
        }
        return {};
    }

    std::string operator()(const event::NoReply& none) const {
        return fmt::format("<- nothing from {} over {}: {} after {:.1f} ms", none.server.to_text(),
                           to_text(none.channel), to_text(none.error), milliseconds(none.waited));
    }

    std::string operator()(const event::NextStep& next) const {
        return fmt::format(".. {}", event::describe(next.step));
    }

    std::string operator()(const event::GotAddresses& got) const {
        if (got.addresses.empty()) {
            return fmt::format("= no address of {}: {}", dns::to_text(got.server_name),
                               dns::describe(got.reason));
        }
        std::string addresses;
        for (const IpAddress& address : got.addresses) {
            addresses += (addresses.empty() ? "" : ", ") + address.to_text();
        }
        return fmt::format("= {} is at {}", dns::to_text(got.server_name), addresses);
    }

    std::string operator()(const event::Checked& checked) const {
        const std::string what =
            fmt::format("{} {}", dns::to_text(checked.owner), dns::to_text(checked.type));
        if (checked.no_cut) {
            return fmt::format("DNSSEC: {}: proved that no zone begins here", what);
        }
        const std::string by =
            checked.key_tag == 0 ? "" : fmt::format(", by key {}", checked.key_tag);
        const std::string why = checked.reason == dns::Reason::none
                                    ? ""
                                    : fmt::format(": {}", dns::describe(checked.reason));
        return fmt::format("DNSSEC: {} is {}{}{}", what, dns::to_text(checked.security), by, why);
    }

    std::string operator()(const event::LimitReached& limit) const {
        return fmt::format("!! {}", dns::describe(limit.reason));
    }

    std::string operator()(const event::Finished& end) const {
        return fmt::format("= {}, {} in the answer, {} sent, {:.1f} ms{}", dns::to_text(end.rcode),
                           plural(end.records, "RRset", "RRsets"),
                           plural(static_cast<std::size_t>(end.packets), "query", "queries"),
                           milliseconds(end.took), why(end));
    }

    static std::string why(const event::Finished& end) {
        std::string text = end.security == dns::Security::secure ? ", secure" : "";
        if (end.reason != dns::Reason::resolved) {
            text += fmt::format(": {}", dns::describe(end.reason));
        }
        if (!end.detail.empty()) {
            text += fmt::format(" ({})", end.detail);
        }
        return text;
    }
};

// Zones stand under their question, packets under their zone.
unsigned level(const EventBody& body) {
    if (std::holds_alternative<event::Began>(body) ||
        std::holds_alternative<event::Finished>(body) ||
        std::holds_alternative<event::GotAddresses>(body)) {
        return 0;
    }
    const bool in_zone = std::holds_alternative<event::QuerySent>(body) ||
                         std::holds_alternative<event::ReplyReceived>(body) ||
                         std::holds_alternative<event::NoReply>(body) ||
                         std::holds_alternative<event::NextStep>(body);
    return in_zone ? 2 : 1;
}

}  // namespace

std::string event_to_text(const Event& event) {
    constexpr unsigned levels_per_depth = 3;
    const unsigned indent = 2 * (levels_per_depth * event.depth + level(event.body));
    return fmt::format("{:{}}{}", "", indent, std::visit(Teller{event.depth}, event.body));
}

void TextTrace::on_event(const Event& event) {
    if (!began_at_) {
        began_at_ = event.at;
    }
    write_(fmt::format("{:>8.1f}  {}", milliseconds(event.at - *began_at_), event_to_text(event)));
}

}  // namespace wend
