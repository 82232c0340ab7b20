// How many queries to the servers of one zone may be under way at once: a flood of made-up names
// below a zone whose servers are slow or dead takes that many places and no more, and what it asks
// beyond them fails at once. One for each worker.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/random.h"
#include "dns/name.h"

namespace wend {

// A zone starts with the first: what one client may ask about a zone that answers at once, a
// quarter of the exchanges of a worker. Each timeout takes a sixteenth of what it has, down to the
// second; each reply gives one back.
inline constexpr std::size_t zone_queries_max = 4'000;
inline constexpr std::size_t zone_queries_min = 10;

class ZoneQuota {
    struct Zone {
        std::size_t under_way = 0;
        std::size_t limit = zone_queries_max;
    };

    using Zones = std::unordered_map<std::uint64_t, Zone>;

  public:
    // A query's place. Leaves when it is destroyed; does not outlive the quota.
    class Place {
      public:
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        Place(Place&& other) noexcept
            : quota_(std::exchange(other.quota_, nullptr)), zone_(other.zone_) {}

        Place& operator=(Place&&) = delete;

        ~Place() {
            if (quota_ != nullptr) {
                quota_->leave(zone_);
            }
        }

        void note_reply();
        void note_timeout();

      private:
        friend class ZoneQuota;

        Place(ZoneQuota* quota, std::uint64_t zone) : quota_(quota), zone_(zone) {}

        ZoneQuota* quota_;
        std::uint64_t zone_;
    };

    explicit ZoneQuota(Random& random) : key_(HashKey::draw(random)) {}

    // Nothing if the zone has as many as it may. What is learnt of a zone is forgotten when nothing
    // is under way to it.
    std::optional<Place> enter(dns::NameView zone);

    std::size_t under_way(dns::NameView zone) const;
    std::size_t limit(dns::NameView zone) const;

    // Zones with queries under way.
    std::size_t zones() const { return zones_.size(); }

  private:
    std::uint64_t mark(dns::NameView zone) const { return dns::hash(key_, zone); }

    void leave(std::uint64_t zone) noexcept;

    HashKey key_;
    Zones zones_;
};

}  // namespace wend
