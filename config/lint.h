// Lint: what is no mistake in a configuration and yet hardly meant, by the rules of lint_rules.h.
// For `wend check` and `wend plan`, for a reload, and for the log when serving begins.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/config.h"
#include "config/lint_rules.h"
#include "config/machine.h"
#include "config/sources.h"

namespace wend {

// All but what lint.ignore names, in the order of the rules. `sources` are the texts that `config`
// was read from, or null: then places are left empty. `machine`: null leaves out what is about it.
// Reads the files of anchors and hints that `config` names; sends nothing. Of any thread.
std::vector<Finding> lint(const Config& config, const ConfigSources* sources,
                          const Machine* machine, WallTime now);

// What a server of a zone did when it was asked (by whoever may send packets).
struct AskedServer {
    std::string zone;
    Endpoint server{};
    bool answered_udp = false;
    bool answered_tcp = false;
};

// forwarder-unreachable. Pure, as to lint.ignore too.
std::vector<Finding> unreachable_findings(const Config& config, const ConfigSources* sources,
                                          const std::vector<AskedServer>& asked);

// The place of a key's value, or of the element of a list that is written so; the file alone where
// the text leaves the key out, and empty without sources.
std::string place_of_key(const ConfigSources* sources, std::string_view path);
std::string place_of_element(const ConfigSources* sources, std::string_view path,
                             std::string_view text);

}  // namespace wend
