#include <algorithm>
#include <array>

#include "sim/forgery.h"
#include "tests/properties/signed/attackers.h"

namespace wend::sim {

using dns::Question;

void OnPath::begin() {
    activate();
    constexpr std::array<unsigned, 4> rates = {10, 30, 70, 100};
    const auto& zones = internet().zones();
    for (int again = 0; again < 3 && (victim_ == nullptr || !victim_->secure); ++again) {
        victim_ = &zones[1 + random().below(zones.size() - 1)];
    }
    touches_percent_ = rates[random().below(rates.size())];
    refers_percent_ = rates[random().below(rates.size())];
    spoils_percent_ = rates[random().below(rates.size())];
}

bool OnPath::touch(const Endpoint& server, const Question& question, Draft& draft) {
    const bool his = server.ip == forged_address();
    const bool about_victim = question.qname.view().is_subdomain_of(victim_->apex);
    if (!random().chance(about_victim || his ? touches_percent_ : touches_percent_ / 3)) {
        return false;
    }
    const bool of_victim =
        std::ranges::find(victim_->addresses, server.ip) != victim_->addresses.end();
    if (about_victim && !his && !of_victim && random().chance(refers_percent_)) {
        refer(question, victim_->apex, draft);
    } else if (random().chance(spoils_percent_)) {
        spoil(question, draft);
        return true;
    } else if (random().chance(15)) {
        const std::size_t labels = question.qname.view().label_count();
        refer(question, question.qname.view().suffix(random().below(labels + 1)), draft);
    } else if (random().chance(50)) {
        answer_with(question, draft);
    } else {
        deny(question, draft);
    }
    if (random().chance(10)) {
        spoil(question, draft);
    }
    return true;
}

}  // namespace wend::sim
