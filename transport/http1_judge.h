// What a whole head means: the rules of RFC 9110 and RFC 9112 that are not grammar, as pure
// functions.
#pragma once
#include <cstddef>
#include <expected>

#include "transport/http1.h"

namespace wend {

struct JudgedRequest {
    Http1Request request;
    std::size_t body_octets = 0;  // at most body_octets_max
    bool is_continue_wanted = false;
};

std::expected<JudgedRequest, Http1Bad> judged_request(Http1Head&& head,
                                                      std::size_t body_octets_max);

struct JudgedAnswer {
    Http1Answer answer;
    std::size_t body_octets = 0;
    bool is_interim = false;  // a 1xx; another head follows
};

// `is_head`: it answers a HEAD.
std::expected<JudgedAnswer, Http1Bad> judged_answer(Http1Head&& head, bool is_head,
                                                    std::size_t body_octets_max);

}  // namespace wend
