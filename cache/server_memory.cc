#include "cache/server_memory.h"

#include <algorithm>
#include <array>

#include "cache/fingerprint_table.h"

namespace wend::cache {
namespace {

// Times are counts of Instant and Duration; 0 is never.
struct Record {
    std::int64_t heard_at = 0;   // the last reply or timeout
    std::int64_t silent_at = 0;  // the last timeout that counted
    std::int64_t quiet_until = 0;
    std::int64_t loses_case_until = 0;
    std::int64_t lacks_edns_until = 0;
    std::int64_t smoothed = 0;
    std::int64_t variation = 0;
    std::uint32_t timeouts = 0;
    bool heard = false;
    bool measured = false;  // by a reply
};

// Of a server and a zone.
struct PairRecord {
    std::int64_t lame_until = 0;
    std::int64_t doubted_until = 0;
    std::int64_t heard_at = 0;  // last, since it was probed first
    std::int64_t silent_until = 0;
    std::int64_t probed_at = 0;      // last
    std::int64_t unheard_since = 0;  // the first probe after which nothing was heard
};

// Of a zone.
struct RecheckRecord {
    std::int64_t next_at = 0;
    std::int64_t pause = 0;
};

struct CookieRecord {
    std::int64_t until = 0;
    std::uint8_t size = 0;
    std::array<std::uint8_t, server_cookie_max> octets{};
};

std::int64_t count(Instant instant) {
    return instant.time_since_epoch().count();
}

bool is_current(const Record& record, Instant now) {
    return record.heard && count(now) < record.heard_at + server_memory_time.count();
}

void forget_if_old(Record& record, Instant now) {
    if (!is_current(record, now)) {
        record = {.loses_case_until = record.loses_case_until,
                  .lacks_edns_until = record.lacks_edns_until};
    }
    record.heard_at = count(now);
    record.heard = true;
}

// RFC 6298 2.2 and 2.3, with alpha 1/8 and beta 1/4.
void measure(Record& record, std::int64_t round_trip) {
    if (!record.measured) {
        record.smoothed = round_trip;
        record.variation = round_trip / 2;
        record.measured = true;
        return;
    }
    const std::int64_t error = record.smoothed - round_trip;
    record.variation = (3 * record.variation + (error < 0 ? -error : error)) / 4;
    record.smoothed = (7 * record.smoothed + round_trip) / 8;
}

void fall_silent(Record& record, Instant now) {
    const std::int64_t at = count(now);
    const bool counted = record.timeouts > 0 && at < record.silent_at + silence_time_min.count();
    if (counted || at < record.quiet_until) {
        return;
    }
    record.silent_at = at;
    ++record.timeouts;
    if (!record.measured) {
        record.smoothed = unanswered_round_trip.count();
        record.variation = unanswered_round_trip.count() / 2;
    }
    if (record.timeouts >= timeouts_to_quiet) {
        const unsigned doublings = std::min(record.timeouts - timeouts_to_quiet, 16U);
        record.quiet_until =
            at + std::min(quiet_time_min.count() << doublings, quiet_time_max.count());
    }
}

bool start_probe(PairRecord& record, Instant now) {
    const std::int64_t at = count(now);
    if (record.probed_at > 0 && at < record.probed_at + probe_pause.count()) {
        return false;
    }
    const bool is_old =
        at >= std::max(record.silent_until, record.probed_at + silence_memory_time.count());
    if (is_old || record.unheard_since == 0) {
        record.unheard_since = at;
    }
    record.probed_at = at;
    if (at < record.silent_until) {
        record.silent_until = at + silence_memory_time.count();
    }
    return true;
}

bool was_probed_in_vain(const PairRecord& record, Instant since, Instant now) {
    const bool was_probed = record.probed_at + probe_pause.count() >= count(since);
    const bool was_waited_for =
        record.unheard_since > 0 && count(now) >= record.unheard_since + probe_wait_min.count();
    return was_probed && was_waited_for && record.heard_at < count(since);
}

}  // namespace

namespace {

// All pairs of one server.
std::uint32_t group_of(std::uint64_t server_hash) {
    return static_cast<std::uint32_t>(server_hash);
}

// A cursor's part says which table and, above table_bits, which of the table's own parts.
constexpr unsigned table_bits = 2;

template <class Table, class Goes>
Step step_through(Table& table, std::uint32_t number, bool is_last, Cursor from, Goes goes) {
    Step done = table.erase_if({from.part >> table_bits, from.place}, goes);
    if (done.next) {
        done.next->part = (done.next->part << table_bits) | number;
    } else if (!is_last) {
        done.next = Cursor{number + 1, 0};
    }
    return done;
}

}  // namespace

struct ServerMemory::Impl {
    Impl(std::size_t entries_max, const HashKey& wanted)
        : key(wanted),
          servers(entries_max),
          pairs(entries_max),
          cookies(entries_max),
          rechecks(entries_max) {}

