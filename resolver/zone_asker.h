// Asks the servers of one zone until one of them says something useful.
#pragma once
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/task.h"
#include "resolver/asked_now.h"
#include "resolver/errand.h"
#include "resolver/scrub.h"
#include "resolver/upstream.h"
#include "resolver/zone_quota.h"
#include "resolver/zone_servers.h"

namespace wend {

// After so many clear errors (lame, REFUSED, SERVFAIL ...) a zone is given up, and after so many no
// further server name is looked up for it (docs/limits.md).
inline constexpr int clear_errors_max = 5;
inline constexpr int clear_errors_before_lookup_max = 3;
// On behalf of a server's name no more than this is waited for.
inline constexpr int timeouts_below_max = 4;
inline constexpr int servers_asked_max = 13;
// After so many silences, or one of each server, they are asked for the zone itself as well.
inline constexpr int timeouts_before_probe = 4;
// How long a question waits for a silent zone that may be back.
inline constexpr Duration silent_zone_patience = std::chrono::milliseconds(150);
// What a question must have left of its time to ask a silent zone in full.
inline constexpr Duration recheck_time_min = std::chrono::milliseconds(1500);
inline constexpr std::size_t probes_max = 1'000;  // under way in a worker

struct Failure {
    dns::Reason reason = dns::Reason::server_failure;
    std::string detail;
    std::optional<dns::Name> zone{};  // whose servers were of no use, if that is why
};

// What was accepted, or why there is nothing. As std::expected, but for where it lives.
class Finding {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): as std::expected
    Finding(AcceptedPtr accepted) : value_(std::move(accepted)) {}

    // NOLINTNEXTLINE(google-explicit-constructor): as std::expected
    Finding(std::unexpected<Failure> failure) : value_(std::move(failure)) {}

    explicit operator bool() const { return value_.has_value(); }

    Accepted& operator*() { return **value_; }

    const Accepted& operator*() const { return **value_; }

    Accepted* operator->() { return value_->get(); }

    const Accepted* operator->() const { return value_->get(); }

    const Failure& error() const { return value_.error(); }

  private:
    std::expected<AcceptedPtr, Failure> value_;
};

// Known, but hardly of use: silent, or in an address family that does not work here.
bool is_hopeless(const Candidate& server);

// Of a zone's servers: it leads on.
bool is_useful(ResponseKind kind);

// Who is asked for the address of a name server.
enum class WhoKnows : std::uint8_t {
    its_zone,
    its_zone_or_glue,  // the zone that its name lies in only if its delegation has no glue of it
    parent,            // of the zone that it serves and lies in
};

struct ServerLookup {
    std::vector<IpAddress> addresses;
    dns::Reason reason = dns::Reason::none;  // why there are none
    bool retry_other_family = false;         // the name exists: none of this type may be asked
    bool from_glue = false;                  // and the server's own zone was not asked
};

// Who finds the address of a name server: the resolver, from its beginning.
class AddressSource {
  public:
    AddressSource() = default;
    AddressSource(const AddressSource&) = delete;
    AddressSource& operator=(const AddressSource&) = delete;
    AddressSource(AddressSource&&) = delete;
    AddressSource& operator=(AddressSource&&) = delete;
    virtual ~AddressSource() = default;
    // `asker` outlives the task. Spends the asker's budget.
    virtual Task<ServerLookup> look_up(dns::Name server, dns::Type type, dns::Name for_zone,
                                       const Quest& asker, WhoKnows who) = 0;
};

// One for each worker.
class ZoneAsker {
  public:
    ZoneAsker(const World& world, const ResolverOptions& options, const ServerFilter& filter,
              AddressSource& addresses);

    // A useful response, or why there is none. A minimised question is given up at the first
    // oddity: the caller then shows the full name, and no server was asked twice in vain.
    // All three are named locals of the awaiting coroutine; `zone` gains addresses on the way.
    Task<Finding> ask(ZoneServers& zone, const dns::Question& question, bool minimised,
                      const Quest& quest);

