// DS and DNSKEY RRsets for the chain of trust: from the referrals that came by, from the cache, or
// from the network at the client query's expense.
#pragma once
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "dnssec/key_source.h"
#include "resolver/iterator.h"

namespace wend {

// One for each check; lives on its coroutine's frame.
class KeyFetcher final : public dnssec::KeySource {
  public:
    // `at_hand` is the answer that is being checked: a question for a zone's keys is not asked
    // twice. All outlive the fetcher.
    KeyFetcher(Iterator& iterator, const World& world, const Quest& quest,
               const dns::RRset& at_hand)
        : iterator_(iterator), world_(world), quest_(quest), at_hand_(at_hand) {}

    std::optional<dnssec::Fetched> at_hand(const dns::Name& owner, dns::Type type) const override;
    std::optional<dns::Name> zone_above(const dns::Name& zone) const override;
    Task<dnssec::Fetched> fetch(const dns::Name& owner, dns::Type type) override;
    void distrust(const dns::Name& owner, dns::Type type) override;

  private:
    struct Less {
        bool operator()(const std::pair<dns::Name, dns::Type>& a,
                        const std::pair<dns::Name, dns::Type>& b) const {
            const auto order = dns::canonical_order(a.first, b.first);
            return order != 0 ? order < 0 : a.second < b.second;
        }
    };

    // Who gave a set of keys, as far as this check asked for it.
    struct Origin {
        Endpoint server{};
        dns::Name zone{};
        bool is_asked = false;  // not from the cache
        bool datagram = true;
        bool distrusted = false;  // what the cache has is not to be believed
    };

    bool is_distrusted(const dns::Name& owner, dns::Type type) const;
    std::optional<dnssec::Fetched> known(const dns::Name& owner, dns::Type type) const;
    std::optional<dnssec::Fetched> known_ds(const dns::Name& owner) const;
    std::optional<dnssec::Fetched> denied_ds(const dns::Name& owner) const;
    std::optional<dnssec::Fetched> met_denial_of_ds(const dns::Name& owner) const;

    Iterator& iterator_;
    const World& world_;
    const Quest& quest_;
    const dns::RRset& at_hand_;
    std::map<std::pair<dns::Name, dns::Type>, Origin, Less> origins_;
};

// The DS RRset that a referral brought: the parent's own word, as good as an answer once it is
// validated. Nothing if no referral to exactly this zone is known, or it had none.
AcceptedPtr ds_from_referral(const dns::Name& owner, const World& world, const Errand& errand);

}  // namespace wend
