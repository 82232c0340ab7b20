// What lint finds in a configuration for this machine.
#pragma once
#include <vector>

#include "config/config.h"
#include "config/lint_rules.h"
#include "config/machine.h"
#include "config/sources.h"

namespace wend {

// Pure. Places as for lint().
void lint_machine(const Config& config, const ConfigSources* sources, const Machine& machine,
                  std::vector<Finding>& to);

}  // namespace wend
