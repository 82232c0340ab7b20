#include "control/control_process.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "transport/listen.h"

namespace wend {

ControlProcess::ControlProcess(World world)
    : world_(std::move(world)), asker_(world_.link, world_.clock) {
    door_ = std::make_unique<Door>(Door::World{
        .clock = world_.clock,
        .asker = asker_,
        .board = world_.board,
        .files = files_,
        .random = random_,
        .compiler = world_.compiler,
        .log = [this](std::string line) { tell(LinkNotice::Kind::log_line, std::move(line)); }});
    world_.link.set_handlers(
        {.on_message = [this](LinkMessage message) { on_message(std::move(message)); },
         .on_closed =
             [this](std::string_view) {
                 asker_.on_closed();
                 world_.clock.schedule(*this, world_.clock.now() + farewell);
             }});
}

ControlProcess::~ControlProcess() {
    world_.clock.cancel(*this);
}

void ControlProcess::on_message(LinkMessage message) {
    if (auto* const reply = std::get_if<LinkReply>(&message)) {
        asker_.on_reply(std::move(*reply));
        return;
    }
    const auto* const notice = std::get_if<LinkNotice>(&message);
    if (notice == nullptr || notice->kind != LinkNotice::Kind::hello) {
        return;
    }
    auto doors = doors_from_text(notice->text);
    if (doors) {
        open(std::move(*doors));
    } else {
        tell(LinkNotice::Kind::door_failed, doors.error());
    }
}

void ControlProcess::tell(LinkNotice::Kind kind, std::string text) {
    // Where the link has no room for a notice, nobody reads them.
    static_cast<void>(world_.link.send(
        LinkNotice{.kind = kind, .level = LinkNotice::Level::info, .text = std::move(text)}));
}

// Doors that stay are not touched: who is being answered there notices nothing. A socket whose file
// somebody has removed or replaced is a door that nobody finds: it is opened anew.
void ControlProcess::open(Doors doors) {
    close_all_but(doors);
    const std::string& path = doors.control.socket;
    if (!path.empty() && !doors_.contains(path)) {
        keep(path, open_unix(path));
    }
    for (const Endpoint& where : doors.http.listen) {
        if (!doors_.contains(where.to_text())) {
            keep(where.to_text(), open_tcp(where, doors.http.plain));
        }
    }
    const auto socket = doors_.find(path);
    const std::uint32_t gid = socket == doors_.end() ? 0 : socket->second.file.gid();
    door_->set(std::move(doors), gid);
    tell(LinkNotice::Kind::doors_opened, nlohmann::json(open_doors()).dump());
}

void ControlProcess::close_all_but(const Doors& doors) {
    for (auto at = doors_.begin(); at != doors_.end();) {
        const bool is_socket = at->first == doors.control.socket;
        const bool stays = (is_socket && at->second.file.is_there()) ||
                           std::ranges::any_of(doors.http.listen, [&](const Endpoint& where) {
                               return where.to_text() == at->first;
                           });
        if (!stays) {
            door_->forget(*at->second.server);
            at = doors_.erase(at);
        } else {
            ++at;
        }
    }
}

void ControlProcess::keep(const std::string& name, std::expected<OpenDoor, std::string> opened) {
    if (opened) {
        doors_.emplace(name, std::move(*opened));
    } else {
        tell(LinkNotice::Kind::door_failed, std::move(opened.error()));
    }
}

std::expected<ControlProcess::OpenDoor, std::string> ControlProcess::serve(Descriptor socket) {
    auto server =
        HttpServer::open(world_.loop, world_.clock, std::move(socket), *door_, world_.limits);
    if (server == nullptr) {
        return std::unexpected("the kernel has no room to watch a door's socket");
    }
    return OpenDoor{.server = std::move(server)};
}

std::expected<ControlProcess::OpenDoor, std::string> ControlProcess::open_unix(
    const std::string& path) {
    auto listener = listen_on_unix_socket(path);
    if (!listener) {
        return std::unexpected(std::move(listener.error()));
    }
    auto door = serve(std::move(listener->socket));
    if (!door) {
        return door;
    }
    return OpenDoor{.file = std::move(listener->file), .server = std::move(door->server)};
}

std::expected<ControlProcess::OpenDoor, std::string> ControlProcess::open_tcp(const Endpoint& where,
                                                                              bool plain) {
    if (!where.ip.is_loopback() && !plain) {
        return std::unexpected(
            fmt::format("http.listen {} is beyond loopback, where tokens would cross the network "
                        "in the clear; no door is opened there unless http.plain says so",
                        where.to_text()));
    }
    auto socket = open_listening_socket(where, Channel::tcp, Sharing::alone);
    if (!socket) {
        return std::unexpected(to_text(socket.error()));
    }
    return serve(std::move(*socket));
}

std::vector<std::string> ControlProcess::open_doors() const {
    std::vector<std::string> names;
    for (const auto& [name, door] : doors_) {
        names.push_back(name);
    }
    return names;
}

}  // namespace wend
