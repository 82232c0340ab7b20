#include "cache/failures.h"

#include <algorithm>

#include "cache/fingerprint_table.h"

namespace wend::cache {
namespace {

struct Record {
    std::int64_t until = 0;  // Instant's count; 0: none
    std::int64_t time = 0;   // Duration's count
    dns::Reason reason{};
};

// Fails again while it is remembered: nothing new, so many that were under way count once. Fails
// again soon after: waits twice as long.
void fail(Record& record, dns::Reason reason, Instant now) {
    const std::int64_t at = now.time_since_epoch().count();
    const bool known = record.time != 0;
    if (known && at < record.until) {
        return;
    }
    std::int64_t time = failure_time_min.count();
    if (known && at < record.until + record.time) {
        time = std::min(record.time * 2, failure_time_max.count());
    }
    if (dns::is_bogus(reason)) {
        time = bogus_time.count();
    }
    record = {.until = at + time, .time = time, .reason = reason};
}

}  // namespace

struct Failures::Impl {
    Impl(std::size_t entries_max, const HashKey& wanted) : key(wanted), table(entries_max) {}

    // `kind`: who asked. No two share a record.
    std::uint64_t hash_of(dns::NameView name, dns::Type type, std::uint64_t kind) const {
        return dns::hash(key, name, static_cast<std::uint64_t>(type) | kind << 16);
    }

    std::optional<Failure> find(std::uint64_t hash, Instant now) {
        const auto record = table.find(hash);
        if (!record || now.time_since_epoch().count() >= record->until) {
            return std::nullopt;
        }
        return Failure{record->reason, Instant(Duration(record->until))};
    }

    std::uint32_t group_of(dns::NameView name) const {
        return static_cast<std::uint32_t>(dns::hash(key, name));
    }

    void note(dns::NameView name, std::uint64_t hash, dns::Reason reason, Instant now) {
        table.update(
            hash, [reason, now](Record& record) { fail(record, reason, now); }, group_of(name));
    }

    HashKey key;
    FingerprintTable<Record> table;
};

namespace {

constexpr std::uint64_t kind_of(bool checking_disabled) {
    return checking_disabled ? 1 : 0;
}

constexpr std::uint64_t kind_of(Failures::Errand errand) {
    return errand == Failures::Errand::own_need ? 2 : 3;
}

}  // namespace

Failures::Failures(std::size_t entries_max, const HashKey& key)
    : impl_(std::make_unique<Impl>(entries_max, key)) {}

Failures::~Failures() = default;

std::optional<Failures::Failure> Failures::find(dns::NameView name, dns::Type type,
                                                bool checking_disabled, Instant now) const {
    return impl_->find(impl_->hash_of(name, type, kind_of(checking_disabled)), now);
}

void Failures::note(dns::NameView name, dns::Type type, bool checking_disabled, dns::Reason reason,
                    Instant now) {
    impl_->note(name, impl_->hash_of(name, type, kind_of(checking_disabled)), reason, now);
}

std::optional<Failures::Failure> Failures::find_errand(Errand errand, dns::NameView name,
                                                       dns::Type type, Instant now) const {
    return impl_->find(impl_->hash_of(name, type, kind_of(errand)), now);
}

void Failures::note_errand(Errand errand, dns::NameView name, dns::Type type, dns::Reason reason,
                           Instant now) {
    impl_->note(name, impl_->hash_of(name, type, kind_of(errand)), reason, now);
}

void Failures::forget(dns::NameView name, dns::Type type, bool checking_disabled) {
    impl_->table.erase(impl_->hash_of(name, type, kind_of(checking_disabled)));
}

void Failures::clear() {
    impl_->table.clear();
}

Step Failures::flush(const Selection& selection, Cursor from) {
    if (selection.what == Selection::What::negative) {
        return {};
    }
    const bool bogus_alone = selection.what == Selection::What::bogus;
    const std::uint32_t wanted = impl_->group_of(selection.name);
    return impl_->table.erase_if(from, [&](std::uint32_t group, const Record& record) {
        return (selection.below || group == wanted) &&
               (!bogus_alone || dns::is_bogus(record.reason));
    });
}

std::size_t Failures::flush_name(dns::NameView name) {
    const Selection wanted = at_name(name);
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Failures::flush_zone(dns::NameView zone) {
    const Selection wanted = at_or_below(zone);
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Failures::flush_bogus() {
    const Selection wanted{.what = Selection::What::bogus};
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Failures::flush_all() {
    const Selection wanted;
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

}  // namespace wend::cache
