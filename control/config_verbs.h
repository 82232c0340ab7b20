// What a reload would do: the configuration in force, as the serving process tells it, beside what
// the file and the changes over it say. Blocks while it reads files.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/durable_file.h"
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
        std::string text;  // JSON
    };

    std::vector<Value> values_{};
    std::size_t octets_ = 0;
};

// What the file and the changes say now.
Configured<ChangedConfig> configured(const Doors& doors, FileStore& files);

// {"lines": [...], "plan": {...}}: what a reload would do.
Configured<std::string> plan_of_reload(const Config& in_force, const Doors& doors,
                                       FileStore& files);

}  // namespace wend
