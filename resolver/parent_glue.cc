#include "resolver/parent_glue.h"

#include <algorithm>
#include <optional>

#include "resolver/failure_memory.h"

namespace wend {

namespace {

bool add_glue(cache::Delegation& delegation, dns::NameView server,
              const std::vector<IpAddress>& addresses) {
    const auto found = std::ranges::find_if(
        delegation.servers, [&](const cache::NameServer& each) { return each.name == server; });
    if (found == delegation.servers.end() || found->glue == addresses) {
        return false;
    }
    found->glue = addresses;
    return true;
}

// The addresses of the quest's server, a few at most: glue of a referral, or an answer, which is as
// good as glue and no better, whatever its AA says.
std::vector<IpAddress> told_by_parent(const Accepted& accepted, const Quest& quest) {
    const dns::Question& question = quest.question;
    std::vector<IpAddress> addresses;
    if (accepted.kind == ResponseKind::referral) {
        addresses = glue_in(accepted.referral->servers, question.qname);
    } else if (accepted.kind == ResponseKind::answer && accepted.chain.links == 0) {
        append_addresses(accepted.answer, addresses);
    }
    addresses.resize(std::min(addresses.size(), server_addresses_max));
    return addresses;
}

// As the glue that the referral lacked, for as long as the delegation lasts: nothing else sees it.
void keep_as_glue(const std::vector<IpAddress>& addresses, const Quest& quest, const World& world) {
    const dns::Name& server = quest.question.qname;
    for (cache::Delegation& met : quest.errand.delegations) {
        if (met.zone == *quest.for_zone) {
            add_glue(met, server, addresses);
        }
    }
    const Instant now = world.clock.now();
    std::optional<cache::Delegation> kept = world.cache.find_delegation(*quest.for_zone, now);
    if (kept && add_glue(*kept, server, addresses)) {
        world.cache.store_delegation(*kept, now);
    }
}

}  // namespace

Task<ServerLookup> ask_parent(const Quest& quest, Iterator& iterator, const World& world,
                              const ServerFilter& filter) {
    constexpr auto errand = cache::Failures::Errand::of_parent;
    const dns::Question& question = quest.question;
    ServerLookup found;
    const std::optional<cache::Failures::Failure> failure =
        world.failures.find_errand(errand, question.qname, question.qtype, world.clock.now());
    if (failure) {
        found.reason = failure->reason;
        found.retry_other_family = true;
        co_return found;
    }
    const Finding said = co_await iterator.iterate(question, quest, Iterator::Showing::full_name);
    if (said) {
        found.addresses = told_by_parent(*said, quest);
        std::erase_if(found.addresses,
                      [&](const IpAddress& address) { return !filter.may_keep(address); });
    }
    if (filter.may_ask_any(found.addresses)) {
        keep_as_glue(found.addresses, quest, world);
        co_return found;
    }
    found.reason = said ? dns::Reason::no_address_for_servers : said.error().reason;
    // A referral has the glue of both families or none, and a name error is one for both.
    found.retry_other_family =
        said && said->kind != ResponseKind::referral && said->kind != ResponseKind::name_error;
    for (const dns::Type type : {dns::Type::a, dns::Type::aaaa}) {
        const bool is_told = type == question.qtype || !found.retry_other_family;
        if (is_told && lies_with_the_name(found.reason)) {
            world.failures.note_errand(errand, question.qname, type, found.reason,
                                       world.clock.now());
        }
    }
    co_return found;
}

}  // namespace wend
