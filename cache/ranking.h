// How far data is to be trusted by where it was read (RFC 2181 5.4.1). Higher replaces lower.
#pragma once
#include <cstdint>

namespace wend::cache {

enum class Rank : std::uint8_t {
    hint,               // root hints and configuration, until priming
    additional,         // glue: leads to servers, is never an answer
    authority,          // authority section of a reply without AA (a referral's NS and DS)
    answer,             // answer section of a reply without AA; chain links after the first
    authority_from_aa,  // authority section of an authoritative reply
    answer_from_aa,     // answer section of an authoritative reply
};

// Data below this rank leads the resolver to servers but is never given to a client.
inline constexpr Rank lowest_answer_rank = Rank::answer;

}  // namespace wend::cache
