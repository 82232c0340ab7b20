// queries: what one worker is looking for at this moment.
#include <array>
#include <chrono>

#include "server/verbs/arguments.h"
#include "server/verbs/handlers.h"
#include "server/verbs/json_page.h"
#include "server/verbs/zone_servers_json.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

// A look at the zone of a question and at its servers costs as much as many entries of a dump.
constexpr std::size_t questions_max = 16;

std::int64_t milliseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json json_of(const InFlight::UnderWay& under_way, VerbWorld& world) {
    const dns::Question& question = under_way.question;
    Json json = {{"worker", world.worker},
                 {"number", under_way.number},
                 {"name", to_text(question.qname.view())},
                 {"type", to_text(question.qtype)},
                 {"checking_disabled", under_way.checking_disabled},
                 {"age_ms", milliseconds(world.now - under_way.since)},
                 {"waiters", under_way.waiters}};
    const ZoneServers zone = zone_servers_of(question.qname, world);
    json["zone"] = to_text(zone.zone.view());
    json["waits_for"] = waits_for(zone, world);
    return json;
}

}  // namespace

// The cursor: the worker, and one more than where in its table; 0 there is its beginning.
LinkReply list_queries(const LinkRequest& request, VerbWorld& world) {
    if (!request.arguments.empty()) {
        return refused("queries wants no argument");
    }
    const auto numbers = cursor_from<2>(request.cursor);
    if (!numbers || (*numbers)[0] != world.worker) {
        return bad_cursor();
    }
    JsonPage items;
    InFlight::Page listed;
    if (world.in_flight != nullptr) {
        const std::uint64_t at = (*numbers)[1];
        listed = world.in_flight->list(at == 0 ? std::nullopt : std::optional(at), questions_max);
    }
    for (const InFlight::UnderWay& under_way : listed.questions) {
        items.add({json_of(under_way, world)});  // has room: questions_max are short
    }
    std::string json = items.text("queries");
    if (listed.next) {
        return page(std::move(json), std::array<std::uint64_t, 2>{world.worker, *listed.next});
    }
    const std::size_t next = world.worker + 1;
    return next < world.workers ? page(std::move(json), std::array<std::uint64_t, 2>{next, 0})
                                : done(std::move(json));
}

}  // namespace wend
