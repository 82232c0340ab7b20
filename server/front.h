// Where a worker's listeners take their queries: to the engine that is the newest when they come.
#pragma once
#include "transport/query_handler.h"

namespace wend {

// One thread.
class Front final : public QueryHandler {
  public:
    // From here on; it outlives the next call, or the front is used no more.
    void lead_to(QueryHandler& handler) { handler_ = &handler; }

    QueryResult on_query(Octets message, const Client& client, ReplySink& sink, std::uint64_t token,
                         MutableOctets out) override {
        return handler_->on_query(message, client, sink, token, out);
    }

    void batch_ended() override { handler_->batch_ended(); }

  private:
    QueryHandler* handler_ = nullptr;
};

}  // namespace wend
