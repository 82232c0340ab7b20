// Rules between the keys of a configuration, for when each one is right by itself.
#pragma once
#include <string_view>

#include "config/config.h"
#include "config/json_tree.h"
#include "config/keys.h"

namespace wend {

// The value at "section.key" of a text without mistakes; null where the text does not give it.
const JsonNode* find_node(const JsonNode& root, std::string_view path);

// `root` is the text that `config` was read from. Each mistake stands at the key, zone or address
// that it is about.
void check_together(const Config& config, const JsonNode& root, ConfigContext& context);

}  // namespace wend
