#include "resolver/iterator.h"

#include <algorithm>
#include <utility>

#include "resolver/keep.h"
#include "resolver/root_hints.h"

namespace wend {

namespace {

// Each referral, each minimised step, and the few times that something is asked for again.
constexpr int steps_max = referrals_max + static_cast<int>(minimised_steps_max) + 4;

// The name whose closest delegation serves the question.
dns::NameView name_to_find(const dns::Question& question) {
    const dns::NameView qname = question.qname;
    const bool at_parent = question.qtype == dns::Type::ds && !qname.is_root();
    return at_parent ? qname.parent() : qname;
}

// Of a server inside its own zone, what is asked of who delegates that zone.
dns::NameView name_to_find(const dns::Question& question, const Quest& quest) {
    return quest.asks_parent ? quest.for_zone->view().parent() : name_to_find(question);
}

// The parent has said what it has to say.
bool ends_at_parent(const Quest& quest, const Referral& referral) {
    return quest.asks_parent && referral.zone.view().is_subdomain_of(*quest.for_zone);
}

const ConfiguredZone* configured_zone_at(dns::NameView name,
                                         const std::vector<ConfiguredZone>& zones) {
    const ConfiguredZone* deepest = nullptr;
    for (const ConfiguredZone& zone : zones) {
        const bool deeper =
            deepest == nullptr || zone.zone.view().size() > deepest->zone.view().size();
        if (deeper && name.is_subdomain_of(zone.zone)) {
            deepest = &zone;
        }
    }
    return deepest;
}

bool is_configured_apex(dns::NameView name, const std::vector<ConfiguredZone>& zones) {
    return std::ranges::any_of(zones,
                               [&](const ConfiguredZone& zone) { return zone.zone == name; });
}

// Leaves what was said of the alias chain up to where it leads into another configured zone, or out
// of the one that was asked: what lies there others say, whom the configuration names.
void cut_at_other_zone(Accepted& found, const dns::Question& question,
                       const std::vector<ConfiguredZone>& zones) {
    std::vector<dns::RRset>& chain = found.chain.rrsets;
    if (zones.empty() || chain.empty()) {
        return;
    }
    const ConfiguredZone* const asked = configured_zone_for(question, zones);
    for (std::size_t links = 1; links <= chain.size(); ++links) {
        if (chain[links - 1].type() == dns::Type::dname) {
            continue;  // the CNAME that it makes comes next
        }
        dns::Name next = alias_target(chain[links - 1]);
        if (configured_zone_for({next, question.qtype}, zones) == asked) {
            continue;
        }
        chain.resize(links);
        found.kind = ResponseKind::alias;
        found.chain.end = std::move(next);
        found.chain.stop = ChainStop::end_of_message;
        found.answer = {};
        found.soa = {};
        return;
    }
}

// NS records without AA in an answer: the parent's of a cut, in the wrong section. What the child
// says of itself is another matter (RFC 2181 5.4.1, 6.1), and a referral is yet to come.
bool is_parents_word(const Accepted& found, dns::Type qtype) {
    return qtype == dns::Type::ns && found.kind == ResponseKind::answer && !found.authoritative;
}

}  // namespace

const ConfiguredZone* configured_zone_for(const dns::Question& question,
                                          const std::vector<ConfiguredZone>& zones) {
    return configured_zone_at(name_to_find(question), zones);
}

// A walk's own state. Lives on walk()'s frame.
struct Iterator::Walk {
    const dns::Question& question;
    const Quest& quest;
    bool stops_when_denied = false;
    Minimiser minimiser;
    ZoneServers zone{};
    int referrals = 0;
    bool was_restarted = false;
    bool must_begin = true;  // again: from the parent of a delegation that was of no use
};

Iterator::Iterator(const World& world, const ResolverOptions& options, const ServerFilter& filter,
                   AddressSource& addresses)
    : world_(world),
      options_(options),
      filter_(filter),
      asker_(world, options, filter, addresses) {}

const ConfiguredZone* Iterator::configured_at(const dns::Name& name) const {
    return configured_zone_at(name, options_.zones);
}

WEND_TASK_WRAPPER Task<Finding> Iterator::iterate(const dns::Question& question, const Quest& quest,
                                                  Showing how) {
    const ConfiguredZone* configured =
        configured_zone_at(name_to_find(question, quest), options_.zones);
    return configured != nullptr && configured->first
               ? walk_configured_first(*configured, question, quest, how)
               : walk(configured, question, quest, how);
}

Task<Finding> Iterator::walk_configured_first(const ConfiguredZone& configured,
                                              const dns::Question& question, const Quest& quest,
                                              Showing how) {
    Finding found = co_await walk(&configured, question, quest, how);
    if (!found) {
        note(quest, event::Step::past_configured, configured.zone);
        found = co_await walk(nullptr, question, quest, how);
    }
    co_return found;
}

Task<Finding> Iterator::walk(const ConfiguredZone* configured, const dns::Question& question,
                             const Quest& quest, Showing how) {
    // Whoever serves both a zone and its child answers for DS from the child: only the cuts in
    // between, met one by one, lead to the parent (RFC 4035 3.1.4.1).
    const bool minimise = (options_.minimise_qname || question.qtype == dns::Type::ds) &&
                          (configured == nullptr || !configured->forward) &&
                          how != Showing::full_name;
    Walk walk{.question = question,
              .quest = quest,
              .stops_when_denied = how == Showing::until_denied,
              .minimiser = Minimiser(question, 0, minimise, options_.minimise_type)};
    for (int step = 0; step < steps_max; ++step) {
        if (walk.must_begin) {
            walk.must_begin = false;
            if (!enter_known(walk, configured)) {
                ZoneServers root = co_await root_servers(quest);
                enter(walk, std::move(root));
            }
        }
        show_what_helps(walk);
        const dns::Question asked = walk.minimiser.next();
        const bool minimised = !walk.minimiser.is_full();
        if (minimised) {
            walk.minimiser.count_query();
        }
        Finding found = co_await asker_.ask(walk.zone, asked, minimised, quest);
        const Next next = take(walk, asked, found);
        if (next == Next::done) {
            co_return found;
        }
    }
    co_return std::unexpected(Failure{.reason = dns::Reason::budget_referrals, .detail = {}});
}

bool Iterator::enter_known(Walk& walk, const ConfiguredZone* configured) const {
    if (configured != nullptr) {
        enter(walk, configured_start(*configured, walk.question, walk.quest));
        return true;
    }
    const std::optional<KnownDelegation> known =
        closest_delegation(name_to_find(walk.question, walk.quest), world_, walk.quest.errand);
    if (!known) {
        return false;
    }
    enter(walk, from_delegation(known->delegation, known->source, filter_, options_.port));
    return true;
}

void Iterator::enter(Walk& walk, ZoneServers zone) const {
    walk.zone = std::move(zone);
    walk.minimiser.enter(walk.zone.zone.view().label_count());
    asker_.fill_from_cache(walk.zone, walk.quest);
    walk.quest.tell(world_.clock.now(), [&] { return describe_zone(walk.zone); });
}

// Names at which this zone is known to go on without a cut need not be asked for again. One that it
// denied without proof leads to the full name, as when it said so.
void Iterator::show_what_helps(Walk& walk) const {
    while (!walk.minimiser.is_full()) {
        const dns::Question asked = walk.minimiser.next();
        const std::optional<cache::Denial> denial =
            world_.cache.find_denial(asked.qname, asked.qtype, world_.clock.now());
        const bool is_of_zone = denial && denial->soa && denial->soa.owner() == walk.zone.zone;
        const bool is_denied = is_of_zone && denial->rcode == dns::Rcode::nxdomain;
        if (!is_of_zone || (is_denied && !denial->proofs.empty())) {
            return;
        }
        if (is_denied) {
            walk.minimiser.give_up();
        } else {
            walk.minimiser.show_more();
        }
    }
}

Iterator::Next Iterator::take(Walk& walk, const dns::Question& asked, Finding& found) {
    if (!found) {
        return take_failure(walk, found.error());
    }
    if (found->kind == ResponseKind::referral) {
        if (++walk.referrals > referrals_max) {
            found = std::unexpected(Failure{.reason = dns::Reason::budget_referrals, .detail = {}});
            return Next::done;
        }
        descend(walk, *found->referral);
        const bool is_enough =
            ends_with_glue(walk, *found->referral) || ends_at_parent(walk.quest, *found->referral);
        return is_enough ? Next::done : Next::go_on;
    }
    cut_at_other_zone(*found, asked, options_.zones);
    const bool minimised = !walk.minimiser.is_full();
    // What the parent says of a name that is configured here must not hide that zone.
    found->doubtful = minimised || is_configured_apex(asked.qname, options_.zones);
    const bool is_signed_denial = found->kind == ResponseKind::name_error &&
                                  found->chain.links == 0 && !found->proofs.empty();
    if (!minimised || (walk.stops_when_denied && is_signed_denial)) {
        return Next::done;
    }
    if (!is_parents_word(*found, asked.qtype)) {
        keep_answer(*found, asked.qtype, world_, walk.quest.errand);
    }
    const std::vector<dns::RRset>& chain = found->chain.rrsets;
    const bool under_dname = !chain.empty() && chain.front().type() == dns::Type::dname;
    if (found->kind == ResponseKind::name_error || under_dname) {
        walk.minimiser.give_up();
        note(walk.quest, event::Step::show_full_name, walk.zone.zone);
    } else {
        walk.minimiser.show_more();
        note(walk.quest, event::Step::no_zone_cut, walk.zone.zone);
    }
    return Next::go_on;
}

Iterator::Next Iterator::take_failure(Walk& walk, const Failure& failure) {
    const Quest& quest = walk.quest;
    const bool out_of_budget = quest.errand.budget.exhausted() != dns::Reason::none ||
                               world_.clock.now() >= quest.ends_at() ||
                               failure.reason == dns::Reason::zone_overloaded ||
                               failure.reason == dns::Reason::zone_silent;
    if (out_of_budget) {
        return Next::done;
    }
    if (!walk.minimiser.is_full()) {
        walk.minimiser.give_up();
        note(quest, event::Step::show_full_name, walk.zone.zone);
        return Next::go_on;
    }
    if (walk.zone.source == ZoneSource::cache && !walk.was_restarted) {
        note(quest, event::Step::forget_delegation, walk.zone.zone);
        forget_delegation(walk.zone.zone, world_, quest.errand);
        walk.was_restarted = true;
        walk.must_begin = true;
        return Next::go_on;
    }
    return Next::done;
}

void Iterator::descend(Walk& walk, const Referral& referral) {
    const cache::Delegation delegation =
        keep_referral(referral, walk.zone.expires_at, world_, walk.quest.errand);
    enter(walk, from_delegation(delegation, ZoneSource::referral, filter_, options_.port));
}

// To ask a server that may be found at the glue for what the glue says would be to ask it twice.
bool Iterator::ends_with_glue(const Walk& walk, const Referral& referral) const {
    const dns::Name& server = walk.question.qname;
    return walk.quest.glue_suffices && server == walk.quest.question.qname &&
           filter_.may_ask_any(glue_in(referral.servers, server));
}

void Iterator::note(const Quest& quest, event::Step step, const dns::Name& zone) const {
    quest.tell(world_.clock.now(), [&] { return event::NextStep{.step = step, .zone = zone}; });
}

ZoneServers Iterator::configured_start(const ConfiguredZone& configured,
                                       const dns::Question& question, const Quest& quest) const {
    if (configured.forward) {
        return from_configuration(configured, ZoneSource::forward, filter_);
    }
    const std::optional<KnownDelegation> known =
        closest_delegation(name_to_find(question, quest), world_, quest.errand);
    if (known && known->delegation.zone.view().size() > configured.zone.view().size()) {
        return from_delegation(known->delegation, known->source, filter_, options_.port);
    }
    return from_configuration(configured, ZoneSource::stub, filter_);
}

Task<ZoneServers> Iterator::root_servers(const Quest& quest) {
    std::optional<ZoneServers> primed = primed_servers();
    if (primed) {
        co_return std::move(*primed);
    }
    ZoneServers hints = hinted_servers();
    const dns::Question priming{.qname = {}, .qtype = dns::Type::ns};
    const bool failed_lately = world_.failures
                                   .find_errand(cache::Failures::Errand::own_need, priming.qname,
                                                priming.qtype, world_.clock.now())
                                   .has_value();
    if (!options_.prime || failed_lately) {
        co_return hints;
    }
    quest.tell(world_.clock.now(), [&] { return describe_zone(hints); });
    Finding found = co_await asker_.ask(hints, priming, false, quest);
    keep_primed(found, quest);
    primed = primed_servers();
    if (primed) {
        co_return std::move(*primed);
    }
    co_return hints;
}

// Addresses beside the NS set are a courtesy (RFC 8109 4.2): what the hints know of the same
// servers does as well. Without any that may be asked, the hints themselves serve for a while.
void Iterator::keep_primed(Finding& found, const Quest& quest) {
    const Instant now = world_.clock.now();
    if (found) {
        keep_answer(*found, dns::Type::ns, world_, quest.errand);
    }
    if (found && found->referral) {
        add_hinted_glue(found->referral->servers, root_hints());
        const cache::Delegation root = to_delegation(*found->referral, now, Instant::max());
        if (!from_delegation(root, ZoneSource::priming, filter_, options_.port).addresses.empty()) {
            world_.cache.store_delegation(root, now);
            return;
        }
    }
    world_.failures.note_errand(cache::Failures::Errand::own_need, dns::Name(), dns::Type::ns,
                                dns::Reason::no_server_answered, now);
}

std::optional<ZoneServers> Iterator::primed_servers() const {
    const std::optional<cache::Delegation> root =
        world_.cache.find_delegation(dns::Name(), world_.clock.now());
    if (!root) {
        return std::nullopt;
    }
    ZoneServers servers = from_delegation(*root, ZoneSource::priming, filter_, options_.port);
    servers.expires_at = Instant::max();  // nobody takes the root away from its children
    if (servers.addresses.empty()) {
        return std::nullopt;
    }
    return servers;
}

ZoneServers Iterator::hinted_servers() const {
    return from_configuration(root_hints(), ZoneSource::hints, filter_);
}

const ConfiguredZone& Iterator::root_hints() const {
    for (const ConfiguredZone& hints : options_.root_hints) {
        if (hints.zone.view().is_root()) {
            return hints;
        }
    }
    return built_in_root_hints();
}

}  // namespace wend
