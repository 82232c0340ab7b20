#include "transport/http1.h"

#include <algorithm>
#include <utility>

#include "transport/http1_judge.h"

namespace wend {
namespace {

constexpr std::size_t interim_answers_max = 8;

}  // namespace

std::size_t Http1Body::take(Octets octets) {
    const std::size_t taken = std::min(octets.size(), due_ - octets_.size());
    const std::size_t wanted = octets_.size() + taken;
    if (wanted > octets_.capacity()) {
        // What a head promises is not held until it comes, and no more than it is.
        octets_.reserve(std::min(due_, std::max(wanted, 2 * octets_.capacity())));
    }
    octets_.insert(octets_.end(), octets.begin(),
                   octets.begin() + static_cast<std::ptrdiff_t>(taken));
    return taken;
}

std::vector<std::uint8_t> Http1Body::release() {
    due_ = 0;
    return std::exchange(octets_, {});
}

Http1Reader::Http1Reader(const Http1Limits& limits)
    : limits_(limits), head_(Http1Side::request, limits) {}

Http1Fed<Http1Request> Http1Reader::feed(Octets octets) {
    if (bad_) {
        return {0, *bad_};
    }
    if (is_over_) {
        return {octets.size(), Http1NeedMore{}};
    }
    std::size_t consumed = 0;
    if (!is_in_body_) {
        const auto fed = head_.feed(octets);
        consumed = fed.consumed;
        if (fed.bad) {
            return refuse(consumed, *fed.bad);
        }
        if (!fed.is_whole) {
            return {consumed, Http1NeedMore{}};
        }
        auto judged = judged_request(head_.take(), limits_.body_octets_max);
        if (!judged) {
            return refuse(consumed, judged.error());
        }
        request_ = std::move(judged->request);
        body_.expect(judged->body_octets);
        is_continue_due_ = judged->is_continue_wanted;
        is_in_body_ = true;
    }
    consumed += body_.take(octets.subspan(consumed));
    if (!body_.is_whole()) {
        return {consumed, Http1NeedMore{}};
    }
    return finish(consumed);
}

bool Http1Reader::take_continue() {
    return std::exchange(is_continue_due_, false) && !body_.is_begun();
}

std::size_t Http1Reader::octets_held() const {
    std::size_t held = head_.octets_held() + body_.octets_held() + request_.path.capacity() +
                       request_.query.capacity() + request_.host.capacity() +
                       request_.fields.all().capacity() * sizeof(Http1Field);
    for (const Http1Field& field : request_.fields.all()) {
        held += field.name.capacity() + field.value.capacity();
    }
    return held;
}

Http1Fed<Http1Request> Http1Reader::refuse(std::size_t consumed, const Http1Bad& bad) {
    bad_ = bad;
    return {consumed, bad};
}

Http1Fed<Http1Request> Http1Reader::finish(std::size_t consumed) {
    is_in_body_ = false;
    is_continue_due_ = false;
    is_over_ = !request_.is_kept;
    request_.body = body_.release();
    return {consumed, std::exchange(request_, {})};
}

Http1ResponseReader::Http1ResponseReader(const Http1Limits& limits)
    : limits_(limits), head_(Http1Side::response, limits) {}

Http1Fed<Http1Answer> Http1ResponseReader::feed(Octets octets) {
    std::size_t consumed = 0;
    while (!is_in_body_ && !bad_) {
        const auto fed = head_.feed(octets.subspan(consumed));
        consumed += fed.consumed;
        bad_ = fed.bad;
        if (!bad_ && !fed.is_whole) {
            return {consumed, Http1NeedMore{}};
        }
        if (!bad_) {
            bad_ = take_head();
        }
    }
    if (bad_) {
        bad_->status = 502;
        return {consumed, *bad_};
    }
    consumed += body_.take(octets.subspan(consumed));
    if (!body_.is_whole()) {
        return {consumed, Http1NeedMore{}};
    }
    is_in_body_ = false;
    is_head_ = false;
    interim_answers_ = 0;
    answer_.body = body_.release();
    return {consumed, std::exchange(answer_, {})};
}

std::optional<Http1Bad> Http1ResponseReader::take_head() {
    auto judged = judged_answer(head_.take(), is_head_, limits_.body_octets_max);
    if (!judged) {
        return judged.error();
    }
    if (judged->is_interim) {
        return ++interim_answers_ > interim_answers_max
                   ? std::optional(Http1Bad{502, "the server sends interim answers without end"})
                   : std::nullopt;
    }
    answer_ = std::move(judged->answer);
    body_.expect(judged->body_octets);
    is_in_body_ = true;
    return std::nullopt;
}

}  // namespace wend