    // Addresses of `zone`'s servers that the cache knows: data, or else the glue of the delegation
    // that the server's name lies in. Only that one's word counts (defences B3). Whether there were
    // any that were not known before.
    bool fill_from_cache(ZoneServers& zone, const Quest& quest) const;

    const ZoneQuota& quota() const { return quota_; }

    // Of silent servers, under way: they outlive the questions that began them.
    std::size_t probes() const { return probes_.running(); }

  private:
    struct State {
        int timeouts = 0;
        int unreachable = 0;
        bool cyclic = false;
        bool lame = false;
        bool overloaded = false;  // too many queries to the zone's servers are under way
        bool silent = false;      // its servers were, to earlier questions
        bool heard = false;       // something of its servers, useful or not
        dns::Reason limit = dns::Reason::none;  // that ended the search for an address
        AcceptedPtr last_resort;
        std::vector<Endpoint> second_hand;  // who gave it or the like
    };

    enum class Verdict { useful, go_on, give_up };

    struct ToLookUp {
        dns::Name name;
        std::span<const dns::Type> types;  // one after the other, until there is an address
        WhoKnows who = WhoKnows::its_zone;
    };

    std::optional<ZoneQuota::Place> find_place(const ZoneServers& zone, State& state);
    std::vector<Candidate> candidates(const ZoneServers& zone, const State& state,
                                      const Quest& quest) const;
    bool may_look_up(const ZoneServers& zone, std::span<const Candidate> servers,
                     const Quest& quest) const;
    std::optional<AddressLookup> other_family(const ZoneServers& zone,
                                              std::span<const Candidate> servers,
                                              const Quest& quest) const;
    bool add_parent_side_addresses(ZoneServers& zone, const Quest& quest) const;
    // Whether there are any that may be asked.
    bool add_cached_data(const dns::Name& name, ZoneServers& zone) const;
    bool add_glue_of(const dns::Name& name, ZoneServers& zone, const Quest& quest) const;
    ToLookUp take_next(ZoneServers& zone, std::span<const Candidate> servers,
                       const Quest& quest) const;
    Task<void> look_up_next(ZoneServers& zone, std::span<const Candidate> servers, State& state,
                            const Quest& quest);
    Verdict judge(Said& said, const Ask& ask, ZoneServers& zone, const Quest& quest, State& state);
    Verdict judge_reply(Said& said, const Ask& ask, const Quest& quest, State& state);
    // Whether this question is not to be asked of the zone in full.
    bool is_silent(const ZoneServers& zone, std::span<const Candidate> servers,
                   const Quest& quest) const;
    // Asks one of them for a moment, if it is time to. Nothing if nobody said anything useful; then
    // `state` says whether they are silent still, or are to be asked in full.
    Task<AcceptedPtr> ask_silent(const ZoneServers& zone, std::span<const Candidate> servers,
                                 const dns::Question& question, State& state, const Quest& quest);
    // The first of those that it was time to probe. `question` is what the servers are asked.
    std::optional<std::size_t> probe(const ZoneServers& zone, std::span<const Candidate> servers,
                                     const dns::Question& question, const Quest& quest);
    void probe_tried(const ZoneServers& zone, std::span<const Candidate> servers,
                     const dns::Question& question, const State& state, bool fresh,
                     const Quest& quest);
    void note_silence(const ZoneServers& zone, const State& state, const Quest& quest);
    void tell_next(const State& state, bool fresh, const ZoneServers& zone,
                   const Quest& quest) const;
    Finding conclude(const ZoneServers& zone, State& state, const Quest& quest) const;
    Failure explain(const ZoneServers& zone, const State& state, const Quest& quest) const;
    std::span<const dns::Type> address_types() const;

    World world_;
    const ResolverOptions& options_;
    const ServerFilter& filter_;
    AddressSource& addresses_;
    Upstream upstream_;
    ZoneQuota quota_;
    AskedNow asked_now_;
    Scope probes_;
};

}  // namespace wend
