#include "server/service/operations.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "config/changes.h"
#include "config/machine.h"
#include "config/read.h"
#include "server/service/config_change.h"
#include "server/service/log_level.h"

namespace wend {
namespace {

using Status = LinkReply::Status;
using Json = nlohmann::ordered_json;

std::string json_of(const Reloaded& reloaded) {
    Json changed = Json::array();
    Json at_restart = Json::array();
    for (const KeyChange& key : reloaded.plan.keys) {
        (key.applies == Applies::live ? changed : at_restart)
            .push_back({{"key", key.path}, {"was", key.was}, {"is", key.is}});
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(reloaded.took);
    return Json{{"generation", reloaded.generation},
                {"took_ms", took.count()},
                {"changed", std::move(changed)},
                {"at_restart", std::move(at_restart)},
                {"flushed", reloaded.flushed}}
        .dump();
}

void tell(const Operations::Told& told, const Reloaded& reloaded) {
    if (reloaded.mistakes.empty()) {
        told(Status::done, json_of(reloaded));
    } else {
        told(Status::refused, fmt::format("{}", fmt::join(reloaded.mistakes, "; ")));
    }
}

}  // namespace

// What is read again before it is changed.
struct ServiceOperations::Files {
    LoadedConfig file;
    std::string folder;
    Changes changes;
};

void ServiceOperations::reload(std::optional<Duration> confirm_within, Told told) {
    service_.reload([told](const Reloaded& reloaded) { tell(told, reloaded); }, confirm_within);
}

void ServiceOperations::undo(Told told) {
    service_.undo([told](const Reloaded& reloaded) { tell(told, reloaded); });
}

void ServiceOperations::confirm(Told told) {
    if (service_.confirm()) {
        told(Status::done, Json{{"generation", service_.generation().number}}.dump());
    } else {
        told(Status::refused, "nothing waits to be confirmed");
    }
}

void ServiceOperations::stop(Told told) {
    told(Status::done, Json{{"stopping", true}}.dump());
    service_.stop();
}

void ServiceOperations::set_log_level(LogLevel level, Told told) {
    wend::set_log_level(level);
    told(Status::done, Json{{"done", true}}.dump());
}

std::expected<ServiceOperations::Files, std::string> ServiceOperations::read_files() const {
    if (!config_file_) {
        return std::unexpected(
            "wend was started without a configuration file, and there is nothing to change: start "
            "it with --config FILE");
    }
    auto file = load_config_file(*config_file_);
    if (!file) {
        return std::unexpected(to_text(file.error().front()));
    }
    std::string folder = state_folder(file->config);
    auto changes = read_changes(files_, folder, file->sources.directory);
    if (!changes) {
        return std::unexpected(to_text(changes.error()));
    }
    return Files{std::move(*file), std::move(folder), std::move(*changes)};
}

void ServiceOperations::change_config(const LinkRequest& request, Told told) {
    asked_.push_back({request, std::move(told)});
    change_next();
}

void ServiceOperations::change_next() {
    while (!is_changing_ && !asked_.empty()) {  // ends: one goes each time
        const Asked asked = std::move(asked_.front());
        asked_.pop_front();
        change(asked);
    }
}

// Kept first: a change that is in force and not kept would vanish at the next start.
void ServiceOperations::change(const Asked& asked) {
    const auto& [request, told] = asked;
    const auto files = read_files();
    if (!files) {
        told(Status::refused, files.error());
        return;
    }
    const auto changes = changes_by({.verb = request.verb,
                                     .arguments = request.arguments,
                                     .who = request.who,
                                     .when = wall_time_now()},
                                    files->file, files->changes);
    if (!changes) {
        told(Status::refused, changes.error());
        return;
    }
    const auto written = write_changes(files_, files->folder, *changes);
    if (!written) {
        told(Status::failed, written.error());
        return;
    }
    is_changing_ = true;
    service_.reload([this, tell_it = told, folder = files->folder,
                     before = files->changes](const Reloaded& reloaded) {
        end_change(folder, before, reloaded, tell_it);
    });
}

void ServiceOperations::end_change(const std::string& folder, const Changes& before,
                                   Reloaded reloaded, const Told& told) {
    if (!reloaded.mistakes.empty()) {
        if (const auto back = write_changes(files_, folder, before); !back) {
            reloaded.mistakes.push_back(
                fmt::format("{} still holds what could not be put in force, and the next start "
                            "will fail by it: {}",
                            changes_path(folder), back.error()));
            spdlog::error("{}", reloaded.mistakes.back());
        }
    }
    is_changing_ = false;
    tell(told, reloaded);
    service_.workers().front()->post([this] { change_next(); });
}

}  // namespace wend
