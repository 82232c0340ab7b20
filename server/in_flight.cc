#include "server/in_flight.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/room.h"
#include "base/undo.h"

namespace wend {
namespace {

// The first `v4` or `v6` bits of a client's address, at most 64. An IPv4 address is counted as the
// network 0:ffff:A.B.C.D::/64, which nobody has (RFC 4291 4: ::/8 is reserved).
std::uint64_t network_of(const Client& client, unsigned v4, unsigned v6) {
    const std::array<std::uint8_t, 16> octets = client.address.ip.mapped();
    if (client.address.ip.is_v4()) {
        const std::uint32_t address = load_u32(octets, 12);
        return std::uint64_t{0xffff} << 32 | (address & ~std::uint32_t{0} << (32 - v4));
    }
    return load_u64(octets, 0) & ~std::uint64_t{0} << (64 - v6);
}

// One host may have a whole IPv6 /64.
std::uint64_t counted_address(const Client& client) {
    return network_of(client, 32, 64);
}

// One line or one site: what a crowd of hosts has in common.
std::uint64_t counted_network(const Client& client) {
    return network_of(client, 24, 56);
}

bool are_equal(const QueryFacts& a, const QueryFacts& b) {
    return *a.question == *b.question && a.checking_disabled == b.checking_disabled;
}

template <class Counts, class Key>
std::size_t count_of(const Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

template <class Counts, class Key>
void take_one(Counts& counts, const Key& key) {
    const auto found = counts.find(key);
    check(found != counts.end(), "a client that waits is counted");
    if (--found->second == 0) {
        counts.erase(found);
    }
}

Answer no_place() {
    Answer answer;
    answer.rcode = dns::Rcode::servfail;
    answer.reason = dns::Reason::too_many_waiting;
    return answer;
}

Answer out_of_memory() {
    Answer answer;
    answer.rcode = dns::Rcode::servfail;
    answer.reason = dns::Reason::out_of_memory;
    return answer;
}

}  // namespace

InFlight::InFlight(AnswerSource& source, const InFlightLimits& limits, Random& random,
                   Deliver deliver)
    : source_(source),
      limits_(limits),
      random_(random),
      deliver_(std::move(deliver)),
      key_(HashKey::draw(random)),
      per_address_(0, NumberHash{key_}),
      per_network_(0, NumberHash{key_}) {}

InFlight::Key InFlight::key_of(const QueryFacts& facts) const {
    const std::uint64_t asked = std::uint64_t{std::to_underlying(facts.question->qtype)} << 1 |
                                std::uint64_t{facts.checking_disabled};
    Key key = dns::hash(key_, facts.question->qname, asked);
    for (;; ++key) {  // ends: two hashes of 64 bits with a secret key hardly ever meet
        const auto found = entries_.find(key);
        if (found == entries_.end() || are_equal(found->second.waiters.front().facts, facts)) {
            return key;
        }
    }
}

void InFlight::count(const Waiter& waiter) {
    const std::uint64_t address = counted_address(waiter.client);
    const std::uint64_t network = counted_network(waiter.client);
    ++per_address_[address];
    Undo uncount_address([&] { take_one(per_address_, address); });
    ++per_network_[network];
    Undo uncount_network([&] { take_one(per_network_, network); });
    ++per_zone_[waiter.zone];
    uncount_address.keep();
    uncount_network.keep();
    ++waiting_;
}

void InFlight::uncount(const Waiter& waiter) {
    --waiting_;
    take_one(per_address_, counted_address(waiter.client));
    take_one(per_network_, counted_network(waiter.client));
    take_one(per_zone_, waiter.zone);
}

std::size_t InFlight::crowd(const Waiter& waiter) const {
    return count_of(per_zone_, waiter.zone) +
           count_of(per_network_, counted_network(waiter.client));
}

bool InFlight::admit(const Waiter& newcomer) {
    const bool address_is_full =
        count_of(per_address_, counted_address(newcomer.client)) >= limits_.clients_per_address;
    const std::size_t zone_max =
        std::max(limits_.clients_max * zone_percent_max / 100, limits_.clients_per_address);
    const bool zone_is_full =
        waiting_ > limits_.clients_max / 2 && count_of(per_zone_, newcomer.zone) >= zone_max;
    if (address_is_full || zone_is_full) {
        return false;
    }
    if (waiting_ < limits_.clients_max) {
        return true;
    }
    std::size_t largest = crowd(newcomer) + 2;  // itself in both
    Entry* out = nullptr;
    std::size_t out_at = 0;
    for (int i = 0; i < waiters_compared && !places_.empty(); ++i) {
        Entry& entry = *places_[random_.below(places_.size())];
        const std::size_t at = random_.below(entry.waiters.size());
        const std::size_t size = crowd(entry.waiters[at]);
        if (size > largest) {
            largest = size;
            out = &entry;
            out_at = at;
        }
    }
    if (out == nullptr) {
        return false;
    }
    turn_out(*out, out_at);
    return true;
}

// The last waiter takes the resolution with it.
void InFlight::turn_out(Entry& entry, std::size_t at) {
    const Waiter waiter = std::move(entry.waiters[at]);
    entry.waiters.erase(entry.waiters.begin() + static_cast<std::ptrdiff_t>(at));
    if (entry.waiters.empty()) {
        take(entry);
    }
    uncount(waiter);
    deliver_(waiter, no_place());
}

InFlight::Joined InFlight::join(Waiter waiter) {
    check(waiter.facts.question.has_value(), "who waits has asked");
    sweep();
    const Key key = key_of(waiter.facts);
    const auto [found, is_new] = entries_.try_emplace(key);
    Entry& entry = found->second;
    Undo forget([this, begun = found] { entries_.erase(begun); });
    if (is_new) {
        make_room(places_, entries_.size());
        make_room(settled_, settled_.size() + entries_.size());
        dns::Question question = *waiter.facts.question;
        const ResolveOptions options{.checking_disabled = waiter.facts.checking_disabled};
        entry.number = ++last_number_;
        entry.key = key;
        entry.task.emplace(resolve(key, entry.number, std::move(question), options));
    } else {
        forget.keep();
    }
    make_room(entry.waiters, entry.waiters.size() + 1);
    count(waiter);
    forget.keep();
    entry.waiters.push_back(std::move(waiter));
    if (!is_new) {
        return Joined::subscribed;
    }
    entry.place = places_.size();
    places_.push_back(&entry);
    entry.task->start();  // last: the entry may be settled now
    return Joined::started;
}

Task<void> InFlight::resolve(Key key, std::uint64_t number, dns::Question question,
                             ResolveOptions options) {
    Answer answer;
    try {
        answer = co_await source_.resolve(std::move(question), options);
    } catch (const std::bad_alloc&) {
        answer = out_of_memory();
    }
    settle(key, number, answer);
}

void InFlight::settle(Key key, std::uint64_t number, const Answer& answer) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.number != number) {
        return;
    }
    settled_.push_back(take(found->second));
    const std::vector<Waiter> waiters = std::move(settled_.back().mapped().waiters);
    tell(waiters, answer);
}

