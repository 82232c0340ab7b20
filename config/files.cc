#include "config/files.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/read.h"

namespace wend {
namespace {

constexpr std::streamsize file_octets_max = std::streamsize{4} << 20;

std::string system_error_text(int code) {
    return std::generic_category().message(code);
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (file.is_open() && file.peek() != std::ifstream::traits_type::eof()) {
        text << file.rdbuf();
    }
    if (!file.is_open() || file.bad() || text.fail()) {
        return std::unexpected(fmt::format("cannot read the file {}: {}", path,
                                           system_error_text(errno == 0 ? EIO : errno)));
    }
    if (text.tellp() > file_octets_max) {
        return std::unexpected(fmt::format("the file {} is over 4 MiB", path));
    }
    return text.str();
}

std::expected<Config, std::string> load_config(const std::optional<std::string>& path) {
    if (!path) {
        return Config{};
    }
    auto config = read_config_file(*path);
    if (!config) {
        return std::unexpected(fmt::format("{}", fmt::join(config.error(), "\n")));
    }
    return std::move(*config);
}

}  // namespace wend
