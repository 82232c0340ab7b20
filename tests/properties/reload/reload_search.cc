#include "tests/properties/reload/reload_search.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/frame.h"
#include "config/plan_text.h"
#include "tests/properties/compare.h"
#include "tests/properties/reload/drawn_config.h"
#include "tests/properties/reload/sim_server.h"
#include "tests/properties/reload/views.h"
#include "tests/properties/signed/truth.h"

namespace wend::sim {

namespace {

using std::chrono::milliseconds;

constexpr WallTime wall_start{std::chrono::seconds(1'800'000'000)};
constexpr std::size_t questions_max = 60;  // compared after each change
constexpr std::size_t asked_before_max = 25;
constexpr std::size_t begun_max = 12;

std::string outline(const Answer& answer) {
    std::string text = fmt::format("{} {} {}", dns::to_text(answer.rcode),
                                   dns::to_text(answer.security), dns::to_text(answer.reason));
    for (const dns::RRset& rrset : answer.answer) {
        text += fmt::format(" [{} {} x{}]", dns::to_text(rrset.owner()), dns::to_text(rrset.type()),
                            rrset.rdatas().size());
    }
    return text + (answer.detail.empty() ? "" : " (" + answer.detail + ")");
}

// Whether clients hear the same but for TTLs: code, data, AD, and whether validation failed.
bool say_the_same(const Answer& a, const Answer& b) {
    if (a.rcode != b.rcode) {
        return false;
    }
    if (a.rcode == dns::Rcode::servfail) {
        const auto is_unknown = [](const Answer& answer) {
            return answer.reason == dns::Reason::cached_failure ||
                   answer.reason == dns::Reason::dnskey_unfetched;
        };
        return is_unknown(a) || is_unknown(b) || dns::is_bogus(a.reason) == dns::is_bogus(b.reason);
    }
    const auto is_secure = [](const Answer& answer) {
        return answer.security == dns::Security::secure;
    };
    return is_secure(a) == is_secure(b) && std::ranges::equal(a.answer, b.answer, dns::same_data);
}

class ReloadSearch {
  public:
    ReloadSearch(std::uint64_t seed, const ReloadOptions& options)
        : options_(options),
          random_(seed),
          internet_(random_, wall_start, false),
          views_(internet_, random_),
          draw_(internet_, views_, random_) {
        report_.internet = internet_.to_text();
        report_.hash = seed;
        draw_questions();
    }

    ReloadReport run();

  private:
    void draw_questions();

    const dns::Question& any_question() { return questions_[random_.below(questions_.size())]; }

    void change(SimServer& server);
    void compare(SimServer& server, SimServer& fresh);
    bool is_true_from_memory(const dns::Question& question, const Answer& expected,
                             const Answer& got) const;
    void note(const Answer& answer);

    ReloadOptions options_;
    ReloadReport report_;
    SeededRandom random_;
    SignedInternet internet_;
    Views views_;
    ConfigDraw draw_;
    std::vector<dns::Question> questions_;
    TruthTeller truths_{internet_};
    std::vector<Flush> flushes_;  // of the last change
    Drawn in_force_ = ConfigDraw::plain();
};

// All names of places where something may be configured are among them, at the internet's size.
void ReloadSearch::draw_questions() {
    constexpr std::array types = {dns::Type::a,   dns::Type::a,      dns::Type::aaaa,
                                  dns::Type::txt, dns::Type::ds,     dns::Type::soa,
                                  dns::Type::ns,  dns::Type::dnskey, dns::Type::mx};
    for (const dns::Name& name : views_.inside_names()) {
        questions_.push_back({name, dns::Type::a});
    }
    for (const dns::Name& name : views_.inside()) {
        questions_.push_back({name, dns::Type::a});
        questions_.push_back({name, dns::Type::ds});
        questions_.push_back({name, dns::Type::soa});
    }
    while (questions_.size() < questions_max) {
        if (random_.chance(50)) {
            questions_.push_back(internet_.draw_question(random_));
            continue;
        }
        const dns::Name& name = internet_.names()[random_.below(internet_.names().size())];
        questions_.push_back({name, types[random_.below(types.size())]});
    }
}

ReloadReport ReloadSearch::run() {
    {
        SimServer server(views_, random_, wall_start, draw_.read(in_force_));
        for (std::size_t i = 0; i < options_.changes && report_.broken.empty(); ++i) {
            change(server);
        }
    }
    if (live_frames() > 0) {
        report_.broken.push_back(fmt::format("{} frames live at the end", live_frames()));
    }
    return std::move(report_);
}

void ReloadSearch::change(SimServer& server) {
    for (std::uint64_t i = random_.below(asked_before_max); i > 0; --i) {
        server.ask(any_question());
    }
    for (std::uint64_t i = random_.below(begun_max); i > 0; --i) {
        server.begin(any_question());
        server.wait(milliseconds(random_.below(40)));
    }
    const Drawn wanted = draw_.next(in_force_);
    const Plan plan = plan_of(in_force_.config, wanted.config);
    if (options_.trace) {
        fmt::print("change {}: roots from {}, {} anchor, {}\n", report_.changes, wanted.first_root,
                   wanted.is_true_anchor ? "true" : "untrue",
                   wanted.further ? dns::to_text(internet_.zone(*wanted.further).apex) : "none");
        for (const KeyChange& key : plan.keys) {
            fmt::print("  {}: {} -> {}\n", key.path, key.was, key.is);
        }
        for (const Flush& flush : plan.flushes) {
            fmt::print("  flushes {}\n", describe(flush));
        }
    }
    in_force_ = wanted;
    ++report_.changes;
    report_.flushes += plan.flushes.size();
    flushes_ = plan.flushes;
    server.reload(draw_.read(wanted));
    for (std::uint64_t i = random_.below(3); i > 0; --i) {
        server.begin(any_question());
    }
    if (!server.settle()) {
        report_.broken.push_back(
            fmt::format("change {}: a client was not answered just once", report_.changes));
        return;
    }
    SimServer fresh(views_, random_, server.wall_now(), draw_.read(wanted));
    compare(server, fresh);
}

void ReloadSearch::compare(SimServer& server, SimServer& fresh) {
    for (const dns::Question& question : questions_) {
        const std::optional<Answer> expected = fresh.ask(question);
        const std::optional<Answer> got = server.ask(question);
        if (!expected || !got) {
            report_.broken.push_back(fmt::format("change {}: {} {} was never answered",
                                                 report_.changes, dns::to_text(question.qname),
                                                 dns::to_text(question.qtype)));
            continue;
        }
        if (dns::is_limit(expected->reason) || dns::is_limit(got->reason)) {
            ++report_.limits;
            continue;
        }
        ++report_.answers;
        report_.secure += expected->security == dns::Security::secure ? 1U : 0U;
        report_.failed += expected->rcode == dns::Rcode::servfail ? 1U : 0U;
        note(*got);
        if (say_the_same(*expected, *got)) {
            continue;
        }
        if (is_true_from_memory(question, *expected, *got)) {
            ++report_.from_memory;
        } else {
            report_.broken.push_back(
                fmt::format("change {}: {} {}: {}\n    but a fresh server says: {}",
                            report_.changes - 1, dns::to_text(question.qname),
                            dns::to_text(question.qtype), outline(*got), outline(*expected)));
        }
    }
}

// What nobody can be asked for any more, or whose keys, since its servers' names lie in a zone that
// is configured away, may still be known, and is as true as before. Not so what lies in a zone that
// this change has flushed, unless it is what everybody else hears.
bool ReloadSearch::is_true_from_memory(const dns::Question& question, const Answer& expected,
                                       const Answer& got) const {
    if (expected.rcode != dns::Rcode::servfail || dns::is_bogus(expected.reason)) {
        return false;
    }
    const auto lies_in = [this](dns::NameView name, bool changed) {
        const auto is_otherwise = [&](const Config::Zone& zone) {
            return name.is_subdomain_of(zone.zone) &&
                   (zone.addresses.front() == Views::inside_server() ||
                    zone.addresses.front() == Views::inside_forwarder() ||
                    zone.addresses.front() == Views::dead());
        };
        const auto is_flushed = [&](const Flush& flush) {
            return flush.what == Flush::What::everything && name.is_subdomain_of(flush.zone);
        };
        return changed ? std::ranges::any_of(flushes_, is_flushed)
                       : std::ranges::any_of(in_force_.config.forward, is_otherwise) ||
                             std::ranges::any_of(in_force_.config.stub, is_otherwise);
    };
    const auto any_lies_in = [&](bool changed) {
        const auto lies = [&](dns::NameView name) { return lies_in(name, changed); };
        return lies(question.qname) || std::ranges::any_of(got.answer, lies, &dns::RRset::owner);
    };
    return got.rcode == dns::Rcode::servfail || !any_lies_in(true) ||
           (!any_lies_in(false) && difference(got, truths_.of(question).content).empty());
}

void ReloadSearch::note(const Answer& answer) {
    for (const std::uint64_t value :
         {static_cast<std::uint64_t>(answer.rcode), static_cast<std::uint64_t>(answer.security),
          static_cast<std::uint64_t>(answer.reason), std::uint64_t{answer.answer.size()}}) {
        report_.hash = mix(report_.hash, value);
    }
}

}  // namespace

void ReloadReport::add(const ReloadReport& more) {
    changes += more.changes;
    flushes += more.flushes;
    answers += more.answers;
    secure += more.secure;
    failed += more.failed;
    limits += more.limits;
    from_memory += more.from_memory;
    hash = mix(hash, more.hash);
}

ReloadReport search_reloads(std::uint64_t seed, const ReloadOptions& options) {
    return ReloadSearch(seed, options).run();
}

}  // namespace wend::sim
