#include "control/config_verbs.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/plan.h"
#include "config/plan_text.h"
#include "config/read.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

std::unexpected<std::string> no(const std::vector<Finding>& mistakes) {
    std::string text;
    for (const Finding& mistake : mistakes) {
        text += fmt::format("{}{}{}{}", text.empty() ? "" : "; ", mistake.place,
                            mistake.place.empty() ? "" : ": ", mistake.text);
    }
    return std::unexpected(std::move(text));
}

std::string directory_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    return slash == std::string::npos ? "." : file.substr(0, slash);
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Configured<LoadedConfig> file_of(const Doors& doors) {
    if (doors.config_file.empty()) {
        LoadedConfig defaults;
        defaults.sources.directory = ".";
        defaults.sources.files = {"the defaults"};
        defaults.sources.root.kind = JsonNode::Kind::object;
        return defaults;
    }
    auto loaded = load_config_file(doors.config_file);
    if (!loaded) {
        return no(loaded.error());
    }
    return std::move(*loaded);
}

Configured<Changes> changes_of(const Doors& doors, FileStore& files) {
    auto changes = read_changes(files, doors.state_folder, directory_of(doors.config_file));
    if (!changes) {
        return no({changes.error()});
    }
    return std::move(*changes);
}

}  // namespace

bool InForce::add(std::string_view part) {
    const Json read = Json::parse(part, nullptr, false);
    octets_ += part.size();
    if (!read.is_object() || octets_ > octets_max) {
        return false;
    }
    try {
        for (const Json& element : read.at("keys")) {
            values_.push_back(
                {element.at("key").get<std::string>(), element.at("value").get<std::string>()});
        }
        return true;
    } catch (const Json::exception&) {
        return false;
    }
}

Configured<Config> InForce::finish() const {
    Json whole = Json::object();
    for (const auto& [path, text] : values_) {
        Json value = Json::parse(text, nullptr, false);
        const std::size_t point = path.find('.');
        if (value.is_discarded()) {
            return std::unexpected("what the server said of its configuration cannot be read");
        }
        if (path.starts_with('$')) {
            continue;  // is for editors
        }
        if (point == std::string::npos) {
            whole[path] = std::move(value);
        } else {
            whole[path.substr(0, point)][path.substr(point + 1)] = std::move(value);
        }
    }
    auto config = read_config(whole.dump(), "/");
    if (!config) {
        return std::unexpected(fmt::format("the configuration in force cannot be compared: {}",
                                           config.error().front().text));
    }
    return std::move(*config);
}

Configured<ChangedConfig> configured(const Doors& doors, FileStore& files) {
    const auto file = file_of(doors);
    if (!file) {
        return std::unexpected(file.error());
    }
    auto changes = changes_of(doors, files);
    if (!changes) {
        return std::unexpected(std::move(changes.error()));
    }
    auto both = with_changes(*file, std::move(*changes), changes_path(doors.state_folder));
    if (!both) {
        return no(both.error());
    }
    return std::move(*both);
}

Configured<std::string> plan_of_reload(const Config& in_force, const Doors& doors,
                                       FileStore& files) {
    const auto wanted = configured(doors, files);
    if (!wanted) {
        return std::unexpected(wanted.error());
    }
    const Plan plan = plan_of(in_force, wanted->config);
    const PlaceOfKey place = [&](std::string_view path) {
        return place_of_value(wanted->sources, path);
    };
    std::vector<std::string> lines = plan_text(plan, place);
    if (lines.empty()) {
        lines.emplace_back("nothing would change");
    }
    return text_of({{"lines", lines}, {"plan", Json::parse(plan_json(plan, place, {}))}});
}

}  // namespace wend
