// Equal questions to one server are outstanding once: each further packet would give a forger one
// more chance to guess right (RFC 5452 5, the birthday attack).
#pragma once
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
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

    SharedExchanges(Network& inner, Clock& clock);
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

    // All that shows in the query but for id, port and letter case. The name is in lower case.
    struct Key {
        Endpoint server;
        Channel channel;
        std::uint32_t type_and_class;
        std::uint8_t flags;
        std::vector<std::uint8_t> qname;
        auto operator<=>(const Key&) const = default;
    };

    static Key key_of(const Query& query);
    Task<void> run(Shared& shared);
    Task<void> watch(Asker& asker);
    Asker& join(Shared& shared, Exchange& exchange);
    std::unique_ptr<Shared> take(Shared& shared) noexcept;
    std::unique_ptr<Asker> take(Asker& asker) noexcept;
    void sweep() noexcept;

    Network& inner_;
    Clock& clock_;
    std::map<Key, std::unique_ptr<Shared>> running_;
    std::size_t asking_ = 0;
    // Their coroutines settle others and may still be on the stack; they go at the next start.
    std::vector<std::unique_ptr<Shared>> finished_;
    std::vector<std::unique_ptr<Asker>> expired_;
};

}  // namespace wend
