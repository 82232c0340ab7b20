// Zone file text as entries of tokens (RFC 1035 5.1): comments, quotes, escapes and parentheses are
// dealt with here, names and numbers are not.
#pragma once
#include <algorithm>
#include <cstddef>
#include <expected>
#include <string_view>
#include <vector>

#include "dns/rdata.h"
#include "dns/zone_file.h"

namespace wend::dns {

// A line and column in the text, both from 1.
struct ZonePlace {
    std::size_t line = 1;
    std::size_t column = 1;
};

// One record or directive: a line, or more lines held together by parentheses.
struct ZoneEntry {
    bool begins_blank = false;      // the owner is that of the record before
    std::vector<TextToken> tokens;  // at least one; they refer to the lexer's text
    std::vector<ZonePlace> places;  // of each token, and of where the entry ends

    // Of a token, or of the end for an index beyond the last.
    ZonePlace place(std::size_t token) const { return places[std::min(token, tokens.size())]; }
};

class ZoneLexer {
  public:
    // Refers to `text`.
    explicit ZoneLexer(std::string_view text) : text_(text) {}

    // Fills `entry` with the next one; false when there is none. After an error no more is read.
    std::expected<bool, ZoneFileError> next(ZoneEntry& entry);

  private:
    ZonePlace here() const { return {.line = line_, .column = at_ - line_start_ + 1}; }

    bool at_end() const { return at_ == text_.size(); }

    void end_line();
    void skip_comment();
    std::expected<void, ZoneFileError> take_quoted(ZoneEntry& entry);
    std::expected<void, ZoneFileError> take_word(ZoneEntry& entry);
    // Moves past the quote that closes the one at at_.
    std::expected<void, ZoneFileError> skip_quotes();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t line_start_ = 0;
};

}  // namespace wend::dns