    std::uint64_t hash_of(const Endpoint& server) const {
        return siphash(key, server.ip.mapped(), server.port, false);
    }

    std::uint64_t hash_of(dns::NameView zone, std::uint64_t server_hash) const {
        return dns::hash(key, zone, server_hash);
    }

    HashKey key;
    FingerprintTable<Record> servers;
    FingerprintTable<PairRecord> pairs;
    FingerprintTable<CookieRecord> cookies;
    FingerprintTable<RecheckRecord> rechecks;
};

ServerMemory::ServerMemory(std::size_t entries_max, const HashKey& key)
    : impl_(std::make_unique<Impl>(entries_max, key)) {}

ServerMemory::~ServerMemory() = default;

ServerRecord ServerMemory::find(const Endpoint& server, dns::NameView zone, Instant now) const {
    ServerRecord found;
    const std::uint64_t hash = impl_->hash_of(server);
    if (const auto pair = impl_->pairs.find(impl_->hash_of(zone, hash))) {
        found.lame = count(now) < pair->lame_until;
        found.lame_doubted = count(now) < pair->doubted_until;
        found.silent = count(now) < pair->silent_until;
    }
    const auto record = impl_->servers.find(hash);
    if (!record) {
        return found;
    }
    found.loses_case = count(now) < record->loses_case_until;
    found.lacks_edns = count(now) < record->lacks_edns_until;
    if (is_current(*record, now)) {
        found.known = true;
        found.answered = record->measured;
        found.smoothed_round_trip = Duration(record->smoothed);
        found.variation = Duration(record->variation);
        found.timeouts_in_a_row = record->timeouts;
        found.quiet_until = Instant(Duration(record->quiet_until));
    }
    return found;
}

void ServerMemory::note_reply(const Endpoint& server, Duration round_trip, Instant now) {
    impl_->servers.update(impl_->hash_of(server), [round_trip, now](Record& record) {
        forget_if_old(record, now);
        measure(record, round_trip.count());
        record.timeouts = 0;
        record.quiet_until = 0;
    });
}

void ServerMemory::note_timeout(const Endpoint& server, Instant now) {
    impl_->servers.update(impl_->hash_of(server), [now](Record& record) {
        forget_if_old(record, now);
        fall_silent(record, now);
    });
}

void ServerMemory::note_case_lost(const Endpoint& server, Instant now) {
    impl_->servers.update(impl_->hash_of(server), [now](Record& record) {
        record.loses_case_until = count(now + case_memory_time);
    });
}

void ServerMemory::note_no_edns(const Endpoint& server, Instant now) {
    impl_->servers.update(impl_->hash_of(server), [now](Record& record) {
        record.lacks_edns_until = count(now + edns_memory_time);
    });
}

void ServerMemory::note_cookie(const Endpoint& server, Octets cookie, Instant now) {
    const std::uint64_t hash = impl_->hash_of(server);
    if (cookie.empty() || cookie.size() > server_cookie_max) {
        impl_->cookies.erase(hash);
        return;
    }
    impl_->cookies.update(hash, [cookie, now](CookieRecord& record) {
        record.until = count(now + cookie_memory_time);
        record.size = static_cast<std::uint8_t>(cookie.size());
        std::ranges::copy(cookie, record.octets.begin());
    });
}

std::size_t ServerMemory::find_cookie(const Endpoint& server, Instant now, MutableOctets to) const {
    const auto record = impl_->cookies.find(impl_->hash_of(server));
    if (!record || count(now) >= record->until) {
        return 0;
    }
    std::copy_n(record->octets.begin(), record->size, to.begin());
    return record->size;
}

void ServerMemory::note_lame(const Endpoint& server, dns::NameView zone, bool proved, Instant now) {
    const std::uint64_t hash = impl_->hash_of(server);
    impl_->pairs.update(
        impl_->hash_of(zone, hash),
        [proved, now](PairRecord& record) {
            if (proved) {
                record.lame_until = count(now + lame_memory_time);
                record.doubted_until = 0;
            } else if (count(now) >= record.doubted_until && count(now) >= record.lame_until) {
                record.lame_until = count(now + lame_doubt_time);
                record.doubted_until = count(now + lame_memory_time);
            }
        },
        group_of(hash));
}

void ServerMemory::note_heard(const Endpoint& server, dns::NameView zone, Instant now) {
    impl_->pairs.update_known(impl_->hash_of(zone, impl_->hash_of(server)),
                              [now](PairRecord& record) {
                                  record.heard_at = count(now);
                                  record.silent_until = 0;
                                  record.unheard_since = 0;
                              });
}

bool ServerMemory::claim_probe(const Endpoint& server, dns::NameView zone, Instant now) {
    bool is_claimed = false;
    const std::uint64_t hash = impl_->hash_of(server);
    impl_->pairs.update(
        impl_->hash_of(zone, hash),
        [&is_claimed, now](PairRecord& record) { is_claimed = start_probe(record, now); },
        group_of(hash));
    return is_claimed;
}

void ServerMemory::withdraw_probe(const Endpoint& server, dns::NameView zone) {
    impl_->pairs.update_known(impl_->hash_of(zone, impl_->hash_of(server)), [](PairRecord& record) {
        record.probed_at = 0;
        record.unheard_since = 0;
    });
}

void ServerMemory::note_silent(const Endpoint& server, dns::NameView zone, Instant since,
                               Instant now) {
    bool is_silent = false;
    impl_->pairs.update_known(
        impl_->hash_of(zone, impl_->hash_of(server)), [&is_silent, since, now](PairRecord& record) {
            is_silent = was_probed_in_vain(record, since, now);
            if (is_silent) {
                const bool is_new = count(now) >= record.silent_until;
                record.probed_at = is_new ? 0 : record.probed_at;  // the next question does so
                record.silent_until = count(now + silence_memory_time);
            }
        });
    if (is_silent) {
        impl_->rechecks.update(impl_->hash_of(zone, 0), [now](RecheckRecord& record) {
            const bool is_old =
                record.pause == 0 || count(now) > record.next_at + recheck_pause_max.count();
            record.pause = is_old ? recheck_pause_min.count() : record.pause;
            record.next_at = count(now) + record.pause;
        });
    }
}

bool ServerMemory::claim_recheck(dns::NameView zone, Instant now) {
    bool is_claimed = false;
    impl_->rechecks.update(impl_->hash_of(zone, 0), [&is_claimed, now](RecheckRecord& record) {
        is_claimed = count(now) >= record.next_at;
        if (is_claimed) {
            record.pause =
                std::clamp(2 * record.pause, recheck_pause_min.count(), recheck_pause_max.count());
            record.next_at = count(now) + record.pause;
        }
    });
    return is_claimed;
}

void ServerMemory::clear() {
    impl_->servers.clear();
    impl_->pairs.clear();
    impl_->cookies.clear();
    impl_->rechecks.clear();
}

Step ServerMemory::flush(const Endpoint& server, Cursor from) {
    const std::uint64_t hash = impl_->hash_of(server);
    Step done = step_through(
        impl_->pairs, 0, true, from,
        [hash](std::uint32_t group, const PairRecord&) { return group == group_of(hash); });
    if (!done.next) {  // its own record last: what is still learned of it meanwhile goes too
        done.taken += impl_->servers.erase(hash) ? 1U : 0U;
        done.taken += impl_->cookies.erase(hash) ? 1U : 0U;
    }
    return done;
}

Step ServerMemory::flush_every(Cursor from) {
    const auto all = [](std::uint32_t, const auto&) { return true; };
    switch (from.part & ((1U << table_bits) - 1)) {
        case 0:
            return step_through(impl_->pairs, 0, false, from, all);
        case 1:
            return step_through(impl_->rechecks, 1, false, from, all);
        case 2:
            return step_through(impl_->cookies, 2, false, from, all);
        default:
            return step_through(impl_->servers, 3, true, from, all);
    }
}

std::size_t ServerMemory::flush(const Endpoint& server) {
    return take_all([&](Cursor at) { return flush(server, at); });
}

std::size_t ServerMemory::flush_all() {
    return take_all([&](Cursor at) { return flush_every(at); });
}

}  // namespace wend::cache
