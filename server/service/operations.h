// What an operator may do to the process as a whole.
#pragma once
#include <optional>
#include <string>

#include "server/service/service.h"
#include "server/verbs/verbs.h"

namespace wend {

// The main thread's.
class ServiceOperations final : public Operations {
  public:
    // `service` and `files` outlive it. `config_file`: none where the defaults are served.
    ServiceOperations(Service& service, FileStore& files, std::optional<std::string> config_file)
        : service_(service), files_(files), config_file_(std::move(config_file)) {}

    void reload(std::optional<Duration> confirm_within, Told told) override;
    void undo(Told told) override;
    void confirm(Told told) override;
    void stop(Told told) override;
    void set_log_level(LogLevel level, Told told) override;
    void change_config(const LinkRequest& request, Told told) override;

  private:
    struct Files;
    std::expected<Files, std::string> read_files() const;

    Service& service_;
    FileStore& files_;
    std::optional<std::string> config_file_;
};

}  // namespace wend
