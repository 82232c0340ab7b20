// What one client query carries through all that it causes, and one resolution's place in it.
#pragma once
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "dns/message.h"
#include "resolver/budget.h"
#include "resolver/event.h"
#include "resolver/select.h"
#include "resolver/zone_servers.h"

namespace wend {

inline constexpr std::size_t met_proofs_max = 16;

// Where nobody says anything a client query ends before query_time_max, and before a stub resolver
// gives up (5 s). After each step forward there is time for another one: a long way over slow lines
// has all of query_time_max.
inline constexpr Duration silence_time_max = std::chrono::milliseconds(4400);
inline constexpr Duration step_time_min = std::chrono::milliseconds(2500);

// One for each client query; inherited as the Budget is, and never reset.
struct Errand {
    Errand(Instant now, bool cd, EventSink* listener)
        : budget(now + query_time_max), sink(listener), checking_disabled(cd), began_at(now) {}

    Budget budget;
    EventSink* sink;
    bool checking_disabled;
    Instant began_at;

    // A useful reply, or an address of a server.
    void note_step(Instant now) { waits_until_ = std::max(waits_until_, now + step_time_min); }

    // Until when servers are waited for; at most the budget's deadline.
    Instant waits_until() const { return std::min(waits_until_, budget.deadline()); }

    // This query asks silent zones in full.
    bool defies_silence = false;

    // What this server has been tried with, for that zone.
    Tried tried(const Endpoint& server, dns::NameView zone) const {
        const std::size_t at = index_of(server, zone);
        return at == trials_.size() ? Tried() : trials_[at].tried;
    }

    // To note more of it in.
    Tried& trial(const Endpoint& server, dns::NameView zone) {
        const std::size_t at = index_of(server, zone);
        return at == trials_.size() ? trials_.emplace_back(server, zone).tried : trials_[at].tried;
    }

    // What this server said of that zone is bogus. The first datagram may have been a forger's: the
    // same is asked over TCP; else the server is passed over, but for addresses of servers.
    void doubt(const Endpoint& server, dns::NameView zone, bool datagram) {
        Tried& it = trial(server, zone);
        if (datagram && !has_doubted_ && !it.doubted) {
            has_doubted_ = true;
            it.doubted = true;
        } else {
            it.bogus = true;
            it.doubted = false;
        }
    }

    // Who was silent to one question may answer another: once they all may be asked again.
    void forgive_silence() {
        if (has_forgiven_) {
            return;
        }
        for (Trial& each : trials_) {
            has_forgiven_ = has_forgiven_ || each.tried.timeouts > 0 || each.tried.tcp;
            each.tried.timeouts = 0;
            each.tried.tcp = false;
        }
    }

    // Delegations met on the way: those with a TTL of 0 live only here.
    std::vector<cache::Delegation> delegations;

    // Signed proofs met on the way, at most met_proofs_max: that there is no DS at a name that is
    // asked for next may have come along.
    std::vector<dns::RRset> met_proofs;

  private:
    struct Trial {
        Endpoint server;
        dns::Name zone;
        Tried tried{};
    };

    // The number of trials if there is none of it.
    std::size_t index_of(const Endpoint& server, dns::NameView zone) const {
        const auto found = std::ranges::find_if(trials_, [&](const Trial& trial) {
            return trial.server == server && trial.zone == zone;
        });
        return static_cast<std::size_t>(found - trials_.begin());
    }

    Instant waits_until_ = began_at + silence_time_max;
    std::vector<Trial> trials_;  // few: at most one for each packet of the budget
    bool has_doubted_ = false;
    bool has_forgiven_ = false;
};

// One resolution: the client's question, or what some other one needs for its sake: a server's
// address, a DNSKEY or DS RRset. Lives on a coroutine's frame, below the one that it serves.
struct Quest {
    Errand& errand;
    const Quest* asker = nullptr;  // nothing for the client's own
    dns::Question question;
    std::optional<dns::Name> for_zone{};  // whose server's address it seeks
    Instant deadline{};
    unsigned depth = 0;
    bool glue_suffices = false;  // the referral to the zone that the server's name lies in
    bool asks_parent = false;    // the server lies in for_zone: whoever delegates that is asked

    bool seeks_server() const { return for_zone.has_value(); }

    Instant ends_at() const { return std::min(deadline, errand.waits_until()); }

    // True if an address of this zone's servers is being sought already, here or above: seeking
    // another one would go in a circle, and what is above tries every server by itself.
    bool is_seeking_servers_of(dns::NameView zone) const {
        for (const Quest* quest = this; quest->asker != nullptr; quest = quest->asker) {
            if (quest->for_zone && *quest->for_zone == zone) {
                return true;
            }
        }
        return false;
    }

    // Calls `make` for the event's body only if somebody listens.
    template <class Make>
    void tell(Instant now, const Make& make) const {
        if (errand.sink != nullptr) {
            errand.sink->on_event(Event{.at = now, .depth = depth, .body = make()});
        }
    }
};

}  // namespace wend
