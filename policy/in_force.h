// The policy that a worker judges by at one moment: who is in which group, and what holds for it.
// Immutable, shared by all workers; replaced whole when the configuration, a list or a zone
// changes.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "dns/name.h"
#include "dns/types.h"
#include "policy/book/book.h"
#include "policy/groups.h"

namespace wend::policy {

// Of one source of the book, by its number there.
struct SourceOptions {
    Mode mode = Mode::enforce;
    // Of response policy zones.
    std::optional<Action> override_by{};        // in place of each rule's own
    std::optional<dns::Name> override_cname{};  // with Action::records
    bool is_disabled = false;       // override "disabled": logged, and the next zone decides
    bool mandatory = false;         // goes before a group's own allow
    bool break_dnssec = true;       // rewrites for who asks with DO, too
    bool waits_for_answer = false;  // "qname-wait-recurse"
    bool adds_soa = true;           // in the additional section
    unsigned min_ns_dots = 1;
    std::uint32_t ttl_max = 60;          // seconds
    std::optional<std::uint16_t> ede{};  // INFO-CODE 4, 15, 16, 17 or 18; nothing: none
    // The SOA at the zone's apex: TTL and rdata; empty: the file had none.
    std::uint32_t soa_ttl = 0;
    std::vector<std::uint8_t> soa{};
};

// Of one group: which sources of the book count.
struct GroupSources {
    SourceMask mandatory{};
    SourceMask rpz{};    // the others
    SourceMask lists{};  // block and allow
};

struct InForce {
    Groups groups;
    std::vector<GroupSources> of_group;      // by group
    std::vector<GroupSources> own_of_group;  // the same in `own`: allow and block
    BookPtr own;                             // groups' own names; null: none has any
    BookPtr book;                            // null: no sources, or none is loaded yet
    std::vector<SourceOptions> sources;      // of `book`
    bool is_loading = false;                 // sources are missing from the book
    bool fails_until_loaded = false;         // policy.until-loaded "servfail"
};

using InForcePtr = std::shared_ptr<const InForce>;

}  // namespace wend::policy
