// Lines and words of a scenario's text, and the state that all parts of the reader share.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "dns/name.h"
#include "replay/scenario/scenario.h"

namespace wend::sim {

class ScenarioLines {
  public:
    // `text` outlives it.
    explicit ScenarioLines(std::string_view text) : rest_(text) {}

    // Without its line end; nothing after the last.
    std::optional<std::string_view> next();
    // The next next() gives the same line again.
    void back();

    // Of the line that next() gave, from 1.
    std::size_t number() const { return number_; }

  private:
    std::string_view rest_;
    std::string_view before_;  // rest_ as it was before the last next()
    std::size_t number_ = 0;
};

std::string_view trimmed(std::string_view text);
// Separated by blanks and tabs.
std::vector<std::string_view> words_of(std::string_view text);
// The first word, taken off `text` together with the blanks around it.
std::string_view take_word(std::string_view& text);
// `text` up to the first of `marks`, trimmed.
std::string_view without_comment(std::string_view text, std::string_view marks);

std::optional<std::uint32_t> number_of(std::string_view text);
// "192.0.2.1", "192.0.2.1@5353"; a port that is not written is `default_port`.
std::optional<Endpoint> endpoint_of(std::string_view text, std::uint16_t default_port);
// "2", "0.5": seconds, at most 10^10.
std::optional<Duration> seconds_of(std::string_view text);
// Hex digits with blanks between them.
std::optional<std::vector<std::uint8_t>> octets_of_hex(std::string_view text, Decoding decoding);

// What goes through the whole file. A function that reads returns false after fail().
struct ScenarioReader {
    explicit ScenarioReader(std::string_view text) : lines(text) {}

    ScenarioLines lines;
    Scenario scenario;
    std::optional<ScenarioError> error;
    dns::Name origin;                  // $ORIGIN runs on across entries
    std::uint32_t default_ttl = 3600;  // until a $TTL

    bool is_deckard() const { return scenario.dialect == Dialect::deckard; }

    // The first mistake counts.
    bool fail(std::string message) { return fail_at(lines.number(), std::move(message)); }

    bool fail_at(std::size_t line, std::string message);
};

// replay/scenario/options.cc: up to and with CONFIG_END; finds the dialect.
bool read_config_part(ScenarioReader& reader);
// replay/scenario/entry.cc: after ENTRY_BEGIN at the last line given, up to and with ENTRY_END.
bool read_entry(ScenarioReader& reader, Entry& entry);
// replay/scenario/record.cc: one record line, or a question line without rdata.
bool read_record(ScenarioReader& reader, std::string_view line, dns::ZoneRecord& record);
bool read_question(ScenarioReader& reader, std::string_view line, dns::Question& question);
// replay/scenario/steps.cc: after the keyword, at the last line given; `rest` is what follows it.
bool read_range(ScenarioReader& reader, std::string_view rest);
bool read_step(ScenarioReader& reader, std::string_view rest);

// True for an empty line and a comment.
bool is_blank_or_comment(std::string_view line, std::string_view marks);

}  // namespace wend::sim
