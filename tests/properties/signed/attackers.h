// Two attackers as servers: one who sits on the path to all servers and has no key, one who owns a
// signed zone and its servers.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "dns/message.h"
#include "sim/server_model.h"
#include "tests/properties/signed/draft.h"
#include "tests/properties/signed/signed_internet.h"
#include "tests/properties/signed/tricks.h"

namespace wend::sim {

class Attacker : public ServerModel {
  public:
    Attacker(SignedInternet& internet, Random& random, std::optional<std::size_t> own)
        : internet_(internet), random_(random), tricks_(internet, random, own) {}

    // From now on, by habits that are drawn; or no longer.
    virtual void begin() = 0;

    void leave() { active_ = false; }

    bool is_active() const { return active_; }

    // Each reply that he touched, to standard output.
    void show(bool shown) { shown_ = shown; }

    std::uint64_t touched() const { return touched_; }

    ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                         Instant now) override;

  protected:
    virtual bool is_reached(const Endpoint& server) const = 0;
    // False: the reply goes as it is.
    virtual bool touch(const Endpoint& server, const dns::Question& question, Draft& draft) = 0;

    SignedInternet& internet() { return internet_; }

    Random& random() { return random_; }

    Tricks& tricks() { return tricks_; }

    void activate() { active_ = true; }

    void deny(const dns::Question& question, Draft& draft);
    void answer_with(const dns::Question& question, Draft& draft);
    void spoil(const dns::Question& question, Draft& draft);
    void refer(const dns::Question& question, const dns::Name& cut, Draft& draft);
    void add_proofs(dns::NameView about, std::size_t most, Draft& draft);

  private:
    ServerReply honest(const Endpoint& server, Channel channel, Octets query, Instant now);

    SignedInternet& internet_;
    Random& random_;
    Tricks tricks_;
    bool active_ = false;
    bool shown_ = false;
    std::uint64_t touched_ = 0;
};

// Alters, replays, recombines and forges the replies of all servers.
class OnPath final : public Attacker {
  public:
    OnPath(SignedInternet& internet, Random& random) : Attacker(internet, random, std::nullopt) {}

    void begin() override;

    // The zone that he is after.
    const SignedZone& victim() const { return *victim_; }

  protected:
    bool is_reached(const Endpoint&) const override { return true; }

    bool touch(const Endpoint& server, const dns::Question& question, Draft& draft) override;

  private:
    const SignedZone* victim_ = nullptr;
    unsigned touches_percent_ = 0;
    unsigned refers_percent_ = 0;
    unsigned spoils_percent_ = 0;
};

// Answers for one zone, and signs what he likes with its keys.
class MaliciousOwner final : public Attacker {
  public:
    MaliciousOwner(SignedInternet& internet, Random& random)
        : Attacker(internet, random, internet.owners_zone()),
          zone_(internet.zone(*internet.owners_zone())) {}

    void begin() override;

    // What he is after.
    const dns::Name& prey() const { return prey_; }

    // A name of his own that his page makes a browser ask for.
    dns::Question draw_bait();

  protected:
    bool is_reached(const Endpoint& server) const override;
    bool touch(const Endpoint& server, const dns::Question& question, Draft& draft) override;

  private:
    dns::Name foreign_name();
    void add_foreign(Draft& draft);
    void deny_narrowly(const dns::Question& question, Draft& draft);

    const SignedZone& zone_;
    dns::Name prey_{};
    unsigned touches_percent_ = 0;
    unsigned noise_percent_ = 0;
    unsigned narrow_percent_ = 0;
};

}  // namespace wend::sim
