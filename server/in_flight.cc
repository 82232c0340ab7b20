#include "server/in_flight.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace wend {
namespace {

Octets octets_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// One host may have a whole IPv6 /64.
IpAddress counted_address(const Client& client) {
    const IpAddress& ip = client.address.ip;
    if (ip.is_v4()) {
        return ip;
    }
    std::array<std::uint8_t, 16> network = ip.mapped();
    std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
    return IpAddress::v6(network);
}

}  // namespace

std::size_t InFlight::KeyHash::operator()(const Key& text) const {
    return siphash(key, octets_of(text), 0, false);
}

std::size_t InFlight::AddressHash::operator()(const IpAddress& address) const {
    return siphash(key, address.mapped(), 0, false);
}

InFlight::InFlight(AnswerSource& source, const InFlightLimits& limits, Random& random,
                   Deliver deliver)
    : source_(source),
      limits_(limits),
      deliver_(std::move(deliver)),
      entries_(0, KeyHash{HashKey::draw(random)}),
      per_address_(0, AddressHash{HashKey::draw(random)}),
      scope_(std::in_place) {}

InFlight::Key InFlight::key_of(const QueryFacts& facts) {
    const dns::Name name = facts.question->qname.lower_case();
    const auto type = std::to_underlying(facts.question->qtype);
    Key key(name.wire().begin(), name.wire().end());
    key.push_back(static_cast<char>(type >> 8));
    key.push_back(static_cast<char>(type));
    key.push_back(facts.checking_disabled ? '\1' : '\0');
    return key;
}

InFlight::Joined InFlight::join(Waiter waiter) {
    check(waiter.facts.question.has_value(), "who waits has asked");
    const IpAddress address = counted_address(waiter.client);
    const auto count = per_address_.find(address);
    const bool address_is_full =
        count != per_address_.end() && count->second >= limits_.clients_per_address;
    if (address_is_full || waiting_ >= limits_.clients_max) {
        return Joined::too_many;
    }
    ++per_address_[address];
    ++waiting_;
    Key key = key_of(waiter.facts);
    const auto [place, is_new] = entries_.try_emplace(key);
    dns::Question question = *waiter.facts.question;
    const ResolveOptions options{.checking_disabled = waiter.facts.checking_disabled};
    place->second.waiters.push_back(std::move(waiter));
    if (!is_new) {
        return Joined::subscribed;
    }
    place->second.number = ++last_number_;
    scope_->spawn(resolve(std::move(key), last_number_, std::move(question), options));
    return Joined::started;
}

Task<void> InFlight::resolve(Key key, std::uint64_t number, dns::Question question,
                             ResolveOptions options) {
    const Answer answer = co_await source_.resolve(std::move(question), options);
    settle(key, number, answer);
}

void InFlight::settle(const Key& key, std::uint64_t number, const Answer& answer) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.number != number) {
        return;
    }
    std::vector<Waiter> waiters = std::move(found->second.waiters);
    entries_.erase(found);
    tell(std::move(waiters), answer);
}

void InFlight::tell(std::vector<Waiter> waiters, const Answer& answer) {
    for (const Waiter& waiter : waiters) {
        --waiting_;
        const auto count = per_address_.find(counted_address(waiter.client));
        check(count != per_address_.end(), "a client that waits is counted at its address");
        if (--count->second == 0) {
            per_address_.erase(count);
        }
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
    scope_.emplace();  // ends the one before and all that runs in it
    auto entries = std::exchange(entries_, decltype(entries_)(0, entries_.hash_function()));
    for (auto& [key, entry] : entries) {
        tell(std::move(entry.waiters), answer);
    }
}

}  // namespace wend
