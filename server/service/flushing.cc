#include "server/service/flushing.h"

#include <utility>

#include "dns/name.h"

namespace wend {
namespace {

using What = Flush::What;

}  // namespace

Flushing::Flushing(Stores& stores, const std::vector<Flush>& flushes) {
    for (const Flush& flush : flushes) {
        add(stores, flush);
    }
}

void Flushing::add(Stores& stores, const Flush& flush) {
    const cache::Selection zone = cache::at_or_below(flush.zone, flush.except);
    switch (flush.what) {
        case What::everything: {
            // With the name errors of its ancestors, which deny all of it (RFC 8020), and the spans
            // of the zones above it, which do, or say that a cut below it has no DS.
            const cache::Selection apex = cache::at_name(flush.zone);
            jobs_.push_back(
                {[&stores, apex](auto at) { return stores.cache.flush(apex, at); }, true});
            jobs_.push_back(
                {[&stores, zone](auto at) { return stores.cache.flush(zone, at); }, true});
            jobs_.push_back({[&stores, zone](auto at) { return stores.spans.flush(zone, at); }});
            jobs_.push_back({[&stores, name = flush.zone](auto at) {
                return stores.spans.flush_above(name, at);
            }});
            // The word of the zone's servers on those that are left out: where they are, and by
            // which keys they are known.
            for (const dns::Name& other : flush.except) {
                const cache::Selection cut = cache::at_name(other, dns::Type::ds);
                jobs_.push_back(
                    {[&stores, cut](auto at) { return stores.cache.flush(cut, at); }, true});
            }
            forget_failures(stores);
            break;
        }
        case What::validation:
            jobs_.push_back(
                {[&stores, zone](auto at) { return stores.cache.forget_validation(zone, at); },
                 true});
            jobs_.push_back({[&stores, zone](auto at) { return stores.spans.flush(zone, at); }});
            forget_failures(stores);
            break;
        case What::root_servers: {
            const cache::Selection root = cache::at_name(dns::Name());
            jobs_.push_back(
                {[&stores, root](auto at) { return stores.cache.flush(root, at); }, true});
            forget_failures(stores);
            break;
        }
        case What::failures:
            forget_failures(stores);
            break;
        case What::servers:
            for (const Endpoint& server : flush.servers) {
                jobs_.push_back(
                    {[&stores, server](auto at) { return stores.servers.flush(server, at); }});
            }
            break;
    }
}

// Their names are not kept: all of them go.
void Flushing::forget_failures(Stores& stores) {
    jobs_.push_back({[&stores](auto at) { return stores.failures.flush({}, at); }});
}

bool Flushing::step() {
    // Each round looks at an entry or ends a job.
    for (std::size_t looked_at = 0; at_ < jobs_.size() && looked_at < flushed_in_step_max;) {
        const cache::Step step = jobs_[at_].step(cursor_);
        looked_at += step.looked_at;
        gone_ += jobs_[at_].counts ? step.taken : 0;
        cursor_ = step.next.value_or(cache::Cursor{});
        if (!step.next) {
            ++at_;
        }
    }
    return at_ < jobs_.size();
}

}  // namespace wend
