// What the doors say of the configuration, and change in it: changes lie over the file in
// changes.json of the state folder, and a reload puts them in force. Blocks while it reads files.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/durable_file.h"
#include "base/time.h"
#include "config/changes.h"
#include "config/config.h"
#include "config/doors.h"

namespace wend {

// A sentence for each mistake, with a line end between.
template <class Value>
using Configured = std::expected<Value, std::string>;

// Reads the parts of `config show` back, to the configuration that they are of.
class InForce {
  public:
    // False: that is no part.
    bool add(std::string_view part);

    Configured<Config> finish() const;

  private:
    static constexpr std::size_t octets_max = std::size_t{16} << 20;

    struct Value {
        std::string path;
        std::string text;
    };

    std::vector<Value> values_{};
    std::size_t octets_ = 0;
    bool is_unfinished_ = false;
};

// What the file and the changes say now.
Configured<ChangedConfig> configured(const Doors& doors, FileStore& files);

// {"lines": [...], "plan": {...}}: what a reload would do.
Configured<std::string> plan_of_reload(const Config& in_force, const Doors& doors,
                                       FileStore& files);

// {"keys": [{"key", "value", "origin"}]}
Configured<std::string> origins_json(const Doors& doors, FileStore& files);

// {"lines": [...]}: what to write into the file so that it says what the changes say.
Configured<std::string> adoption_json(const Doors& doors, FileStore& files);

// The words of `config set`, `config unset` and `config drop`, which are written to changes.json.
// Gives the changes of before, for when the server does not take the new ones.
Configured<Changes> change(std::string_view verb, const std::vector<std::string>& words,
                           const std::string& who, WallTime now, const Doors& doors,
                           FileStore& files);

}  // namespace wend
