#include "tests/properties/signed/search.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/frame.h"
#include "base/hash.h"
#include "dns/reason.h"
#include "tests/properties/compare.h"
#include "tests/properties/signed/attackers.h"
#include "tests/properties/signed/truth.h"

namespace wend::sim {

namespace {

using std::chrono::seconds;

constexpr WallTime wall_start{seconds(1'800'000'000)};
constexpr std::size_t quiet_questions = 15;
constexpr std::size_t attacked_questions = 40;
constexpr std::size_t later_questions = 15;
// Longer than any failure is remembered (RFC 9520 3.2).
constexpr Duration failure_time = seconds(400);

enum class Phase : std::uint8_t { before, under_attack, after, long_after };

std::string_view to_text(Phase phase) {
    switch (phase) {
        case Phase::before:
            return "before";
        case Phase::under_attack:
            return "during";
        case Phase::after:
            return "after";
        case Phase::long_after:
            return "long after";
    }
    return {};
}

class Search {
  public:
    Search(std::uint64_t seed, const SearchOptions& options)
        : options_(options),
          random_(seed),
          internet_(random_, wall_start, options.kind == SearchKind::owner),
          truths_(internet_) {
        report_.internet = internet_.to_text();
        report_.hash = seed;
    }

    SearchReport run();

  private:
    struct Asked {
        dns::Question question;
        bool checking_disabled = false;
        Phase phase{};
    };

    void run_session();
    void run_phase(Phase phase, std::size_t questions);
    dns::Question draw_question(Phase phase);
    dns::Question near_prey(dns::Type type);
    void ask(Phase phase);
    void judge(const Asked& asked, const Answer& answer);
    std::string fault_of(const Asked& asked, const Answer& answer, const Truth& truth);
    void note(const Asked& asked, const Answer& answer, const Truth& truth);
    const Truth& truth_of(const dns::Question& question);
    void broken(const Asked& asked, const std::string& what);
    void show(const Asked& asked, const std::optional<Answer>& answer) const;

    SearchOptions options_;
    SearchReport report_;
    SeededRandom random_;
    SignedInternet internet_;
    TruthTeller truths_;
    std::map<std::pair<dns::Type, dns::Name>, Truth, decltype([](const auto& a, const auto& b) {
                 const auto order = canonical_order(a.second, b.second);
                 return order != 0 ? order < 0 : a.first < b.first;
             })>
        known_;
    std::size_t session_ = 0;
    OnPath* on_path_ = nullptr;        // while there is one
    MaliciousOwner* owner_ = nullptr;  // the same
    std::unique_ptr<Attacker> attacker_;
    std::unique_ptr<Stage> stage_;
};

SearchReport Search::run() {
    for (session_ = 0; session_ < options_.sessions; ++session_) {
        run_session();
    }
    return std::move(report_);
}

void Search::run_session() {
    on_path_ = nullptr;
    owner_ = nullptr;
    if (options_.kind == SearchKind::on_path) {
        auto attacker = std::make_unique<OnPath>(internet_, random_);
        on_path_ = attacker.get();
        attacker_ = std::move(attacker);
    } else if (options_.kind == SearchKind::owner) {
        auto attacker = std::make_unique<MaliciousOwner>(internet_, random_);
        owner_ = attacker.get();
        attacker_ = std::move(attacker);
    }
    ServerModel& servers = attacker_ ? static_cast<ServerModel&>(*attacker_) : internet_.servers();
    stage_ = std::make_unique<Stage>(internet_, servers, random_, wall_start);
    const std::size_t quiet = random_.below(quiet_questions + 1);
    if (attacker_) {
        attacker_->show(options_.trace);
        run_phase(Phase::before, quiet);
        attacker_->begin();
        run_phase(Phase::under_attack, attacked_questions);
        attacker_->leave();
        run_phase(Phase::after, later_questions);
        stage_->wait(failure_time);
        run_phase(Phase::long_after, later_questions);
        report_.touched += attacker_->touched();
    } else {
        run_phase(Phase::before, quiet_questions + attacked_questions + later_questions);
    }
    report_.upstream_queries += stage_->upstream_queries();
    report_.most.take(stage_->most());
    stage_.reset();
    attacker_.reset();
    if (live_frames() > 0) {
        report_.broken.push_back(fmt::format("{} frames live at the end", live_frames()));
    }
}

void Search::run_phase(Phase phase, std::size_t questions) {
    for (std::size_t i = 0; i < questions; ++i) {
        ask(phase);
        const std::uint64_t pause = random_.below(10);
        const std::uint64_t span = pause < 7 ? 0 : pause < 9 ? 20 : 400;
        if (span > 0) {
            stage_->wait(seconds(1 + random_.below(span)));
        }
    }
}

// The longest chain of aliases is asked for at times while the caches are empty. Half of the others
// are near what the attacker is after; of the owner's own names a part.
dns::Question Search::draw_question(Phase phase) {
    if (stage_->upstream_queries() == 0 && internet_.chain_start() && random_.chance(50)) {
        return {*internet_.chain_start(), dns::Type::a};
    }
    dns::Question question = internet_.draw_question(random_);
    if (attacker_ == nullptr || phase == Phase::before) {
        return question;
    }
    if (owner_ != nullptr && phase == Phase::under_attack && random_.chance(40)) {
        return owner_->draw_bait();
    }
    if (owner_ != nullptr && random_.chance(30)) {
        return near_prey(question.qtype);
    }
    const bool near = random_.chance(on_path_ != nullptr ? 60 : 30);
    const dns::Name& about = on_path_ != nullptr
                                 ? on_path_->victim().apex
                                 : internet_.zone_of(owner_->prey(), dns::Type::a).apex;
    for (int again = 0; near && again < 20; ++again) {
        if (question.qname.view().is_subdomain_of(about)) {
            break;
        }
        question = internet_.draw_question(random_);
    }
    return question;
}

// The name that the owner is after; or one that is not there, of a zone above it: its SOA becomes
// known, without which nothing is denied from memory.
dns::Question Search::near_prey(dns::Type type) {
    const dns::Name& prey = owner_->prey();
    if (random_.chance(60)) {
        return {prey, type};
    }
    const std::size_t labels = prey.view().label_count();
    const dns::NameView above = prey.view().suffix(random_.below(labels + 1));
    constexpr std::array<std::uint8_t, 2> label = {'z', 'z'};
    return {dns::Name(above).with_label(label).value_or(prey), type};
}

void Search::ask(Phase phase) {
    Asked asked;
    asked.question = draw_question(phase);
    asked.checking_disabled = random_.chance(15);
    asked.phase = phase;
    const std::optional<Answer> answer = stage_->ask(asked.question, asked.checking_disabled);
    if (options_.trace) {
        show(asked, answer);
    }
    if (!answer) {
        broken(asked, "was never answered");
        return;
    }
    judge(asked, *answer);
}

const Truth& Search::truth_of(const dns::Question& question) {
    const std::pair key(question.qtype, question.qname);
    const auto found = known_.find(key);
    return found != known_.end() ? found->second
                                 : known_.emplace(key, truths_.of(question)).first->second;
}

void Search::judge(const Asked& asked, const Answer& answer) {
    const Truth& truth = truth_of(asked.question);
    note(asked, answer, truth);
    if (options_.kind == SearchKind::owner && truth.is_owners) {
        return;
    }
    ++report_.answers;
    const std::string what = fault_of(asked, answer, truth);
    if (!what.empty()) {
        broken(asked, what);
    }
}

// Whoever checks by himself is told whatever the servers say; where they are honest or lie about
// their own, that is the truth.
std::string Search::fault_of(const Asked& asked, const Answer& answer, const Truth& truth) {
    const bool failed = answer.rcode == dns::Rcode::servfail && !truth.is_failure();
    report_.failures += failed ? 1U : 0U;
    if (on_path_ != nullptr && asked.phase != Phase::before) {
        if (asked.checking_disabled) {
            return {};
        }
        const bool lasts = failed && asked.phase == Phase::long_after && truth.secure;
        report_.lasting += lasts ? 1U : 0U;
        std::string what = fault_under_attack(answer, truth);
        report_.true_ones += what.empty() && !failed && truth.secure ? 1U : 0U;
        return what;
    }
    if (failed && dns::is_limit(answer.reason)) {
        ++report_.limits;
        if (!options_.strict) {
            return {};
        }
    }
    std::string what = asked.checking_disabled ? difference(answer, truth.content)
                                               : fault_when_honest(answer, truth);
    report_.true_ones += what.empty() ? 1U : 0U;
    return what;
}

void Search::note(const Asked& asked, const Answer& answer, const Truth& truth) {
    const auto add = [this](std::uint64_t value) { report_.hash = mix(report_.hash, value); };
    add(static_cast<std::uint64_t>(answer.rcode));
    add(static_cast<std::uint64_t>(answer.security));
    add(static_cast<std::uint64_t>(answer.reason));
    add(answer.answer.size() * 2 + (truth.secure ? 1 : 0));
    add(static_cast<std::uint64_t>(asked.question.qtype));
    add(static_cast<std::uint64_t>(stage_->now().time_since_epoch().count()));
}

void Search::broken(const Asked& asked, const std::string& what) {
    report_.broken.push_back(fmt::format(
        "session {}, {} at {} s: {} {}{}: {}", session_, to_text(asked.phase),
        stage_->now().time_since_epoch().count() / 1'000'000, dns::to_text(asked.question.qname),
        dns::to_text(asked.question.qtype), asked.checking_disabled ? " with CD" : "", what));
}

void Search::show(const Asked& asked, const std::optional<Answer>& answer) const {
    fmt::print("session {} {}: {} {}{}: {}\n", session_, to_text(asked.phase),
               dns::to_text(asked.question.qname), dns::to_text(asked.question.qtype),
               asked.checking_disabled ? " with CD" : "",
               !answer ? "nothing"
                       : fmt::format("{}, {}, {} {}", dns::to_text(answer->rcode),
                                     dns::to_text(answer->security), dns::to_text(answer->reason),
                                     answer->detail));
    if (answer) {
        for (const dns::RRset& rrset : answer->answer) {
            fmt::print("  answer {}", dns::to_text(rrset));
        }
    }
}

}  // namespace

void SearchReport::add(const SearchReport& more) {
    answers += more.answers;
    true_ones += more.true_ones;
    failures += more.failures;
    limits += more.limits;
    lasting += more.lasting;
    touched += more.touched;
    upstream_queries += more.upstream_queries;
    hash = mix(hash, more.hash);
    most.take(more.most);
}

SearchReport search(std::uint64_t seed, const SearchOptions& options) {
    return Search(seed, options).run();
}

}  // namespace wend::sim
