// The words behind `wend ctl`. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/dialects.h"
#include "control/verbs.h"

namespace wend {

struct CtlTask {
    const VerbSpec* verb = nullptr;
    std::vector<std::string> arguments{};
};

struct CtlWords {
    std::vector<CtlTask> tasks{};  // one after another; empty: help is wanted
    Dialect dialect = Dialect::wend;
    bool json = false;
    bool never_resets = false;  // `stats` of a program whose counters would begin anew by it
    std::optional<std::string> output{};  // a file, or "-"
    std::optional<std::string> server{};  // "http://127.0.0.1:8053"
    std::optional<std::string> token_file{};
    std::optional<std::string> config{};
    std::optional<std::string> socket{};
};

// `dialect`: whose name the program was called by. The error is a sentence.
std::expected<CtlWords, std::string> read_ctl_words(std::span<const std::string> words,
                                                    Dialect dialect = Dialect::wend);

// What `wend ctl --help` says.
std::string ctl_help();

// The first line of a dump of the cache, written at that second of Unix time.
std::string dump_start(std::int64_t written);

// A part of a dump, as `cache load` takes it in one message.
struct LoadPart {
    std::size_t first_line = 1;
    std::string text{};
};

// Cuts a dump into parts, each of whole sets of records and small enough for a message. `written`:
// the second of Unix time of its first line. The error is a sentence.
struct Dump {
    std::string written{};
    std::vector<LoadPart> parts{};
};

std::expected<Dump, std::string> parts_of_dump(std::string_view text);

}  // namespace wend
