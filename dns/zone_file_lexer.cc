#include "dns/zone_file_lexer.h"

#include <optional>

namespace wend::dns {
namespace {

std::unexpected<ZoneFileError> fault(ZonePlace place, std::string_view message) {
    return std::unexpected(
        ZoneFileError{.line = place.line, .column = place.column, .message = std::string(message)});
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

bool ends_word(char c) {
    return is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')';
}

// Parentheses that hold lines together; nesting is allowed and means nothing.
class Parentheses {
  public:
    bool open() const { return depth_ > 0; }

    ZonePlace outermost() const { return outermost_; }

    // False for one that closes nothing.
    bool take(char c, ZonePlace place) {
        if (c == ')') {
            return depth_-- > 0;
        }
        if (depth_++ == 0) {
            outermost_ = place;
        }
        return true;
    }

  private:
    int depth_ = 0;
    ZonePlace outermost_;
};

}  // namespace

void ZoneLexer::end_line() {
    ++at_;
    ++line_;
    line_start_ = at_;
}

void ZoneLexer::skip_comment() {
    at_ = std::min(text_.find('\n', at_), text_.size());
}

std::expected<bool, ZoneFileError> ZoneLexer::next(ZoneEntry& entry) {
    entry = ZoneEntry();
    Parentheses parentheses;
    while (!at_end()) {
        const char c = text_[at_];
        if (c == '\n') {
            if (!parentheses.open() && !entry.tokens.empty()) {
                break;
            }
            entry.begins_blank = entry.begins_blank && parentheses.open();
            end_line();
        } else if (is_blank(c)) {
            entry.begins_blank = entry.begins_blank || (at_ == line_start_ && !parentheses.open() &&
                                                        entry.tokens.empty());
            ++at_;
        } else if (c == ';') {
            skip_comment();
        } else if (c == '(' || c == ')') {
            if (!parentheses.take(c, here())) {
                return fault(here(), "this parenthesis closes none");
            }
            ++at_;
        } else {
            const auto taken = c == '"' ? take_quoted(entry) : take_word(entry);
            if (!taken) {
                return std::unexpected(taken.error());
            }
        }
    }
    if (parentheses.open()) {
        return fault(parentheses.outermost(), "this parenthesis is never closed");
    }
    entry.places.push_back(here());
    return !entry.tokens.empty();
}

std::expected<void, ZoneFileError> ZoneLexer::skip_quotes() {
    const ZonePlace opening = here();
    for (++at_; !at_end() && text_[at_] != '\n'; ++at_) {
        if (text_[at_] == '"') {
            ++at_;
            return {};
        }
        if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
            ++at_;
        }
    }
    return fault(opening, "this quote is not closed on its line");
}

std::expected<void, ZoneFileError> ZoneLexer::take_quoted(ZoneEntry& entry) {
    const std::size_t start = at_ + 1;
    entry.places.push_back(here());
    auto skipped = skip_quotes();
    if (skipped) {
        entry.tokens.push_back({.text = text_.substr(start, at_ - 1 - start), .quoted = true});
    }
    return skipped;
}

// Quotes inside a word stand only behind "=", as in alpn="h2,h3" (RFC 9460 2.1).
std::expected<void, ZoneFileError> ZoneLexer::take_word(ZoneEntry& entry) {
    const std::size_t start = at_;
    entry.places.push_back(here());
    while (!at_end() && !ends_word(text_[at_])) {
        if (text_[at_] == '"') {
            if (text_[at_ - 1] != '=') {
                return fault(here(), "a quote opens inside a word; a blank was wanted before it");
            }
            if (auto skipped = skip_quotes(); !skipped) {
                return skipped;
            }
            break;
        }
        const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n';
        at_ += escape ? 2 : 1;
    }
    entry.tokens.push_back({.text = text_.substr(start, at_ - start), .quoted = false});
    return {};
}

}  // namespace wend::dns
