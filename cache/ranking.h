// How far data is to be trusted by where it was read (RFC 2181 5.4.1). Higher replaces lower.
#pragma once
#include <algorithm>
#include <cstdint>

#include "dns/types.h"

namespace wend::cache {

enum class Rank : std::uint8_t {
    hint,               // root hints and configuration, until priming
    additional,         // glue: leads to servers, is never an answer
    authority,          // authority section of a reply without AA (a referral's NS and DS)
    answer,             // answer section of a reply without AA; chain links after the first
    authority_from_aa,  // authority section of an authoritative reply
    answer_from_aa,     // answer section of an authoritative reply
};

// Of a CNAME, which zone's it is where a zone cut may lie at its owner. DS is asked for on the
// upper side of a cut (RFC 4035 3.1.4.1): an alias that came as the answer is no child's.
enum class Side : std::uint8_t { unknown, parent };

// Data below this rank leads the resolver to servers but is never given to a client.
inline constexpr Rank lowest_answer_rank = Rank::answer;

// Whether fresh data of one state must not give way to data of another: what was proved is not
// unsaid by what nobody has proved, nor what a validator let pass by what it rejected.
constexpr bool is_trust_lost(dns::Security fresh, dns::Security incoming) {
    using enum dns::Security;
    return (fresh == secure && incoming != secure) ||
           (incoming == bogus && fresh != bogus && fresh != unchecked);
}

// Whether incoming data replaces fresh data at the same owner and type: of a higher rank always, of
// a lower one never (RFC 2181 5.4.1), of the same rank unless trust were lost. Among answers a
// proof counts for more than a rank, which is a flag that whoever sends them sets as he likes.
constexpr bool may_replace(Rank fresh, dns::Security fresh_security, Rank incoming,
                           dns::Security incoming_security) {
    const bool is_proved = incoming_security == dns::Security::secure;
    const bool was_proved = fresh_security == dns::Security::secure;
    const bool are_answers = std::min(fresh, incoming) >= lowest_answer_rank;
    if (are_answers && is_proved != was_proved) {
        return is_proved;
    }
    return incoming > fresh ||
           (incoming == fresh && !is_trust_lost(fresh_security, incoming_security));
}

}  // namespace wend::cache
