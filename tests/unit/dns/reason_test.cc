#include "dns/reason.h"

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "dns/form_error.h"

using namespace wend::dns;

namespace {

bool is_kebab_case(std::string_view text) {
    return !text.empty() && text.front() != '-' && text.back() != '-' &&
           text.find("--") == text.npos &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

}  // namespace

TEST_CASE("each reason has a word of its own and a sentence of at most 64 octets",
          "[dns][reason]") {
    std::set<std::string_view> words;
    std::set<std::string_view> sentences;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const auto reason = static_cast<Reason>(i);
        CAPTURE(to_text(reason));
        CHECK(is_kebab_case(to_text(reason)));
        CHECK(words.insert(to_text(reason)).second);
        CHECK(sentences.insert(describe(reason)).second);
        CHECK(describe(reason).size() <= 64);
    }
}

TEST_CASE("each reason has the INFO-CODE that RFC 8914 has for it", "[dns][reason][rfc8914-4]") {
    using enum Reason;
    for (const Reason silent :
         {none, from_cache, resolved, local_data, malformed_query, bad_edns_version,
          response_as_query, rate_limited, dname_too_long}) {
        CAPTURE(to_text(silent));
        CHECK_FALSE(extended_error(silent));
    }
    for (const Reason other : {alias_loop, budget_upstream_packets, budget_upstream_octets,
                               budget_server_names, budget_aliases, budget_depth, budget_referrals,
                               budget_signatures, budget_nsec3, budget_cached_records}) {
        CAPTURE(to_text(other));
        CHECK(extended_error(other) == 0);
    }
    for (const Reason unreachable : {no_server_answered, no_reachable_server, lame_delegation,
                                     cyclic_delegation, no_address_for_servers, deadline_passed}) {
        CAPTURE(to_text(unreachable));
        CHECK(extended_error(unreachable) == 22);  // No Reachable Authority
    }
    CHECK(extended_error(wrong_clock) == 5);      // DNSSEC Indeterminate
    CHECK(extended_error(bogus_signature) == 6);  // DNSSEC Bogus
    CHECK(extended_error(bogus_unknown) == 6);
    CHECK(extended_error(bogus_expired) == 7);        // Signature Expired
    CHECK(extended_error(bogus_not_yet_valid) == 8);  // Signature Not Yet Valid
    CHECK(extended_error(bogus_no_key) == 9);         // DNSKEY Missing
    CHECK(extended_error(bogus_no_signature) == 10);  // RRSIGs Missing
    CHECK(extended_error(bogus_no_proof) == 12);      // NSEC Missing
    CHECK(extended_error(cached_failure) == 13);      // Cached Error
    CHECK(extended_error(too_many_waiting) == 23);    // Network Error
    CHECK(extended_error(zone_overloaded) == 23);
    CHECK(extended_error(zone_silent) == 22);
    CHECK(extended_error(shutting_down) == 14);
    CHECK(extended_error(client_not_allowed) == 18);  // Prohibited
    CHECK(extended_error(not_recursive) == 20);       // Not Authoritative
    CHECK(extended_error(unsupported_opcode) == 21);  // Not Supported
    CHECK(extended_error(unsupported_class) == 21);
    CHECK(extended_error(invalid_type) == 30);    // Invalid Query Type
    CHECK(extended_error(server_failure) == 23);  // Network Error
    CHECK(extended_error(bad_response) == 23);
}

TEST_CASE("each way to be malformed is described in words of its own", "[dns]") {
    std::set<std::string_view> seen;
    for (int i = 0; i <= static_cast<int>(FormError::bad_type); ++i) {
        const std::string_view words = describe(static_cast<FormError>(i));
        CAPTURE(words);
        CHECK_FALSE(words.empty());
        CHECK(seen.insert(words).second);
    }
}
