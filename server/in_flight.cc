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

constexpr std::size_t crowd_of(const Crowd& crowd) {
    return crowd.zone + crowd.network;
}

bool are_equal(const QueryFacts& a, const QueryFacts& b) {
    return *a.question == *b.question && a.checking_disabled == b.checking_disabled;
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

InFlight::InFlight(AnswerSource& source, Places& places, const InFlightLimits& limits,
                   Random& random, Deliver deliver)
    : source_(source),
      places_(places),
      limits_(limits),
      random_(random),
      deliver_(std::move(deliver)),
      key_(HashKey::draw(random)) {}

// Other workers go on counting.
InFlight::~InFlight() {
    for (const auto& [key, entry] : entries_) {
        for (const Seat& seat : entry.seats) {
            leave(seat);
        }
    }
}

InFlight::Key InFlight::key_of(const QueryFacts& facts) const {
    const std::uint64_t asked = std::uint64_t{std::to_underlying(facts.question->qtype)} << 1 |
                                std::uint64_t{facts.checking_disabled};
    Key key = dns::hash(key_, facts.question->qname, asked);
    for (;; ++key) {  // ends: two hashes of 64 bits with a secret key hardly ever meet
        const auto found = entries_.find(key);
        if (found == entries_.end() || are_equal(found->second.seats.front().waiter.facts, facts)) {
            return key;
        }
    }
}

// The sink and the token say which of our addresses was asked. A client that asks once more
// without EDNS, or without DO, wants another answer.
std::uint64_t InFlight::mark_of(const Waiter& waiter, Key key) const {
    if (waiter.client.channel != Channel::udp) {
        return 0;
    }
    std::array<std::uint8_t, 38> octets{};
    const auto rest = std::ranges::copy(waiter.client.address.ip.mapped(), octets.begin()).out;
    std::ranges::copy(waiter.client.local.mapped(), rest);
    store_u16(octets, 32, waiter.client.address.port);
    store_u16(octets, 34, waiter.facts.id);
    octets[36] = waiter.facts.edns ? 1 : 0;
    octets[37] = waiter.facts.dnssec_ok ? 1 : 0;
    const auto sink = reinterpret_cast<std::uintptr_t>(waiter.sink);
    const std::uint64_t mark = siphash(key_, octets, mix(mix(key, sink), waiter.token), false);
    return std::max<std::uint64_t>(mark, 1);
}

bool InFlight::may_subscribe(bool is_under_way) const {
    return is_under_way && subscribed_ < limits_.clients_max;
}

void InFlight::hold_place(Seat& seat) noexcept {
    seat.place = places_.take(holder_of(seat.waiter.client, seat.waiter.zone));
    ++placed_;
}

void InFlight::leave(const Seat& seat) noexcept {
    asked_.erase(seat.asked);
    if (seat.place) {
        places_.leave(*seat.place);
        --placed_;
    } else {
        --subscribed_;
    }
}

dns::Reason InFlight::admit(const Waiter& newcomer) {
    check(newcomer.facts.question.has_value(), "who waits has asked");
    const Key key = key_of(newcomer.facts);
    if (asked_.contains(mark_of(newcomer, key))) {
        return dns::Reason::repeated_query;
    }
    if (may_subscribe(entries_.contains(key))) {
        return dns::Reason::none;
    }
    const Crowd crowd = places_.crowd(holder_of(newcomer.client, newcomer.zone));
    const dns::Reason judged = places_.judge(crowd);
    if (judged != dns::Reason::none) {
        return judged;
    }
    // Its own crowd grows by one in both counts.
    const bool has_room = placed_ < limits_.clients_max || make_place(crowd_of(crowd) + 2);
    return has_room ? dns::Reason::none : dns::Reason::too_many_waiting;
}

bool InFlight::make_place(std::size_t crowd) {
    std::size_t largest = crowd;
    Entry* out = nullptr;
    std::size_t out_at = 0;
    for (int i = 0; i < waiters_compared && !all_.empty(); ++i) {
        Entry& entry = *all_[random_.below(all_.size())];
        const std::size_t any = random_.below(entry.seats.size());
        const std::size_t at = entry.seats[any].place ? any : 0;  // the first holds one
        const Waiter& waiter = entry.seats[at].waiter;
        const std::size_t size = size_of_crowd(waiter);
        if (size > largest) {
            largest = size;
            out = &entry;
            out_at = at;
        }
    }
    return out != nullptr && turn_out(*out, out_at, crowd);
}

// Who waits for the same is turned out too while more wait with it than with the newcomer; the
// first with whom fewer do goes on waiting, and the place is then its own. The last one takes the
// resolution with it.
bool InFlight::turn_out(Entry& entry, std::size_t at, std::size_t crowd) {
    std::vector<Seat> gone;
    gone.reserve(entry.seats.size());
    std::swap(entry.seats[at], entry.seats.back());
    do {  // as often as the entry has seats
        gone.push_back(std::move(entry.seats.back()));
        entry.seats.pop_back();
        leave(gone.back());
        if (entry.seats.empty() || entry.seats.front().place) {
            break;
        }
        std::swap(entry.seats.front(), entry.seats.back());
    } while (size_of_crowd(entry.seats.back().waiter) > crowd);
    if (entry.seats.empty()) {
        take(entry);
    } else if (!entry.seats.front().place) {
        --subscribed_;
        hold_place(entry.seats.front());
    }
    for (const Seat& seat : gone) {
        deliver_(seat.waiter, no_place());
    }
    return placed_ < limits_.clients_max;
}

std::size_t InFlight::size_of_crowd(const Waiter& waiter) const {
    return crowd_of(places_.crowd(holder_of(waiter.client, waiter.zone)));
}

InFlight::Joined InFlight::join(Waiter waiter) {
    check(waiter.facts.question.has_value(), "who waits has asked");
    sweep(swept_at_join);
    const Key key = key_of(waiter.facts);
    const auto [found, is_new] = entries_.try_emplace(key);
    Entry& entry = found->second;
    Undo forget([this, begun = found] { entries_.erase(begun); });
    if (is_new) {
        make_room(all_, entries_.size());
        make_room(settled_, settled_.size() + entries_.size());
        dns::Question question = *waiter.facts.question;
        const ResolveOptions options{.checking_disabled = waiter.facts.checking_disabled};
        entry.number = ++last_number_;
        entry.key = key;
        entry.task.emplace(resolve(key, entry.number, std::move(question), options));
    } else {
        forget.keep();
    }
    make_room(entry.seats, entry.seats.size() + 1);
    const std::uint64_t mark = mark_of(waiter, key);
    if (mark != 0) {
        asked_.insert(mark);
    }
    forget.keep();
    waiter.is_first = is_new;
    Seat& seat = entry.seats.emplace_back(std::move(waiter), std::nullopt, mark);
    if (may_subscribe(!is_new)) {
        ++subscribed_;
        return Joined::subscribed;
    }
    hold_place(seat);
    if (!is_new) {
        return Joined::subscribed;
    }
    entry.at = all_.size();
    all_.push_back(&entry);
    ++put_off_;
    if (!paused_) {
        begin(entry);  // last: the entry may be settled now
    }
    return Joined::started;
}

void InFlight::begin(Entry& entry) {
    entry.is_begun = true;
    --put_off_;
    entry.task->start();
}

bool InFlight::resume(std::size_t at_most) {
    paused_ = false;
    // What is settled meanwhile leaves its place to the last one, which has been looked at.
    for (std::size_t at = all_.size(); at-- > 0 && put_off_ > 0 && at_most > 0;) {
        if (at < all_.size() && !all_[at]->is_begun) {
            --at_most;
            begin(*all_[at]);
        }
    }
    return put_off_ > 0;
}

std::vector<Waiter> InFlight::release() {
    std::vector<Waiter> released;
    released.reserve(waiting());
    Entries entries = cancel_all();
    for (auto& [key, entry] : entries) {
        for (Seat& seat : entry.seats) {
            leave(seat);
            released.push_back(std::move(seat.waiter));
        }
    }
    return released;
}

void InFlight::forget(const ReplySink& sink) {
    for (auto& [key, entry] : entries_) {
        for (Seat& seat : entry.seats) {
            if (seat.waiter.sink == &sink) {
                asked_.erase(std::exchange(seat.asked, 0));
                seat.waiter.sink = nullptr;
            }
        }
    }
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
    const std::vector<Seat> seats = std::move(settled_.back().mapped().seats);
    tell(seats, answer);
}

InFlight::Entries::node_type InFlight::take(const Entry& entry) {
    all_.back()->at = entry.at;
    all_[entry.at] = all_.back();
    all_.pop_back();
    put_off_ -= entry.is_begun ? 0 : 1;
    return entries_.extract(entry.key);
}

// Downwards: what ends has its place taken by the last of all, which was given already.
InFlight::Page InFlight::list(std::optional<std::size_t> before, std::size_t most) const {
    Page page;
    std::size_t at = std::min(before.value_or(all_.size()), all_.size());
    for (; at > 0 && page.questions.size() < most; --at) {
        const Entry& entry = *all_[at - 1];
        const Waiter& first = entry.seats.front().waiter;
        UnderWay& question = page.questions.emplace_back();
        question.number = entry.number;
        question.question = *first.facts.question;
        question.checking_disabled = first.facts.checking_disabled;
        question.since = first.since;
        question.waiters = entry.seats.size();
        question.zone = first.zone;
    }
    if (at > 0) {
        page.next = at;
    }
    return page;
}

// Each join adds one at most, so looking at more than one leaves few behind.
void InFlight::sweep(std::size_t looked_at_max) {
    for (std::size_t i = std::min(looked_at_max, settled_.size()); i > 0; --i) {
        next_swept_ = next_swept_ < settled_.size() ? next_swept_ : 0;
        if (settled_[next_swept_].mapped().task->done()) {
            std::swap(settled_[next_swept_], settled_.back());
            settled_.pop_back();
        } else {
            ++next_swept_;
        }
    }
}

void InFlight::tell(const std::vector<Seat>& seats, const Answer& answer) {
    for (const Seat& seat : seats) {
        leave(seat);
        deliver_(seat.waiter, answer);
    }
}

void InFlight::look_again(Instant before) {
    struct Known {
        Key key;
        std::uint64_t number;
        Answer answer;
    };

    sweep(questions_looked_at_max);
    if (paused_) {
        return;
    }
    std::vector<Known> known;
    std::size_t looked_at = 0;
    for (const auto& [key, entry] : entries_) {
        const Waiter& first = entry.seats.front().waiter;
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

InFlight::Entries InFlight::cancel_all() {
    settled_.clear();
    all_.clear();
    put_off_ = 0;
    Entries entries = std::exchange(entries_, Entries());
    for (auto& [key, entry] : entries) {
        entry.task.reset();
    }
    return entries;
}

void InFlight::end_all(const Answer& answer) {
    const Entries entries = cancel_all();
    for (const auto& [key, entry] : entries) {
        tell(entry.seats, answer);
    }
}

}  // namespace wend
