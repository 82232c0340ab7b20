#include "config/plan_text.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend {
namespace {

using Json = nlohmann::ordered_json;
using Sign = PlanLine::Sign;

std::string words(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// An element of a list in the words of people: a text without its quotes.
std::string element_text(const std::string& json) {
    const Json value = Json::parse(json, nullptr, false);
    return value.is_string() ? value.get<std::string>() : json;
}

bool opens_sockets(std::string_view path) {
    return path == "listen" || path == "http.listen";
}

std::string effect_of(const KeyChange& change, Sign sign) {
    if (change.applies == Applies::restart) {
        return "needs a restart";
    }
    if (opens_sockets(change.path) && sign == Sign::added) {
        return "live, opens a socket";
    }
    if (opens_sockets(change.path) && sign == Sign::removed) {
        return "live, closes a socket when its queries are answered";
    }
    return "live";
}

// The elements of `list` that are not in `other`.
std::vector<std::string> elements_only_in(const Json& list, const Json& other) {
    std::vector<std::string> only;
    for (const Json& element : list) {
        if (std::ranges::find(other, element) == other.end()) {
            only.push_back(words(element));
        }
    }
    return only;
}

void append_lines(const KeyChange& change, const std::string& place, std::vector<PlanLine>& to) {
    const Json was = Json::parse(change.was, nullptr, false);
    const Json is = Json::parse(change.is, nullptr, false);
    const std::size_t before = to.size();
    if (was.is_array() && is.is_array()) {
        for (std::string& gone : elements_only_in(was, is)) {
            to.push_back({Sign::removed, change.path, std::move(gone), "", place,
                          effect_of(change, Sign::removed)});
        }
        for (std::string& come : elements_only_in(is, was)) {
            to.push_back({Sign::added, change.path, "", std::move(come), place,
                          effect_of(change, Sign::added)});
        }
    }
    if (to.size() == before) {
        const Sign sign = change.applies == Applies::restart ? Sign::waits : Sign::changed;
        to.push_back({sign, change.path, change.was, change.is, place, effect_of(change, sign)});
    }
}

std::string word_of(Flush::What what) {
    switch (what) {
        case Flush::What::everything:
            return "everything";
        case Flush::What::validation:
            return "validation";
        case Flush::What::root_servers:
            return "root-servers";
        case Flush::What::failures:
            return "failures";
        case Flush::What::servers:
            return "servers";
    }
    return {};
}

Json json_of(const Flush& flush) {
    Json json = {{"what", word_of(flush.what)}, {"text", describe(flush)}};
    const bool is_of_zone = flush.what == Flush::What::everything ||
                            flush.what == Flush::What::validation ||
                            flush.what == Flush::What::failures;
    if (is_of_zone) {
        json["zone"] = to_text(flush.zone);
        json["except"] = Json::array();
        for (const dns::Name& name : flush.except) {
            json["except"].push_back(to_text(name));
        }
    }
    for (const Endpoint& server : flush.servers) {
        json["servers"].push_back(server.to_text());
    }
    return json;
}

// What is kept was kept under the old value, and nothing of it is untrue.
bool leaves_things_as_stored(const Plan& plan) {
    return std::ranges::any_of(plan.keys, [](const KeyChange& change) {
        return change.path.starts_with("cache.") && change.applies == Applies::live;
    });
}

}  // namespace

std::vector<PlanLine> plan_lines(const Plan& plan, const PlaceOfKey& place) {
    std::vector<PlanLine> lines;
    for (const KeyChange& change : plan.keys) {
        append_lines(change, place(change.path), lines);
    }
    return lines;
}

std::string to_text(const PlanLine& line) {
    const std::string where = line.place.empty() ? "" : fmt::format(" ({})", line.place);
    const char sign = static_cast<char>(line.sign);
    if (line.sign == Sign::added || line.sign == Sign::removed) {
        const std::string& value = line.sign == Sign::added ? line.is : line.was;
        return fmt::format("{} {} {}{} {}", sign, line.path, element_text(value), where,
                           line.effect);
    }
    return fmt::format("{} {} {} -> {}{} {}", sign, line.path, line.was, line.is, where,
                       line.effect);
}

std::vector<std::string> plan_text(const Plan& plan, const PlaceOfKey& place) {
    std::vector<std::string> lines;
    for (const PlanLine& line : plan_lines(plan, place)) {
        lines.push_back(to_text(line));
    }
    for (const Flush& flush : plan.flushes) {
        lines.push_back(fmt::format("would flush {}", describe(flush)));
    }
    if (leaves_things_as_stored(plan)) {
        lines.emplace_back(
            "what is cached keeps the TTLs it was stored with; flush it if it should "
            "not");
    }
    return lines;
}

std::string finding_json(const Finding& finding, Severity severity) {
    Json json = {{"place", finding.place}, {"severity", describe(severity)}};
    const LintRule* const rule = find_rule(finding.id);
    if (rule != nullptr) {
        json["id"] = rule->id;
    }
    json["text"] = finding.text;
    if (rule != nullptr) {
        json["remedy"] = rule->remedy;
    }
    return words(json);
}

std::string plan_json(const Plan& plan, const PlaceOfKey& place,
                      const std::vector<Finding>& findings) {
    Json json = {{"changes", Json::array()},
                 {"flushes", Json::array()},
                 {"findings", Json::array()},
                 {"needs-restart", plan.needs_restart()}};
    for (const KeyChange& change : plan.keys) {
        json["changes"].push_back({{"key", change.path},
                                   {"was", Json::parse(change.was, nullptr, false)},
                                   {"is", Json::parse(change.is, nullptr, false)},
                                   {"place", place(change.path)},
                                   {"applies", describe(change.applies)}});
    }
    for (const Flush& flush : plan.flushes) {
        json["flushes"].push_back(json_of(flush));
    }
    for (const Finding& finding : findings) {
        json["findings"].push_back(Json::parse(finding_json(finding, finding.severity())));
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace wend