InFlight::Entries::node_type InFlight::take(const Entry& entry) {
    places_.back()->place = entry.place;
    places_[entry.place] = places_.back();
    places_.pop_back();
    return entries_.extract(entry.key);
}

void InFlight::sweep() {
    std::erase_if(settled_, [](const auto& node) { return node.mapped().task->done(); });
}

void InFlight::tell(const std::vector<Waiter>& waiters, const Answer& answer) {
    for (const Waiter& waiter : waiters) {
        uncount(waiter);
        deliver_(waiter, answer);
    }
}

void InFlight::look_again(Instant before) {
    struct Known {
        Key key;
        std::uint64_t number;
        Answer answer;
    };

    std::vector<Known> known;
    std::size_t looked_at = 0;
    for (const auto& [key, entry] : entries_) {
        const Waiter& first = entry.waiters.front();
        if (first.since > before) {
            continue;
        }
        if (++looked_at > questions_looked_at_max) {
            break;
        }
        auto answer = source_.from_cache(*first.facts.question,
                                         {.checking_disabled = first.facts.checking_disabled});
        if (answer) {
            known.push_back({key, entry.number, std::move(*answer)});
        }
    }
    for (const Known& each : known) {
        settle(each.key, each.number, each.answer);
    }
}

void InFlight::end_all(const Answer& answer) {
    settled_.clear();
    places_.clear();
    auto entries = std::exchange(entries_, Entries());
    for (auto& [key, entry] : entries) {
        entry.task.reset();
    }
    for (const auto& [key, entry] : entries) {
        tell(entry.waiters, answer);
    }
}

}  // namespace wend
