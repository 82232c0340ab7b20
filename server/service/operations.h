// What an operator may do to the process as a whole.
#pragma once
#include <deque>
#include <optional>
#include <string>

#include "config/changes.h"
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

    struct Asked {
        LinkRequest request;
        Told told;
    };

    void change_next();
    void change(const Asked& asked);
    void end_change(const std::string& folder, const Changes& before, Reloaded reloaded,
                    const Told& told);
    std::expected<Files, std::string> read_files() const;

    Service& service_;
    FileStore& files_;
    std::optional<std::string> config_file_;
    std::deque<Asked> asked_;  // one change after another: each may take back what it has written
    bool is_changing_ = false;
};

}  // namespace wend
