// The zones of a signed internet as text in the making, and what each is to be.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "tests/properties/signed/signed_internet.h"

namespace wend::sim {

struct PlannedZone {
    SignedZone zone{};
    std::string apex;  // as text
    std::size_t depth = 0;
    std::vector<std::string> names{};  // worth asking for
    bool hosts_itself = true;          // its servers' names are its own: others may lean on them
};

// An NS record leans only on zones drawn before it, so that no delegation waits for itself.
struct InternetPlan {
    InternetPlan(Random& chance, bool owner) : random(chance), with_owner(owner) {}

    void draw();

    Random& random;
    bool with_owner;
    std::vector<PlannedZone> zones{};
    std::map<IpAddress, Duration> addresses{};  // each server's, with its round trip
    std::optional<std::size_t> owners_zone{};
    std::optional<std::string> chain_start{};  // where the longest chain of aliases begins
    bool wide = false;                         // many zones, nearly all of them secure

  private:
    void add_zone(std::size_t parent);
    void choose_owner();
    void draw_signing(std::size_t number);
    void draw_keys(SigningOptions& signing);
    bool is_at_or_below_owner(std::size_t number) const;
    void add_servers(std::size_t number);
    std::string address_for(std::size_t number);
    void add_data(std::size_t number);
    void add_wildcards(std::size_t number);
    void add_aliases(std::size_t number);
    void add_long_chain();
    void add_name(std::size_t number, std::string_view label, std::string_view records);
    std::string any_target();
    unsigned ttl();

    unsigned servers_ = 0;
    std::uint64_t keys_ = 0;
};

}  // namespace wend::sim
