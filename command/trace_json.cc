#include "command/trace_json.h"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "dns/rrset.h"
#include "dns/zone_file.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const dns::Question& question) {
    return {{"name", to_text(question.qname)}, {"type", to_text(question.qtype)}};
}

Json json_of(const std::vector<Endpoint>& addresses) {
    Json list = Json::array();
    for (const Endpoint& address : addresses) {
        list.push_back(address.to_text());
    }
    return list;
}

std::string_view word_of(event::FromCache::What what) {
    switch (what) {
        case event::FromCache::What::answer:
            return "answer";
        case event::FromCache::What::alias:
            return "alias";
        case event::FromCache::What::no_data:
            return "no-data";
        case event::FromCache::What::name_error:
            return "name-error";
        case event::FromCache::What::failure:
            return "failure";
    }
    return "";
}

// A failure holds nothing that could be bogus: its reason says what it was about.
dns::Security security_of(const Answer& answer) {
    return dns::is_bogus(answer.reason) ? dns::Security::bogus : answer.security;
}

// An object for each kind of event: "event" is its name, the rest is what it holds.
struct ToJson {
    Json operator()(const event::Began& began) const {
        Json json{{"event", "began"}, {"question", json_of(began.question)}};
        if (began.for_zone) {
            json["for-zone"] = to_text(*began.for_zone);
        }
        return json;
    }

    Json operator()(const event::FromCache& found) const {
        Json json{{"event", "from-cache"},
                  {"what", word_of(found.what)},
                  {"name", to_text(found.name)},
                  {"type", to_text(found.type)},
                  {"ttl", found.ttl}};
        if (found.what == event::FromCache::What::alias) {
            json["target"] = to_text(found.target);
        }
        if (found.what == event::FromCache::What::failure) {
            json["reason"] = to_text(found.reason);
        }
        return json;
    }

    Json operator()(const event::EnteredZone& entered) const {
        Json servers = Json::array();
        for (const event::ZoneServer& server : entered.servers) {
            servers.push_back(
                {{"name", to_text(server.name)}, {"addresses", json_of(server.addresses)}});
        }
        return {{"event", "entered-zone"},
                {"zone", to_text(entered.zone)},
                {"source", to_text(entered.source)},
                {"servers", std::move(servers)}};
    }

    Json operator()(const event::QuerySent& sent) const {
        return {{"event", "query-sent"},
                {"zone", to_text(sent.zone)},
                {"server-name", to_text(sent.server_name)},
                {"server", sent.server.to_text()},
                {"channel", to_text(sent.channel)},
                {"question", json_of(sent.question)},
                {"minimised", sent.minimised},
                {"edns", sent.edns},
                {"recursion-desired", sent.recursion_desired},
                {"patience-us", sent.patience.count()}};
    }

    Json operator()(const event::ReplyReceived& reply) const {
        return {{"event", "reply-received"},
                {"server", reply.server.to_text()},
                {"channel", to_text(reply.channel)},
                {"round-trip-us", reply.round_trip.count()},
                {"octets", reply.octets},
                {"rcode", to_text(reply.rcode)},
                {"authoritative", reply.authoritative},
                {"truncated", reply.truncated},
                {"kind", to_text(reply.kind)},
                {"about", to_text(reply.about)},
                {"records", reply.records},
                {"addresses", reply.addresses},
                {"signed-ds", reply.signed_ds}};
    }

    Json operator()(const event::NoReply& none) const {
        return {{"event", "no-reply"},
                {"server", none.server.to_text()},
                {"channel", to_text(none.channel)},
                {"error", to_text(none.error)},
                {"waited-us", none.waited.count()}};
    }

    Json operator()(const event::NextStep& next) const {
        return {{"event", "next-step"}, {"why", describe(next.step)}, {"zone", to_text(next.zone)}};
    }

    Json operator()(const event::GotAddresses& got) const {
        Json addresses = Json::array();
        for (const IpAddress& address : got.addresses) {
            addresses.push_back(address.to_text());
        }
        return {{"event", "got-addresses"},
                {"server-name", to_text(got.server_name)},
                {"addresses", std::move(addresses)},
                {"reason", to_text(got.reason)}};
    }

    Json operator()(const event::Checked& checked) const {
        Json json{{"event", "checked"},
                  {"name", to_text(checked.owner)},
                  {"type", to_text(checked.type)},
                  {"security", to_text(checked.security)},
                  {"no-cut", checked.no_cut}};
        if (checked.reason != dns::Reason::none) {
            json["reason"] = to_text(checked.reason);
        }
        if (checked.key_tag != 0) {
            json["key-tag"] = checked.key_tag;
        }
        return json;
    }

    Json operator()(const event::LimitReached& limit) const {
        return {{"event", "limit-reached"}, {"reason", to_text(limit.reason)}};
    }

    Json operator()(const event::Finished& finished) const {
        return {{"event", "finished"},
                {"rcode", to_text(finished.rcode)},
                {"reason", to_text(finished.reason)},
                {"detail", finished.detail},
                {"security", to_text(finished.security)},
                {"records", finished.records},
                {"queries", finished.packets},
                {"took-us", finished.took.count()}};
    }
};

void append_records(Json& list, dns::Type type, const dns::RRset& rrset, dns::RdataRange rdatas) {
    for (const Octets rdata : rdatas) {
        list.push_back({{"owner", to_text(rrset.owner())},
                        {"ttl", rrset.ttl()},
                        {"type", to_text(type)},
                        {"text", dns::record_to_text(rrset.owner(), rrset.ttl(), dns::Class::in,
                                                     type, rdata)}});
    }
}

Json json_of(const std::vector<dns::RRset>& rrsets) {
    Json list = Json::array();
    for (const dns::RRset& rrset : rrsets) {
        append_records(list, rrset.type(), rrset, rrset.rdatas());
        append_records(list, dns::Type::rrsig, rrset, rrset.signatures());
    }
    return list;
}

}  // namespace

struct JsonTrace::Impl {
    Json events = Json::array();
    std::optional<Instant> began_at;
};

JsonTrace::JsonTrace() : impl_(std::make_unique<Impl>()) {}

JsonTrace::~JsonTrace() = default;

void JsonTrace::on_event(const Event& event) {
    if (!impl_->began_at) {
        impl_->began_at = event.at;
    }
    Json json{{"at-us", (event.at - *impl_->began_at).count()}, {"depth", event.depth}};
    json.update(std::visit(ToJson{}, event.body));
    impl_->events.push_back(std::move(json));
}

std::string JsonTrace::finish(const dns::Question& question, const Answer& answer) const {
    const Json json{{"question", json_of(question)},
                    {"answer",
                     {{"rcode", to_text(answer.rcode)},
                      {"reason", to_text(answer.reason)},
                      {"detail", answer.detail},
                      {"security", to_text(security_of(answer))},
                      {"answer", json_of(answer.answer)},
                      {"authority", json_of(answer.authority)}}},
                    {"events", impl_->events}};
    // Names are escaped to ASCII; anything else that is not UTF-8 must not end the program.
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace wend
