// One change of the configuration under way: for service.cc and change.cc alone.
#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/plan.h"
#include "server/service/bound_sockets.h"
#include "server/service/flushing.h"
#include "server/service/service.h"

namespace wend {

struct Service::Change {
    Wish wish;
    GenerationPtr back_to{};  // none: it goes forward
    Plan plan;
    GenerationPtr generation;                                // that is to be in force
    std::vector<std::vector<BoundSockets>> added;            // of each worker
    std::vector<std::expected<void, std::string>> prepared;  // of each worker
    std::optional<Flushing> flushing;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

}  // namespace wend
