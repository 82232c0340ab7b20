#include "server/service/requests.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "config/doors.h"
#include "server/verbs/verbs.h"

namespace wend {
namespace {

std::string absolute(const std::optional<std::string>& path) {
    std::error_code problem;
    return path ? std::filesystem::absolute(*path, problem).string() : std::string();
}

// A socket that nobody asked for is no door where its folder is not there, or not ours.
void leave_out_what_cannot_be(Doors& doors) {
    const std::string folder = std::filesystem::path(doors.control.socket).parent_path();
    if (doors.control.socket.empty() || access(folder.c_str(), W_OK) == 0) {
        return;
    }
    const bool is_default = doors.control.socket == Config::Control().socket;
    spdlog::log(is_default ? spdlog::level::debug : spdlog::level::warn,
                "there is no control socket {}: its folder {}", doors.control.socket,
                errno == ENOENT ? "does not exist" : "cannot be written to");
    doors.control.socket.clear();
}

}  // namespace

Requests::Requests(Service& service, Stores& stores, Board& board,
                   const std::optional<std::string>& config_file)
    : service_(service),
      stores_(stores),
      board_(board),
      config_file_(absolute(config_file)),
      operations_(service, stores.files, config_file) {
    for (const auto& worker : service.workers()) {
        stats_.push_back(&worker->stats());
    }
}

Requests::~Requests() = default;

void Requests::open_doors(const Config& config) {
    const char* const given = std::getenv("STATE_DIRECTORY");
    Doors doors = doors_of(config, config_file_, given == nullptr ? "" : given);
    leave_out_what_cannot_be(doors);
    if (!doors.any()) {
        child_.reset();
        return;
    }
    const std::string text = to_text(doors);
    if (child_ == nullptr) {
        Worker& worker = *service_.workers().front();
        child_ = std::make_unique<ControlChild>(
            worker.loop(), worker.clock(), board_, ControlChildOptions{.doors = text},
            [this](const LinkRequest& request) { on_request(request); });
        child_->start();
    } else {  // the same ones too: one that could not be opened is tried again
        child_->set_doors(text);
    }
}

void Requests::stop() {
    if (child_ != nullptr) {
        child_->stop();
    }
}

void Requests::on_request(const LinkRequest& request) {
    const Asker asker = child_->asker();
    try {
        const Verb* const verb = find_verb(request.verb);
        if (verb != nullptr && verb->place == Verb::Place::each_worker) {
            run_on(worker_of(request, stats_.size()), request, asker);
        } else {
            run_here(request, asker);
        }
    } catch (const std::bad_alloc&) {
        no_memory_for(request.id, asker);
    }
}

void Requests::no_memory_for(std::uint64_t id, const Asker& asker) {
    try {
        reply({.id = id,
               .status = LinkReply::Status::failed,
               .json = "the server has no memory for that"},
              asker);
    } catch (const std::bad_alloc&) {  // who asked hears that the server says nothing
    }
}

VerbWorld Requests::world(const Generation& generation, Worker& worker) {
    return {.cache = stores_.cache,
            .servers = stores_.servers,
            .failures = stores_.failures,
            .spans = stores_.spans,
            .config = generation.config,
            .now = worker.clock().now(),
            .wall_now = wall_time_now(),
            .stats = stats_,
            .workers = stats_.size()};
}

void Requests::run_here(const LinkRequest& request, const Asker& asker) {
    const GenerationPtr generation = service_.in_force();
    VerbWorld world = this->world(*generation, *service_.workers().front());
    world.origins = generation->origins;
    world.operations = &operations_;
    run_verb(request, world, [this, asker](const LinkReply& said) { reply(said, asker); });
}

void Requests::run_on(std::size_t index, const LinkRequest& request, const Asker& asker) {
    Worker& worker = *service_.workers()[index];
    worker.post([this, index, &worker, request, asker] {
        const std::shared_ptr<Engine> engine = worker.engines().back();
        VerbWorld world = this->world(engine->generation(), worker);
        world.in_flight = &engine->serve().in_flight();
        world.worker = index;
        run_verb(request, world, [this, asker](const LinkReply& said) {
            service_.workers().front()->post([this, said, asker] { reply(said, asker); });
        });
    });
}

// A reply that has no room is lost with its link: who asked hears that the server is busy. So is
// one for a control process that has ended meanwhile.
void Requests::reply(const LinkReply& said, const Asker& asker) {
    if (child_ != nullptr && !asker.expired()) {
        const auto sent = child_->send(said);
        if (!sent) {
            spdlog::debug("a reply to the control process was not sent: {}", sent.error());
        }
    }
}

}  // namespace wend
