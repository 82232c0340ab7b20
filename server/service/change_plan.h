// What a change of the configuration means for a process that runs, and how it is told.
#pragma once
#include "config/config.h"
#include "config/plan.h"
#include "server/generation.h"
#include "server/service/service.h"

namespace wend {

// plan_of() the two, and what the files that they name say otherwise under equal names.
Plan change_plan(const Generation& in_force, const ReadConfig& wanted);

// Sets in `wanted` what changes at a restart alone to what is in force.
void keep_what_wants_a_restart(const Config& in_force, Config& wanted);

// What make_generation() was given, as it was read.
ReadConfig read_config_of(const Generation& generation);

// One line, or one for each mistake.
void log_outcome(const Reloaded& reloaded);

}  // namespace wend
