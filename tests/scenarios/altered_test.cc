// The runner can fail: our scenarios, each with one octet of an expected answer changed.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "config/files.h"
#include "replay/replay.h"
#include "replay/subject.h"

using namespace wend;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> our_scenarios() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(WEND_SCENARIOS)) {
        if (entry.path().extension() == ".rpl") {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

// The last octet of the last record that a check expects; null if none expects any.
std::uint8_t* octet_to_change(sim::Scenario& scenario) {
    std::uint8_t* last = nullptr;
    for (sim::Step& step : scenario.steps) {
        if (step.type != sim::StepType::check_answer ||
            !step.entry->match.has(sim::MatchToken::all)) {
            continue;
        }
        for (dns::ZoneRecord& record : step.entry->packets.front().records(dns::Section::answer)) {
            if (record.type == dns::Type::a) {
                last = &record.rdata.back();
            }
        }
    }
    return last;
}

}  // namespace

TEST_CASE("a scenario with one octet of an expected answer changed does not pass",
          "[sim][replay]") {
    int changed = 0;
    for (const fs::path& path : our_scenarios()) {
        const auto text = read_file(path.string());
        REQUIRE(text);
        auto scenario = sim::read_scenario(*text);
        REQUIRE(scenario);
        std::uint8_t* octet = octet_to_change(*scenario);
        const auto settings = sim::settings_of(*scenario);
        if (octet == nullptr || !settings) {
            continue;
        }
        ReplayFactory factory;
        INFO(path.filename());
        *octet = static_cast<std::uint8_t>(*octet ^ 1);
        const auto result = sim::replay(*scenario, *settings, factory, {});
        CHECK(result.verdict == sim::Verdict::failed);
        CHECK(result.why.find("expected in ANSWER") != std::string::npos);
        ++changed;
    }
    CHECK(changed >= 20);
}
