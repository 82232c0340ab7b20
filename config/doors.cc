#include "config/doors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace wend {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> scope_words = {"metrics", "read", "read-names", "operate",
                                                         "admin"};

// Strings of a list, each by `from`; nothing if one of them is none.
template <class Value, class From>
std::optional<std::vector<Value>> list_of(const Json& json, const char* key, From from) {
    std::vector<Value> values;
    for (const Json& element : json.at(key)) {
        auto value = from(element.get<std::string>());
        if (!value) {
            return std::nullopt;
        }
        values.push_back(std::move(*value));
    }
    return values;
}

// Throws what nlohmann throws where a member is missing or of another kind.
std::optional<Doors> read(const Json& json) {
    const auto endpoint = [](const std::string& text) { return Endpoint::from_text(text); };
    const auto prefix = [](const std::string& text) { return Prefix::from_text(text); };
    const auto name = [](const std::string& text) { return std::optional(text); };
    const auto scope = scope_from_text(json.at("group-scope").get<std::string>());
    auto listen = list_of<Endpoint>(json, "listen", endpoint);
    auto names = list_of<std::string>(json, "names", name);
    auto allow = list_of<Prefix>(json, "metrics-allow", prefix);
    if (!scope || !listen || !names || !allow) {
        return std::nullopt;
    }
    return Doors{.control = {.socket = json.at("socket").get<std::string>(), .group_scope = *scope},
                 .http = {.listen = std::move(*listen),
                          .names = std::move(*names),
                          .plain = json.at("plain").get<bool>(),
                          .metrics_allow = std::move(*allow)},
                 .state_folder = json.at("state-folder").get<std::string>(),
                 .config_file = json.at("config-file").get<std::string>()};
}

template <class Value>
Json texts_of(const std::vector<Value>& values) {
    Json texts = Json::array();
    for (const Value& value : values) {
        texts.push_back(value.to_text());
    }
    return texts;
}

}  // namespace

Doors doors_of(const Config& config, std::string_view config_file,
               std::string_view state_directory) {
    const std::string_view given = state_directory.substr(0, state_directory.find(':'));
    return {.control = config.control,
            .http = config.http,
            .state_folder = config.state.folder.empty() ? std::string(given) : config.state.folder,
            .config_file = std::string(config_file)};
}

std::string to_text(const Doors& doors) {
    return Json{{"socket", doors.control.socket},
                {"group-scope", to_text(doors.control.group_scope)},
                {"listen", texts_of(doors.http.listen)},
                {"names", doors.http.names},
                {"plain", doors.http.plain},
                {"metrics-allow", texts_of(doors.http.metrics_allow)},
                {"state-folder", doors.state_folder},
                {"config-file", doors.config_file}}
        .dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::expected<Doors, std::string> doors_from_text(std::string_view text) {
    try {
        auto doors = read(Json::parse(text));
        if (doors) {
            return std::move(*doors);
        }
    } catch (const Json::exception&) {
    }
    return std::unexpected("what the server said of its doors cannot be read");
}

std::string_view to_text(DoorScope scope) {
    return scope_words[std::min<std::size_t>(std::to_underlying(scope), scope_words.size() - 1)];
}

std::optional<DoorScope> scope_from_text(std::string_view text) {
    const auto* const found = std::ranges::find(scope_words, text);
    return found == scope_words.end()
               ? std::nullopt
               : std::optional(DoorScope{static_cast<std::uint8_t>(found - scope_words.begin())});
}

}  // namespace wend
