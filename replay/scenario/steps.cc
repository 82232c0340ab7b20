// RANGE and STEP blocks.
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/edit_distance.h"
#include "replay/scenario/lines.h"

namespace wend::sim {

namespace {

constexpr std::uint16_t server_port = 53;

// In the order of StepType.
constexpr std::array<std::string_view, 15> step_words = {
    "NOTHING", "QUERY",       "CHECK_ANSWER",    "CHECK_OUT_QUERY", "REPLY",
    "TIMEOUT", "TIME_PASSES", "CHECK_AUTOTRUST", "CHECK_TEMPFILE",  "ERROR",
    "TRAFFIC", "ASSIGN",      "INFRA_RTT",       "FLUSH_MESSAGE",   "EXPIRE_MESSAGE",
};

bool read_addresses(ScenarioReader& reader, std::string_view text, Range& range) {
    for (const std::string_view word : words_of(without_comment(text, ";#"))) {
        const auto address = endpoint_of(word, server_port);
        if (!address) {
            return reader.fail(fmt::format("\"{}\" is not an address", word));
        }
        range.addresses.push_back(*address);
    }
    return true;
}

bool read_range_head(ScenarioReader& reader, std::string_view rest, Range& range) {
    const auto first = number_of(take_word(rest));
    const auto last = number_of(take_word(rest));
    if (!first || !last) {
        return reader.fail("RANGE_BEGIN wants two step numbers");
    }
    if (*last < *first) {
        return reader.fail(fmt::format("the range ends at {}, before its start {}", *last, *first));
    }
    range.first = *first;
    range.last = *last;
    return read_addresses(reader, rest, range);
}

// One line between RANGE_BEGIN and RANGE_END.
bool read_range_line(ScenarioReader& reader, std::string_view text, Range& range) {
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    if (word == "ADDRESS") {
        return read_addresses(reader, rest, range);
    }
    if (text.starts_with("ENTRY_BEGIN")) {
        return read_entry(reader, range.entries.emplace_back());
    }
    return reader.fail(fmt::format("\"{}\" does not belong into a range", text));
}

// The line after the step's own that is not blank and starts with `keyword`.
bool expect_line(ScenarioReader& reader, const Step& step, std::string_view keyword) {
    while (const auto line = reader.lines.next()) {
        if (is_blank_or_comment(*line, ";#")) {
            continue;
        }
        if (trimmed(*line).starts_with(keyword)) {
            return true;
        }
        break;
    }
    return reader.fail_at(step.line, fmt::format("STEP {} {} is not followed by {}", step.number,
                                                 to_text(step.type), keyword));
}

bool read_file_block(ScenarioReader& reader, std::string_view rest, Step& step) {
    step.id = take_word(rest);
    if (!expect_line(reader, step, "FILE_BEGIN")) {
        return false;
    }
    while (const auto line = reader.lines.next()) {
        if (line->starts_with("FILE_END")) {
            return true;
        }
        step.lines.emplace_back(*line);
    }
    return reader.fail_at(step.line, "a FILE block has no FILE_END");
}

bool read_time_passes(ScenarioReader& reader, std::string_view rest, Step& step) {
    const std::string_view word = take_word(rest);
    if (word == "EVAL") {
        step.text = rest;
        return true;
    }
    if (word.empty()) {
        return true;
    }
    const auto seconds = seconds_of(without_comment(rest, ";#"));
    if (word != "ELAPSE" || !seconds) {
        return reader.fail("TIME_PASSES wants ELAPSE and a number of seconds, or EVAL");
    }
    step.elapse = *seconds;
    return true;
}

bool read_assign(ScenarioReader& reader, std::string_view rest, Step& step) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) {
        return reader.fail("ASSIGN wants \"variable = text\"");
    }
    step.variable = trimmed(rest.substr(0, equals));
    step.text = trimmed(rest.substr(equals + 1));
    return true;
}

