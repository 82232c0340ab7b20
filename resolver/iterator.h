// The walk from the closest known delegation down to the servers that know (RFC 1034 5.3.3).
#pragma once
#include <cstdint>
#include <optional>

#include "base/task.h"
#include "resolver/minimise.h"
#include "resolver/zone_asker.h"

namespace wend {

inline constexpr int referrals_max = 30;

// Where the configuration says that a name is to be asked for; nothing for a walk from the root.
// A question for DS belongs to the parent's side (RFC 4035 3.1.4.1).
const ConfiguredZone* configured_zone_for(const dns::Question& question,
                                          const std::vector<ConfiguredZone>& zones);

// One for each worker.
class Iterator {
  public:
    Iterator(const World& world, const ResolverOptions& options, const ServerFilter& filter,
             AddressSource& addresses);

    // How much of the name to show, and when to stop showing more.
    enum class Showing : std::uint8_t {
        minimised,     // a label at a time where the options say so
        until_denied,  // and no more of it once an ancestor is denied with signed proofs
        full_name,     // all of it at once
    };

    // The answer, alias, NODATA or name error for exactly this question, from the network; with
    // `until_denied` perhaps the name error of an ancestor, for the caller to validate. What
    // comes by on the way is kept in the cache; the finding itself is the caller's to keep, once it
    // knows what it is worth. Also for DS, asked of the parent, and for DNSKEY. Where the quest
    // asks the parent, the referral to the zone that it seeks a server of is a finding too.
    // `question` and `quest` are named locals of the awaiting coroutine.
    WEND_TASK_WRAPPER Task<Finding> iterate(const dns::Question& question, const Quest& quest,
                                            Showing how);

    std::size_t probes() const { return asker_.probes(); }

    // The deepest zone at or above `name` whose servers are named by the configuration; null: none.
    const ConfiguredZone* configured_at(const dns::Name& name) const;

  private:
    struct Walk;
    enum class Next { done, go_on };

    // From the servers of `configured`; null: from the closest known delegation.
    Task<Finding> walk(const ConfiguredZone* configured, const dns::Question& question,
                       const Quest& quest, Showing how);
    // Where those do not know, the walk goes on as if they had not been configured.
    Task<Finding> walk_configured_first(const ConfiguredZone& configured,
                                        const dns::Question& question, const Quest& quest,
                                        Showing how);
    ZoneServers configured_start(const ConfiguredZone& configured, const dns::Question& question,
                                 const Quest& quest) const;
    // False: only the root is left to begin with.
    bool enter_known(Walk& walk, const ConfiguredZone* configured) const;
    Task<ZoneServers> root_servers(const Quest& quest);
    std::optional<ZoneServers> primed_servers() const;
    ZoneServers hinted_servers() const;
    void keep_primed(Finding& primed, const Quest& quest);
    void enter(Walk& walk, ZoneServers zone) const;
    void show_what_helps(Walk& walk) const;
    Next take(Walk& walk, const dns::Question& asked, Finding& finding);
    Next take_failure(Walk& walk, const Failure& failure);
    void descend(Walk& walk, const Referral& referral);
    bool ends_with_glue(const Walk& walk, const Referral& referral) const;
    const ConfiguredZone& root_hints() const;
    void note(const Quest& quest, event::Step step, const dns::Name& zone) const;

    World world_;
    const ResolverOptions& options_;
    const ServerFilter& filter_;
    ZoneAsker asker_;
};

}  // namespace wend
