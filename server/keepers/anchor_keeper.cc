#include "server/keepers/anchor_keeper.h"

#include <algorithm>
#include <new>
#include <span>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "config/anchors.h"
#include "dnssec/sentinel.h"

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

    bool spend_failure() override { return true; }

    bool spend_nsec3_blocks(int) override { return false; }

  private:
    int signatures_ = 0;
};

const dns::RRset* keys_in(const Answer& answer, const dns::Name& zone) {
    const auto found = std::ranges::find(answer.answer, dns::Type::dnskey, &dns::RRset::type);
    return found == answer.answer.end() || !(found->owner() == zone) ? nullptr : &*found;
}

std::string spoken(const dns::Name& zone) {
    return zone.view().is_root() ? "the root" : to_text(zone.view());
}

void tell(const dns::Name& zone, const dnssec::KeyChange& change) {
    const std::string_view from = change.from ? to_text(*change.from) : "unknown";
    const std::string_view to = change.to ? to_text(*change.to) : "forgotten";
    const bool usual = !change.from && change.to == dnssec::KeyState::valid;
    spdlog::log(usual ? spdlog::level::info : spdlog::level::warn,
                "key {} of {} was {} and is {} (RFC 5011)", change.tag, spoken(zone), from, to);
}

std::string hours(Duration time) {
    const auto whole = std::chrono::floor<std::chrono::hours>(time).count();
    return counted(static_cast<std::uint64_t>(whole), "hour", "hours");
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
    const auto& anchors = configured_.all();
    if (!path_.empty()) {
        points_.resize(std::min(anchors.size(), dnssec::trust_points_max));
        for (const dnssec::TrustAnchor& anchor : std::span(anchors).first(points_.size())) {
            states_.push_back({.zone = anchor.zone});
        }
        restore();
    }
    if (!path_.empty() && anchors.size() > points_.size()) {
        spdlog::warn(
            "of the {} trust anchors the first {} are followed (RFC 5011): the keys of {} "
            "and after stay as they are given",
            anchors.size(), points_.size(), spoken(anchors[points_.size()].zone));
    }
    publish(now);
}

// What the file says of zones that are no anchors any more is forgotten.
void AnchorKeeper::restore() {
    const auto text = files_.read(path_, dnssec::anchor_state_octets_max);
    if (text && !text->has_value()) {
        return;  // the first start
    }
    const auto states =
        text ? dnssec::anchor_states_from_text(**text) : std::unexpected(text.error());
    if (!states) {
        spdlog::error(
            "the state of the trust anchors' keys in {} cannot be used: {}. The configured anchors "
            "hold, and the file is written anew",
            path_, states.error());
        return;
    }
    for (dnssec::AnchorState& state : states_) {
        const auto known = std::ranges::find(*states, state.zone, &dnssec::AnchorState::zone);
        if (known != states->end()) {
            state = *known;
        }
        if (state.last_signed) {
            clock_watch_.saw_signature(*state.last_signed);
        }
    }
}

void AnchorKeeper::store() {
    const auto stored = replace_file(files_, path_, to_text(states_));
    if (!stored) {
        spdlog::error("the state of the trust anchors' keys is not kept: {}", stored.error());
    }
}

// RFC 5011 5: a point without a key is as if it were not configured.
std::optional<dnssec::TrustAnchor> AnchorKeeper::trusted(std::size_t anchor) const {
    const dnssec::TrustAnchor& configured = configured_.all()[anchor];
    return anchor < points_.size() ? dnssec::trusted(states_[anchor], &configured) : configured;
}

void AnchorKeeper::publish(WallTime now) {
    auto anchors = std::make_shared<dnssec::TrustAnchors>();
    for (std::size_t i = 0; i < configured_.all().size(); ++i) {
        const std::optional<dnssec::TrustAnchor> anchor = trusted(i);
        if (!anchor) {
            spdlog::error(
                "every key of {} that was trusted is revoked: what no other anchor vouches for is "
                "not validated until root.anchors names another (RFC 5011 5)",
                spoken(configured_.all()[i].zone));
            continue;
        }
        for (const auto& rdata : anchor->ds) {
            anchors->add(anchor->zone, dns::Type::ds, rdata);
        }
        for (const auto& rdata : anchor->dnskeys) {
            anchors->add(anchor->zone, dns::Type::dnskey, rdata);
        }
    }
    anchors->set_policy(configured_.policy());
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
seconds AnchorKeeper::observed_since(const Point& point, Instant now) {
    if (!point.last_look) {
        return seconds(0);
    }
    return std::min(std::chrono::floor<seconds>(now - *point.last_look), 2 * point.interval);
}

Duration AnchorKeeper::look(std::size_t which, const Answer& answer, Instant now, WallTime wall) {
    Point& point = points_[which];
    dnssec::AnchorState& state = states_[which];
    const dns::RRset* const keys = keys_in(answer, state.zone);
    if (keys == nullptr) {
        return point.last_look ? Duration(dnssec::retry_interval({}, {})) : first_retry;
    }
    LookMeter meter;
    const dnssec::Observed observed =
        dnssec::observe(state, *keys, &configured_.all()[which], configured_.policy(), wall,
                        observed_since(point, now), meter);
    for (const dnssec::KeyChange& change : observed.changes) {
        tell(state.zone, change);
    }
    if (observed.trusted) {
        point.last_look = now;
        point.interval = observed.next;
        if (state.last_signed) {
            clock_watch_.saw_signature(*state.last_signed);
        }
    } else {
        spdlog::warn("no trusted key signed the keys of {}: they are looked at again in {}",
                     spoken(state.zone), hours(observed.next));
    }
    if (observed.trusted || !observed.changes.empty()) {
        store();
    }
    if (!observed.changes.empty()) {
        publish(wall);
    }
    return observed.next;
}

Task<void> AnchorKeeper::follow_keys(std::size_t point, AnswerSource& source, Clock& clock) {
    const dns::Question question{states_[point].zone, dns::Type::dnskey, dns::Class::in};
    const ResolveOptions options{.checking_disabled = true};
    while (true) {
        Duration wait = first_retry;
        try {
            const Answer answer = co_await source.resolve(question, options);
            wait = look(point, answer, clock.now(), clock.wall_now());
        } catch (const std::bad_alloc&) {
            spdlog::error("there was no memory to look at the keys of a trust anchor");
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
            const std::size_t told = std::min(anchors->all().size(), dnssec::trust_points_max);
            for (std::size_t i = 0; i < told; ++i) {
                const auto name = dnssec::key_tag_query(anchors->all()[i]);
                if (name) {
                    const dns::Question question{*name, null_type, dns::Class::in};
                    const Answer answer = co_await source.resolve(question, options);
                }
            }
        } catch (const std::bad_alloc&) {
            spdlog::error("there was no memory to tell which keys are trusted");
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
