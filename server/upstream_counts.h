// Queries to servers, counted on a worker's board.
#pragma once
#include "observe/board.h"
#include "transport/network.h"

namespace wend {

Path path_of(Channel channel, const IpAddress& address);

UpstreamOutcome outcome_of(NetError error);

// One thread: the worker's.
class UpstreamCounts final : public ExchangeObserver {
  public:
    explicit UpstreamCounts(WorkerBoard& board) : board_(board) {}

    void on_query(const Query& query) noexcept override;
    void on_reply(const Query& query, const Reply& reply) noexcept override;

  private:
    WorkerBoard& board_;
};

}  // namespace wend
