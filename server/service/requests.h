// What comes from the control process: each request is run where it belongs, a page at a time, and
// its reply goes back.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "observe/board.h"
#include "server/service/child.h"
#include "server/service/operations.h"
#include "server/service/service.h"

namespace wend {

// The main thread's.
class Requests {
  public:
    // All outlive it. `config_file`: none where the defaults are served.
    Requests(Service& service, Stores& stores, Board& board,
             const std::optional<std::string>& config_file);
    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;
    Requests(Requests&&) = delete;
    Requests& operator=(Requests&&) = delete;
    ~Requests();

    // The doors of this configuration shall be open; without any there is no control process.
    // Before the main worker runs or while it does.
    void open_doors(const Config& config);

    // The server ends: no door is open any more.
    void stop();

  private:
    using Asker = std::weak_ptr<const bool>;  // as ControlChild::asker()

    void on_request(const LinkRequest& request);
    void no_memory_for(std::uint64_t id, const Asker& asker);
    void run_here(const LinkRequest& request, const Asker& asker);
    void run_on(std::size_t worker, const LinkRequest& request, const Asker& asker);
    VerbWorld world(const Generation& generation, Worker& worker);
    void reply(const LinkReply& reply, const Asker& asker);

    Service& service_;
    Stores& stores_;
    Board& board_;
    std::string config_file_;  // absolute; empty: none
    ServiceOperations operations_;
    std::vector<const Stats*> stats_;
    std::unique_ptr<ControlChild> child_;
};

}  // namespace wend
