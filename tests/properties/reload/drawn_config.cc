#include "tests/properties/reload/drawn_config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "server/setup.h"

namespace wend::sim {

namespace {

constexpr std::size_t places_drawn = 4;
constexpr std::size_t zones_max = 4;  // forwarded, and as many stubs
constexpr std::size_t negative_anchors_max = 3;

bool has_zone(const std::vector<Config::Zone>& zones, const dns::Name& name) {
    return std::ranges::find(zones, name, &Config::Zone::zone) != zones.end();
}

}  // namespace

ConfigDraw::ConfigDraw(const SignedInternet& internet, const Views& views, Random& random)
    : internet_(internet), views_(views), random_(random), places_(views.inside()) {
    for (std::size_t i = 0; i < places_drawn; ++i) {
        places_.push_back(internet.zone(random.below(internet.zones().size())).apex);
        places_.push_back(internet.names()[random.below(internet.names().size())]);
    }
}

Drawn ConfigDraw::plain() {
    Drawn drawn;
    drawn.config.workers = 1;
    drawn.config.cache.size = std::size_t{2} << 20;
    drawn.config.rate_limit.mode = policy::RateMode::off;
    drawn.config.cpu_share.mode = policy::RateMode::off;
    return drawn;
}

Drawn ConfigDraw::next(const Drawn& before) const {
    Drawn drawn = before;
    for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) {
        change(drawn);
    }
    return drawn;
}

void ConfigDraw::change(Drawn& drawn) const {
    switch (random_.below(10)) {
        case 0:
        case 1:
        case 2:
        case 3:
            change_zones(drawn.config);
            break;
        case 4:
        case 5:
        case 6:
            change_trust(drawn);
            break;
        case 7:
            change_limits(drawn.config);
            break;
        default:
            change_upstream(drawn);
            break;
    }
}

dns::Name ConfigDraw::draw_place() const {
    return places_[random_.below(places_.size())];
}

Config::Zone ConfigDraw::draw_zone(bool is_stub) const {
    Config::Zone zone{.zone = draw_place(), .addresses = {}, .first = random_.chance(30)};
    const std::uint64_t kind = random_.below(10);
    const bool has_inside = !views_.inside().empty() && kind > 4;
    if (has_inside) {  // what is said there is said of these alone
        zone.zone = views_.inside()[random_.below(views_.inside().size())];
        zone.first = false;  // else what is heard depends on who was silent when
        zone.addresses = {is_stub ? Views::inside_server() : Views::inside_forwarder()};
    } else if (kind == 0) {
        zone.addresses = {Views::dead()};
        zone.first = false;
    } else if (is_stub) {
        const SignedZone& served = internet_.zone_of(zone.zone, dns::Type::soa);
        zone.zone = served.apex;
        zone.addresses = {{served.addresses.front(), SimInternet::port}};
    } else {
        zone.addresses = {Views::forwarder()};
    }
    return zone;
}

void ConfigDraw::change_zones(Config& config) const {
    const bool is_stub = random_.chance(40);
    std::vector<Config::Zone>& zones = is_stub ? config.stub : config.forward;
    if (!zones.empty() && (zones.size() >= zones_max || random_.chance(40))) {
        zones.erase(zones.begin() + static_cast<std::ptrdiff_t>(random_.below(zones.size())));
        return;
    }
    Config::Zone zone = draw_zone(is_stub);
    if (!has_zone(config.forward, zone.zone) && !has_zone(config.stub, zone.zone)) {
        zones.push_back(std::move(zone));
    }
}

void ConfigDraw::change_trust(Drawn& drawn) const {
    Config::Dnssec& dnssec = drawn.config.dnssec;
    auto& negative = dnssec.negative_anchors;
    switch (random_.below(8)) {
        case 0:
            dnssec.validate = !dnssec.validate;
            return;
        case 1:
            drawn.is_true_anchor = !drawn.is_true_anchor;
            return;
        case 2: {
            const std::size_t zone = random_.below(internet_.zones().size());
            drawn.further = !drawn.further && internet_.zone(zone).is_signed && zone != 0
                                ? std::optional(zone)
                                : std::nullopt;
            return;
        }
        case 3:
            dnssec.disabled_algorithms =
                random_.chance(50) ? default_disabled_algorithms() : std::vector<std::uint8_t>{13};
            return;
        default:
            break;
    }
    if (!negative.empty() && (negative.size() >= negative_anchors_max || random_.chance(40))) {
        negative.erase(negative.begin() +
                       static_cast<std::ptrdiff_t>(random_.below(negative.size())));
        return;
    }
    const dns::Name place = draw_place();
    if (std::ranges::find(negative, place, &Config::NegativeAnchor::zone) == negative.end()) {
        negative.push_back({.zone = place});
    }
}

void ConfigDraw::change_upstream(Drawn& drawn) const {
    Config::Upstream& upstream = drawn.config.upstream;
    switch (random_.below(6)) {
        case 0:
            upstream.minimise_qname = !upstream.minimise_qname;
            break;
        case 1:
            upstream.minimise_type =
                upstream.minimise_type == dns::Type::a ? dns::Type::ns : dns::Type::a;
            break;
        case 2:
            upstream.mixed_case = !upstream.mixed_case;
            break;
        case 3:
            upstream.cookies = !upstream.cookies;
            break;
        case 4:
            upstream.never_query = default_never_queried();
            if (random_.chance(50)) {
                upstream.never_query.push_back(*Prefix::from_text(Views::dead().ip.to_text()));
            }
            break;
        default:
            drawn.first_root = random_.below(internet_.root_addresses().size());
            break;
    }
}

void ConfigDraw::change_limits(Config& config) const {
    constexpr std::array<std::uint32_t, 3> most = {86'400, 3'600, 60};
    config.cache.ttl_max = most[random_.below(most.size())];
    config.cache.negative_ttl_max = std::min(3'600U, most[random_.below(most.size())]);
    config.cache.ttl_min = random_.chance(50) ? 0 : 10;
}

ReadConfig ConfigDraw::read(const Drawn& drawn) const {
    Sandbox sandbox;
    sandbox.port = SimInternet::port;
    const auto& roots = internet_.root_addresses();
    sandbox.root_hints.addresses.assign(
        roots.begin() + static_cast<std::ptrdiff_t>(drawn.first_root), roots.end());
    if (drawn.is_true_anchor) {
        sandbox.anchors = internet_.anchors();
    } else {
        std::vector<std::uint8_t> ds = internet_.anchors().all().front().ds.front();
        ds.back() ^= 1;
        check(sandbox.anchors.add(dns::Name(), dns::Type::ds, ds), "a DS is taken");
    }
    if (drawn.further) {
        const SignedZone& zone = internet_.zone(*drawn.further);
        const auto ds = ds_rdata(zone.apex, zone.signing);
        check(ds && sandbox.anchors.add(zone.apex, dns::Type::ds, *ds), "a zone's DS is taken");
    }
    auto options = resolver_options(drawn.config, &sandbox);
    check(options.has_value(), "a sandbox has its options");
    return {drawn.config, std::move(*options)};
}

}  // namespace wend::sim
