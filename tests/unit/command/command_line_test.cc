#include "command/command_line.h"

#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;

namespace {

CommandLine read(std::initializer_list<const char*> words) {
    std::vector<const char*> argv{"wend"};
    argv.insert(argv.end(), words);
    return read_command_line(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

TEST_CASE("the words after a command become what it is given", "[command_line]") {
    const auto serve = std::get<ServeArguments>(read({"serve", "--config", "wend.json", "--lab"}));
    CHECK(serve.config == "wend.json");
    CHECK(serve.lab);

    const auto resolve =
        std::get<ResolveArguments>(read({"resolve", "www.example.", "AAAA", "--trace", "--cd"}));
    CHECK(resolve.name == "www.example.");
    CHECK(resolve.type == "AAAA");
    CHECK(resolve.trace);
    CHECK(resolve.checking_disabled);
    CHECK_FALSE(resolve.json);
    CHECK_FALSE(resolve.config);

    const auto replay = std::get<ReplayCommand>(read({"replay", "one.rpl", "two", "--seed", "7"}));
    CHECK(replay.paths == std::vector<std::string>{"one.rpl", "two"});
    CHECK(replay.seed == 7);

    CHECK(std::get<CheckArguments>(read({"check", "wend.json"})).config == "wend.json");
    const auto check =
        std::get<CheckArguments>(read({"check", "--strict", "--online", "--json", "f"}));
    CHECK((check.strict && check.online && check.json));
    const auto plan = std::get<PlanArguments>(read({"plan", "a", "--against", "b", "--json"}));
    CHECK(plan.config == "a");
    CHECK(plan.against == "b");
    CHECK(plan.json);
    CHECK(std::holds_alternative<VersionArguments>(read({"version"})));
    CHECK(std::holds_alternative<VersionArguments>(read({"--version"})));

    const auto reverse = std::get<ResolveArguments>(read({"resolve", "-x", "192.0.2.1"}));
    CHECK(reverse.reverse);
    CHECK(reverse.name == "192.0.2.1");
}

TEST_CASE("a command without options has the defaults", "[command_line]") {
    const auto serve = std::get<ServeArguments>(read({"serve"}));
    CHECK_FALSE(serve.config);
    CHECK_FALSE(serve.lab);
    CHECK(std::get<ResolveArguments>(read({"resolve", "example"})).type.empty());
}

TEST_CASE("help and no words at all explain, and are no mistake", "[command_line]") {
    const auto none = std::get<Explain>(read({}));
    CHECK(none.status == 0);
    CHECK(none.text.find("serve") != std::string::npos);

    const auto help = std::get<Explain>(read({"resolve", "--help"}));
    CHECK(help.status == 0);
    CHECK(help.text.find("--trace") != std::string::npos);
    CHECK(help.text.find("Exit status: 0 done") != std::string::npos);
}

TEST_CASE("a mistake is named", "[command_line]") {
    const auto option = std::get<Explain>(read({"serve", "--confg", "wend.json"}));
    CHECK(option.status == 2);
    CHECK(option.text.find("--confg") != std::string::npos);

    const auto missing = std::get<Explain>(read({"resolve"}));
    CHECK(missing.status == 2);
    CHECK(missing.text.find("NAME") != std::string::npos);
}
