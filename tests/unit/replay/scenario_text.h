// Scenarios as text for tests: the parts that every one has are added here.
#pragma once
#include <string>
#include <string_view>

#include "replay/scenario/scenario.h"

namespace wend::sim::test {

// `steps` is all between SCENARIO_BEGIN and SCENARIO_END; it begins at line 7.
inline std::string unbound_text(std::string_view steps) {
    return std::string(
               "server:\n"
               "stub-zone:\n"
               "  name: \".\"\n"
               "  stub-addr: 192.0.2.1 # the root\n"
               "CONFIG_END\n"
               "SCENARIO_BEGIN one of ours\n")
        .append(steps)
        .append("SCENARIO_END\n");
}

// The same in the other dialect; `steps` begins at line 4.
inline std::string deckard_text(std::string_view steps) {
    return std::string(
               "stub-addr: 192.0.2.1\n"
               "CONFIG_END\n"
               "SCENARIO_BEGIN one of ours\n")
        .append(steps)
        .append("SCENARIO_END\n");
}

// An entry that answers a question for `name`, type A, with 192.0.2.80.
inline std::string answer_entry(std::string_view name) {
    const std::string owner(name);
    return "ENTRY_BEGIN\nMATCH opcode qtype qname\nADJUST copy_id\nREPLY QR AA NOERROR\n"
           "SECTION QUESTION\n" +
           owner + " IN A\nSECTION ANSWER\n" + owner + " 300 IN A 192.0.2.80\nENTRY_END\n";
}

inline std::string query_step(std::string_view number, std::string_view name) {
    return "STEP " + std::string(number) + " QUERY\nENTRY_BEGIN\nREPLY RD\nSECTION QUESTION\n" +
           std::string(name) + " IN A\nENTRY_END\n";
}

inline std::string check_step(std::string_view number, std::string_view name,
                              std::string_view address) {
    const std::string owner(name);
    return "STEP " + std::string(number) +
           " CHECK_ANSWER\nENTRY_BEGIN\nMATCH all\nREPLY QR RD RA NOERROR\nSECTION QUESTION\n" +
           owner + " IN A\nSECTION ANSWER\n" + owner + " IN A " + std::string(address) +
           "\nENTRY_END\n";
}

}  // namespace wend::sim::test
