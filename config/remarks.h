// What an operator should know of a configuration that has no mistakes: for `wend check`, and for
// the log when serving begins.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/config.h"

namespace wend {

struct Remark {
    std::string place;  // "FILE:LINE:COLUMN" or "FILE"; empty: the defaults
    std::string text;   // one sentence

    bool operator==(const Remark&) const = default;
};

// `path` is the file that `config` was read from, if any. What cannot be read any more is left out:
// it was told as a mistake.
std::vector<Remark> config_remarks(const Config& config, const std::optional<std::string>& path,
                                   WallTime now);

// A cache larger than the memory that the process may use, in octets (memory_allowed()).
std::optional<std::string> memory_remark(const Config& config, std::optional<std::size_t> allowed);

// Networks that may ask and are neither private nor exempt from the rate limits: their clients are
// limited as strangers who forge addresses would be. Without a place: the text tells where they
// stand. Empty where nobody is limited.
std::optional<std::string> limited_networks_remark(const Config& config);

// Addresses of root servers that will never be asked: loopback and our own, or a family that is
// off. `text` is a file of hints, `file` its name.
std::vector<Remark> hint_remarks(const Config& config, std::string_view text,
                                 const std::string& file);

// Anchors that can be right and yet do not do what they seem to. `text` is a file of anchors.
std::vector<Remark> anchor_file_remarks(const Config& config, std::string_view text,
                                        const std::string& file);

}  // namespace wend
