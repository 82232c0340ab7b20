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

    std::uint64_t hash_of(dns::NameView name, dns::Type type, bool checking_disabled) const {
        const std::uint64_t disabled = checking_disabled ? 1U << 16 : 0U;
        return dns::hash(key, name, static_cast<std::uint64_t>(type) | disabled);
    }

    HashKey key;
    FingerprintTable<Record> table;
};

Failures::Failures(std::size_t entries_max, const HashKey& key)
    : impl_(std::make_unique<Impl>(entries_max, key)) {}

Failures::~Failures() = default;

std::optional<Failures::Failure> Failures::find(dns::NameView name, dns::Type type,
                                                bool checking_disabled, Instant now) const {
    const auto record = impl_->table.find(impl_->hash_of(name, type, checking_disabled));
    if (!record || now.time_since_epoch().count() >= record->until) {
        return std::nullopt;
    }
    return Failure{record->reason, Instant(Duration(record->until))};
}

void Failures::note(dns::NameView name, dns::Type type, bool checking_disabled, dns::Reason reason,
                    Instant now) {
    impl_->table.update(impl_->hash_of(name, type, checking_disabled),
                        [reason, now](Record& record) { fail(record, reason, now); });
}

void Failures::forget(dns::NameView name, dns::Type type, bool checking_disabled) {
    impl_->table.erase(impl_->hash_of(name, type, checking_disabled));
}

void Failures::clear() {
    impl_->table.clear();
}

}  // namespace wend::cache