bool read_infra_rtt(ScenarioReader& reader, std::string_view rest, Step& step) {
    const auto server = endpoint_of(take_word(rest), server_port);
    const auto zone = dns::Name::from_text(take_word(rest));
    const auto milliseconds = number_of(take_word(rest));
    if (!server || !zone || !milliseconds) {
        return reader.fail("INFRA_RTT wants an address, a zone and milliseconds");
    }
    step.address = server;
    step.question.qname = *zone;
    step.round_trip = std::chrono::milliseconds(*milliseconds);
    return true;
}

bool read_step_address(ScenarioReader& reader, std::string_view rest, Step& step) {
    const std::string_view word = take_word(rest);
    if (word.empty() || word.front() == ';' || word.front() == '#') {
        return true;
    }
    const std::string_view text = take_word(rest);
    step.address = endpoint_of(text, 0);
    if (word != "ADDRESS" || !step.address) {
        return reader.fail(fmt::format("STEP {} {} may be followed by ADDRESS and an address",
                                       step.number, to_text(step.type)));
    }
    return true;
}

bool read_step_entry(ScenarioReader& reader, std::string_view rest, Step& step) {
    return read_step_address(reader, rest, step) && expect_line(reader, step, "ENTRY_BEGIN") &&
           read_entry(reader, step.entry.emplace());
}

bool read_arguments(ScenarioReader& reader, std::string_view rest, Step& step) {
    switch (step.type) {
        case StepType::query:
        case StepType::check_answer:
        case StepType::check_out_query:
        case StepType::reply:
            return read_step_entry(reader, rest, step);
        case StepType::time_passes:
            return read_time_passes(reader, rest, step);
        case StepType::check_autotrust:
        case StepType::check_temp_file:
            return read_file_block(reader, rest, step);
        case StepType::assign:
            return read_assign(reader, rest, step);
        case StepType::infra_rtt:
            return read_infra_rtt(reader, rest, step);
        case StepType::flush_message:
        case StepType::expire_message:
            return read_question(reader, rest, step.question);
        case StepType::nothing:
        case StepType::timeout:
        case StepType::error:
        case StepType::traffic:
            return true;
    }
    return true;
}

}  // namespace

std::string_view to_text(StepType type) {
    return step_words[static_cast<std::size_t>(type)];
}

bool read_range(ScenarioReader& reader, std::string_view rest) {
    Range range;
    range.line = reader.lines.number();
    if (!read_range_head(reader, rest, range)) {
        return false;
    }
    while (const auto line = reader.lines.next()) {
        const std::string_view text = trimmed(*line);
        if (is_blank_or_comment(text, ";#")) {
            continue;
        }
        if (text.starts_with("RANGE_END")) {
            reader.scenario.ranges.push_back(std::move(range));
            return true;
        }
        if (!read_range_line(reader, text, range)) {
            return false;
        }
    }
    return reader.fail_at(range.line, "a range has no RANGE_END");
}

bool read_step(ScenarioReader& reader, std::string_view rest) {
    Step step;
    step.line = reader.lines.number();
    const auto number = number_of(take_word(rest));
    if (!number) {
        return reader.fail("a STEP has no number");
    }
    step.number = *number;
    std::vector<Step>& steps = reader.scenario.steps;
    if (!steps.empty() && step.number <= steps.back().number) {
        return reader.fail(
            fmt::format("STEP {} comes after STEP {}", step.number, steps.back().number));
    }
    const std::string_view word = take_word(rest);
    for (std::size_t i = 0; i < step_words.size(); ++i) {
        if (word == step_words[i]) {
            step.type = static_cast<StepType>(i);
            if (!read_arguments(reader, rest, step)) {
                return false;
            }
            steps.push_back(std::move(step));
            return true;
        }
    }
    return reader.fail(fmt::format("\"{}\" is not a type of step; the nearest is {}", word,
                                   nearest_word(word, step_words)));
}

}  // namespace wend::sim
