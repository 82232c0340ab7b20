// Configurations drawn from a seed, of which each may follow each.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "server/service/service.h"
#include "tests/properties/reload/views.h"
#include "tests/properties/signed/signed_internet.h"

namespace wend::sim {

// A configuration, and what its files say.
struct Drawn {
    Config config{};
    std::size_t first_root = 0;            // the hints name the root's servers from this one on
    bool is_true_anchor = true;            // else the root's anchor is of a key that it has not
    std::optional<std::size_t> further{};  // a zone whose own keys are an anchor too
};

class ConfigDraw {
  public:
    // All outlive it.
    ConfigDraw(const SignedInternet& internet, const Views& views, Random& random);

    // The first: nothing of the internet is configured but its root.
    static Drawn plain();

    // `before` with one to three things changed.
    Drawn next(const Drawn& before) const;

    ReadConfig read(const Drawn& drawn) const;

  private:
    dns::Name draw_place() const;
    Config::Zone draw_zone(bool is_stub) const;
    void change(Drawn& drawn) const;
    void change_zones(Config& config) const;
    void change_trust(Drawn& drawn) const;
    void change_upstream(Drawn& drawn) const;
    void change_limits(Config& config) const;

    const SignedInternet& internet_;
    const Views& views_;
    Random& random_;
    std::vector<dns::Name> places_;  // where something may be configured
};

}  // namespace wend::sim
