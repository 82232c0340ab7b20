// One rule, as a reader of a list or of a response policy zone hands it to the builder of the book.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "dns/name.h"

namespace wend::policy {

// What a rule is compared with, the stronger first (draft-vixie-dnsop-dns-rpz-00 5.4).
enum class Trigger : std::uint8_t { client_ip, qname, ip, nsdname, nsip };

inline constexpr std::size_t trigger_count = static_cast<std::size_t>(Trigger::nsip) + 1;

constexpr bool is_of_names(Trigger trigger) {
    return trigger == Trigger::qname || trigger == Trigger::nsdname;
}

// Of a name's rule: the name itself, what is below it ("*.name"), or both. Bits.
enum class Covers : std::uint8_t { name = 1, below = 2, subtree = 3 };

enum class Action : std::uint8_t {
    withhold,  // answered as the client's group says: lists
    nxdomain,
    nodata,
    passthru,  // the truth, and no other rule
    drop,
    tcp_only,
    records,  // data of its own in place of the truth
};

struct Rule {
    Trigger trigger = Trigger::qname;
    Action action = Action::withhold;
    Covers covers = Covers::name;         // of names
    bool important = false;               // of lists: goes before what is not
    dns::Name name{};                     // of names; without "*."
    Prefix prefix{IpAddress(), 128};      // of addresses
    std::vector<std::uint8_t> records{};  // Action::records; policy/rule_records.h has the form
    std::size_t line = 0;                 // of the text, from 1
};

}  // namespace wend::policy
