// Equal questions to one server are outstanding once: each further packet would give a forger one
// more chance to guess right (RFC 5452 5, the birthday attack).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/task.h"
#include "transport/network.h"

namespace wend {

// A Network over another one: an exchange that equals a running one waits for its reply. Each who
// waits keeps a deadline of its own; when the last has gone the running one is abandoned. One
// thread; outlived by `inner` and `clock`.
class SharedExchanges final : public Network {
  public:
    // No exchange waits longer, however many join it.
    static constexpr Duration patience_max = std::chrono::seconds(10);

    // `observer` outlives it and hears of the inner network's exchanges; null: nobody does.
    SharedExchanges(Network& inner, Clock& clock, const HashKey& key,
                    ExchangeObserver* observer = nullptr);
    ~SharedExchanges() override;

    // Of those who ask.
    std::size_t in_flight() const override { return asking_; }

    // Of those that the inner network was asked.
    std::size_t running() const { return running_.size(); }

  protected:
    void start(Exchange& exchange) override;
    void abandon(Exchange& exchange) noexcept override;

  private:
    struct Shared;
    struct Asker;

    // By a hash of all that shows in the query but for id, port and letter case; one that is taken
    // by another query is counted on from.
    using Running = std::unordered_map<std::uint64_t, std::unique_ptr<Shared>>;

    std::uint64_t hash_of(const Query& query) const;
    // Where the query's exchange is, or would be.
    std::uint64_t place_of(const Query& query) const;
    Task<void> run(Shared& shared);
    Task<void> watch(Asker& asker);
    void set_alarm(Asker& asker);
    void wait_for(Shared& shared, Instant deadline);
    Asker& join(Shared& shared, Exchange& exchange);
    std::unique_ptr<Shared> take(Shared& shared) noexcept;
    std::unique_ptr<Asker> take(Asker& asker) noexcept;
    void sweep() noexcept;

    Network& inner_;
    Clock& clock_;
    HashKey key_;
    ExchangeObserver* observer_;
    Running running_;
    std::size_t asking_ = 0;
    // Their coroutines settle others and may still be on the stack; they go at the next start.
    std::vector<std::unique_ptr<Shared>> finished_;
    std::vector<std::unique_ptr<Asker>> expired_;
};

}  // namespace wend
