// A small internet of signed zones, asked without a network: what the validator's tests stand on.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "dns/zone_file.h"
#include "dnssec/key_source.h"
#include "dnssec/trust_anchors.h"
#include "dnssec/validator.h"
#include "sim/authority.h"
#include "sim/signer.h"
#include "sim/zone.h"
#include "tests/unit/dnssec/records.h"

inline constexpr std::uint32_t world_time = 1'700'000'000;

// Both times stand still unless a test moves them; nothing sleeps on it.
class StillClock final : public wend::Clock {
  public:
    wend::Instant now() const override { return instant; }

    wend::WallTime wall_now() const override { return wall; }

    wend::Instant instant{std::chrono::seconds(1)};
    wend::WallTime wall{std::chrono::seconds(world_time)};

  protected:
    void arm(wend::Sleep&) override { wend::check(false, "nothing sleeps here"); }

    void disarm(wend::Sleep&) noexcept override {}
};

class SignedWorld final : public wend::dnssec::KeySource {
  public:
    using Name = wend::dns::Name;
    using Type = wend::dns::Type;

    static wend::sim::SigningOptions times(std::uint32_t from = world_time - 86'400,
                                           std::uint32_t to = world_time + 86'400) {
        wend::sim::SigningOptions options;
        options.inception = from;
        options.expiration = to;
        return options;
    }

    // `text` without an SOA and the apex's NS. Parents are added before children; a signed child
    // gets its DS in a parent that is signed.
    void add(const std::string& apex, const std::string& text,
             std::optional<wend::sim::SigningOptions> options) {
        drafts_.push_back({wend::dns::name_of(apex), text, std::move(options)});
    }

    void build() {
        for (const auto& draft : drafts_) {
            auto records = records_of(draft);
            for (const auto& child : drafts_) {
                if (is_child(draft, child)) {
                    add_delegation(records, child);
                }
            }
            if (draft.options) {
                auto with_signatures =
                    wend::sim::sign_zone(records, draft.apex.view(), *draft.options);
                wend::check(with_signatures.has_value(), "the algorithm is supported");
                records = std::move(*with_signatures);
            }
            wend::sim::ZoneSet set;
            set.add(zone_of(draft.apex, records));
            zones_.insert_or_assign(draft.apex, std::move(set));
        }
        const auto ds = wend::sim::ds_rdata(drafts_.front().apex, *drafts_.front().options);
        anchors.add(drafts_.front().apex, Type::ds, *ds);
    }

    // What the servers of the closest zone say.
    wend::dnssec::Reply ask(const wend::dns::Question& question) const {
        const Name& zone = zone_for(question);
        const auto said = wend::sim::answer_from(zones_.at(zone), question, true);
        wend::dnssec::Reply given{said.rcode, said.answer, {}, zone};
        for (const auto& rrset : said.authority) {
            if (rrset.type() != Type::ns) {
                given.authority.push_back(rrset);
            }
        }
        if (mangle) {
            mangle(question, given);
        }
        return given;
    }

    wend::Task<wend::dnssec::Fetched> fetch(const Name& owner, Type type) override {
        ++fetches[{wend::dns::to_text(owner), type}];
        wend::dnssec::Reply said = ask(wend::dns::Question{owner, type});
        wend::dnssec::Fetched fetched;
        fetched.rcode = said.rcode;
        for (const auto& rrset : said.answer) {
            if (rrset.type() == type && rrset.owner() == owner) {
                fetched.rrset = rrset;
            }
        }
        fetched.proofs = std::move(said.authority);
        co_return fetched;
    }

    std::optional<Name> zone_above(const Name& zone) const override {
        const wend::dns::Question ds{zone, Type::ds};
        return knows_zones ? std::optional(zone_for(ds)) : std::nullopt;
    }

    void distrust(const Name&, Type) override {}

    wend::dnssec::Verdict validate(const std::string& name, Type type) {
        const wend::dns::Question question{wend::dns::name_of(name), type};
        reply = ask(question);
        wend::dnssec::Validator validator(anchors, clock, memory);
        wend::dnssec::ChainContext context{*this, meter};
        auto task = validator.validate(question, reply, context);
        task.start();
        wend::check(task.done(), "nothing here suspends");
        return task.result();
    }

    std::function<void(const wend::dns::Question&, wend::dnssec::Reply&)> mangle;
    std::map<std::pair<std::string, Type>, int> fetches;
    bool knows_zones = false;  // from referrals
    wend::dnssec::TrustAnchors anchors;
    wend::dnssec::TrustMemory memory{100, wend::HashKey{1, 2}};
    wend::dnssec::Reply reply;
    StillClock clock;
    CountingMeter meter;

  private:
    struct Draft {
        Name apex;
        std::string text;
        std::optional<wend::sim::SigningOptions> options;
    };

    static std::vector<wend::dns::ZoneRecord> records_of(const Draft& draft) {
        const std::string head =
            "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n@ 3600 IN NS ns\n";
        const auto records = wend::dns::parse_zone_file(
            head + draft.text, {.origin = draft.apex, .default_ttl = 3600});
        wend::check(records.has_value(), "a literal zone is well formed");
        return *records;
    }

    // The closest enclosing zone of the world.
    bool is_child(const Draft& parent, const Draft& child) const {
        if (child.apex == parent.apex || !child.apex.view().is_subdomain_of(parent.apex)) {
            return false;
        }
        for (const auto& other : drafts_) {
            if (!(other.apex == child.apex) && !(other.apex == parent.apex) &&
                child.apex.view().is_subdomain_of(other.apex) &&
                other.apex.view().is_subdomain_of(parent.apex)) {
                return false;
            }
        }
        return true;
    }

    static void add_delegation(std::vector<wend::dns::ZoneRecord>& records, const Draft& child) {
        const auto ns = child.apex.with_label(std::vector<std::uint8_t>{'n', 's'});
        const wend::Octets wire = ns->wire();
        records.push_back(
            {child.apex, Type::ns, wend::dns::Class::in, 3600, {wire.begin(), wire.end()}, 0});
        if (child.options) {
            records.push_back({child.apex, Type::ds, wend::dns::Class::in, 3600,
                               *wend::sim::ds_rdata(child.apex, *child.options), 0});
        }
    }

    static wend::sim::ZonePtr zone_of(const Name& apex,
                                      const std::vector<wend::dns::ZoneRecord>& records) {
        std::string text;
        for (const auto& record : records) {
            text += wend::dns::record_to_text(record.owner, record.ttl, record.rclass, record.type,
                                              record.rdata) +
                    "\n";
        }
        auto zone = wend::sim::Zone::from_text(text, apex);
        wend::check(zone.has_value(), "a signed zone is a zone");
        return std::make_shared<const wend::sim::Zone>(std::move(*zone));
    }

    // The DS of an apex is the parent's to give.
    const Name& zone_for(const wend::dns::Question& question) const {
        const Name* best = nullptr;
        for (const auto& [apex, zone] : zones_) {
            const bool of_parent = question.qtype == Type::ds && apex == question.qname.view();
            if (question.qname.view().is_subdomain_of(apex) && !of_parent &&
                (best == nullptr || apex.view().is_subdomain_of(*best))) {
                best = &apex;
            }
        }
        return *best;
    }

    std::vector<Draft> drafts_;
    std::map<Name, wend::sim::ZoneSet, wend::dns::CanonicalLess> zones_;
};
