#include "server/anchor_keeper.h"

#include <algorithm>
#include <new>
#include <utility>

#include <spdlog/spdlog.h>

#include "dnssec/sentinel.h"
#include "server/anchors.h"

namespace wend {
namespace {

using std::chrono::seconds;

constexpr Duration first_retry = std::chrono::minutes(5);  // while the network may not be up yet
constexpr int signatures_per_look = 32;
constexpr dns::Type null_type{10};  // RFC 8145 5.1

// The keeper's own budget: one look at one set.
class LookMeter final : public dnssec::Meter {
  public:
    bool spend_signature() override { return ++signatures_ <= signatures_per_look; }

    bool spend_nsec3_blocks(int) override { return false; }

  private:
    int signatures_ = 0;
};

const dns::RRset* keys_in(const Answer& answer) {
    const auto found = std::ranges::find(answer.answer, dns::Type::dnskey, &dns::RRset::type);
    return found == answer.answer.end() || !found->owner().is_root() ? nullptr : &*found;
}

void tell(const dnssec::KeyChange& change) {
    const std::string_view from = change.from ? to_text(*change.from) : "unknown";
    const std::string_view to = change.to ? to_text(*change.to) : "forgotten";
    const bool usual = !change.from && change.to == dnssec::KeyState::valid;
    spdlog::log(usual ? spdlog::level::info : spdlog::level::warn,
                "the root's key {} was {} and is {} (RFC 5011)", change.tag, from, to);
}

}  // namespace

AnchorKeeper::AnchorKeeper(const Config& config, dnssec::TrustAnchors configured, WallTime now,
                           FileStore& files, dnssec::CurrentAnchors& current,
                           ClockWatch& clock_watch)
    : config_(config),
      configured_(std::move(configured)),
      files_(files),
      current_(current),
      clock_watch_(clock_watch),
      path_(config.dnssec.anchors_state) {
    if (follows_keys()) {
        restore();
    }
    publish(now);
}

const dnssec::TrustAnchor* AnchorKeeper::root() const {
    const auto& all = configured_.all();
    const auto found = std::ranges::find_if(
        all, [](const dnssec::TrustAnchor& anchor) { return anchor.zone.view().is_root(); });
    return found == all.end() ? nullptr : &*found;
}

void AnchorKeeper::restore() {
    const auto text = files_.read(path_, dnssec::anchor_state_octets_max);
    if (text && !text->has_value()) {
        return;  // the first start
    }
    auto state = text ? dnssec::anchor_state_from_text(**text) : std::unexpected(text.error());
    if (state && !state->zone.view().is_root()) {
        state = std::unexpected(std::string("it is about another zone"));
    }
    if (!state) {
        spdlog::error(
            "the state of the root's keys in {} cannot be used: {}. The configured anchors hold, "
            "and the file is written anew",
            path_, state.error());
        return;
    }
    state_ = std::move(*state);
    if (state_.last_signed) {
        clock_watch_.saw_signature(*state_.last_signed);
    }
}

void AnchorKeeper::store() {
    const auto stored = replace_file(files_, path_, to_text(state_));
    if (!stored) {
        spdlog::error("the state of the root's keys is not kept: {}", stored.error());
    }
}

void AnchorKeeper::publish(WallTime now) {
    auto anchors = std::make_shared<dnssec::TrustAnchors>();
    std::vector<dnssec::TrustAnchor> positive = configured_.all();
    if (follows_keys()) {
        std::erase_if(positive, [](const auto& anchor) { return anchor.zone.view().is_root(); });
        if (auto followed = dnssec::trusted(state_, root())) {
            positive.push_back(std::move(*followed));
        } else {
            spdlog::error(
                "every key of the root that was trusted is revoked: nothing is validated until "
                "root.anchors names another (RFC 5011 5)");
        }
    }
    for (const dnssec::TrustAnchor& anchor : positive) {
        for (const auto& rdata : anchor.ds) {
            anchors->add(anchor.zone, dns::Type::ds, rdata);
        }
        for (const auto& rdata : anchor.dnskeys) {
            anchors->add(anchor.zone, dns::Type::dnskey, rdata);
        }
    }
    add_negative_anchors(config_, now, *anchors);
    negatives_ = negatives_at(now);
    current_.replace(std::move(anchors));
}

std::ptrdiff_t AnchorKeeper::negatives_at(WallTime now) const {
    return std::ranges::count_if(config_.dnssec.negative_anchors,
                                 [now](const auto& anchor) { return holds(anchor, now); });
}

// What was under observation since the last look: if the network was away, no more than two of the
// intervals after which we meant to look.
seconds AnchorKeeper::observed_since(Instant now) const {
    if (!last_look_) {
        return seconds(0);
    }
    return std::min(std::chrono::floor<seconds>(now - *last_look_), 2 * interval_);
}

Duration AnchorKeeper::look(const Answer& answer, Instant now, WallTime wall) {
    const dns::RRset* const keys = keys_in(answer);
    if (keys == nullptr) {
        return last_look_ ? Duration(dnssec::retry_interval({}, {})) : first_retry;
    }
    LookMeter meter;
    const dnssec::Observed observed =
        dnssec::observe(state_, *keys, root(), wall, observed_since(now), meter);
    for (const dnssec::KeyChange& change : observed.changes) {
        tell(change);
    }
    if (observed.trusted) {
        last_look_ = now;
        interval_ = observed.next;
        if (state_.last_signed) {
            clock_watch_.saw_signature(*state_.last_signed);
        }
    } else {
        spdlog::warn("no trusted key signed the root's keys: they are looked at again in {} hours",
                     std::chrono::floor<std::chrono::hours>(observed.next).count());
    }
    if (observed.trusted || !observed.changes.empty()) {
        store();
    }
    if (!observed.changes.empty()) {
        publish(wall);
    }
    return observed.next;
}

Task<void> AnchorKeeper::follow_keys(AnswerSource& source, Clock& clock) {
    const dns::Question question{dns::Name(), dns::Type::dnskey, dns::Class::in};
    const ResolveOptions options{.checking_disabled = true};
    while (true) {
        Duration wait = first_retry;
        try {
            const Answer answer = co_await source.resolve(question, options);
            wait = look(answer, clock.now(), clock.wall_now());
        } catch (const std::bad_alloc&) {
            spdlog::error("there was no memory to look at the root's keys");
        }
        const Instant next = clock.now() + wait;
        co_await clock.sleep_until(next);
    }
}

Task<void> AnchorKeeper::signal_key_tags(AnswerSource& source, Clock& clock) {
    Instant next = clock.now() + key_tag_delay;
    const ResolveOptions options{.checking_disabled = true};
    while (true) {
        co_await clock.sleep_until(next);
        next = clock.now() + key_tag_interval;
        try {
            const auto anchors = current_.get();
            const auto name = dnssec::key_tag_query(dnssec::root_key_tags(*anchors));
            if (name) {
                const dns::Question question{*name, null_type, dns::Class::in};
                const Answer answer = co_await source.resolve(question, options);
            }
        } catch (const std::bad_alloc&) {
            spdlog::error("there was no memory to tell the root which keys are trusted");
        }
    }
}

Task<void> AnchorKeeper::end_negative_anchors(Clock& clock) {
    while (true) {
        const Instant next = clock.now() + negative_check_interval;
        co_await clock.sleep_until(next);
        const WallTime now = clock.wall_now();
        try {
            if (negatives_at(now) != negatives_) {
                publish(now);
            }
        } catch (const std::bad_alloc&) {  // the next round tries it again
        }
    }
}

}  // namespace wend
