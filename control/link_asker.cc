#include "control/link_asker.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace wend {

LinkAsker::~LinkAsker() {
    clock_.cancel(*this);
}

std::uint64_t LinkAsker::ask(LinkRequest request, Duration patience, Told told) {
    const std::uint64_t id = next_id_++;
    if (is_closed_) {
        told({.what = LinkAnswer::What::gone});
        return id;
    }
    if (questions_.size() >= link_questions_max) {
        told({.what = LinkAnswer::What::no_room, .reason = "too many questions wait already"});
        return id;
    }
    request.id = id;
    if (const auto sent = link_.send(std::move(request)); !sent) {
        told({.what = LinkAnswer::What::no_room, .reason = sent.error()});
        return id;
    }
    questions_.emplace(id, Question{clock_.now() + patience, std::move(told)});
    aim();
    return id;
}

void LinkAsker::withdraw(std::uint64_t id) {
    questions_.erase(id);
}

void LinkAsker::tell(std::uint64_t id, LinkAnswer answer) {
    auto question = questions_.extract(id);
    if (!question.empty()) {
        question.mapped().told(std::move(answer));
    }
}

void LinkAsker::on_reply(LinkReply reply) {
    const std::uint64_t id = reply.id;
    tell(id, {.reply = std::move(reply)});
}

void LinkAsker::on_closed() {
    is_closed_ = true;
    while (!questions_.empty()) {  // ends: nothing is added any more
        tell(questions_.begin()->first, {.what = LinkAnswer::What::gone});
    }
}

void LinkAsker::aim() {
    if (questions_.empty()) {
        return;
    }
    const auto first = std::ranges::min_element(
        questions_, {}, [](const auto& question) { return question.second.deadline; });
    clock_.schedule(*this, first->second.deadline);
}

void LinkAsker::expire() {
    std::vector<std::uint64_t> late;
    for (const auto& [id, question] : questions_) {
        if (question.deadline <= clock_.now()) {
            late.push_back(id);
        }
    }
    for (const std::uint64_t id : late) {
        tell(id, {.what = LinkAnswer::What::late});
    }
    aim();
}

}  // namespace wend
