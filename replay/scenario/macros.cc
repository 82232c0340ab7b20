#include "replay/scenario/macros.h"

#include <cstdlib>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "replay/scenario/lines.h"

namespace wend::sim {

namespace {

constexpr int depth_max = 20;

using Expanded = std::expected<std::string, std::string>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_name(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The number at the start of `text`, taken off it.
double take_number(std::string_view& text) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string digits(text.substr(0, end));
    text.remove_prefix(end);
    return std::strtod(digits.c_str(), nullptr);
}

// The operator in front of another number, taken off `text` with the blanks around it; 0 if none.
char take_operator(std::string_view& text) {
    const std::size_t at = text.find_first_not_of(' ');
    if (at == std::string_view::npos || !std::string_view("+-*/").contains(text[at])) {
        return 0;
    }
    const std::size_t number = text.find_first_not_of(' ', at + 1);
    if (number == std::string_view::npos || !is_digit(text[number])) {
        return 0;
    }
    const char op = text[at];
    text.remove_prefix(number);
    return op;
}

double apply(char op, double left, double right) {
    switch (op) {
        case '+':
            return left + right;
        case '-':
            return left - right;
        case '*':
            return left * right;
        default:
            return right == 0 ? 0 : left / right;
    }
}

// Each "number op number ..." becomes its value, strictly from left to right.
std::string with_sums(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (!is_digit(text.front())) {
            out.push_back(text.front());
            text.remove_prefix(1);
            continue;
        }
        const std::string_view before = text;
        double value = take_number(text);
        const std::string_view digits = before.substr(0, before.size() - text.size());
        char op = take_operator(text);
        if (op == 0) {
            out.append(digits);
            continue;
        }
        for (; op != 0; op = take_operator(text)) {
            value = apply(op, value, take_number(text));
        }
        out.append(fmt::format("{:.12g}", value));
    }
    return out;
}

class Expander {
  public:
    explicit Expander(const MacroContext& context) : context_(context) {}

    // Text outside of brackets: only "${" is special.
    Expanded outside(std::string_view text, int depth) const {
        return substitute(text, depth, false);
    }

  private:
    Expanded substitute(std::string_view text, int depth, bool with_variables) const {
        if (depth > depth_max) {
            return std::unexpected("macros nest too deep");
        }
        std::string out;
        while (!text.empty()) {
            if (text.starts_with("${")) {
                const auto value = bracket(text, depth);
                if (!value) {
                    return value;
                }
                out.append(*value);
            } else if (with_variables && text.front() == '$') {
                const auto value = variable(text, depth);
                if (!value) {
                    return value;
                }
                out.append(*value);
            } else {
                out.push_back(text.front());
                text.remove_prefix(1);
            }
        }
        return out;
    }

    // "${...}" at the start of `text`, taken off it.
    Expanded bracket(std::string_view& text, int depth) const {
        int open = 0;
        for (std::size_t at = 1; at < text.size(); ++at) {
            open += text[at] == '{' ? 1 : 0;
            open -= text[at] == '}' ? 1 : 0;
            if (open == 0) {
                const std::string_view inside = text.substr(2, at - 2);
                text.remove_prefix(at + 1);
                return function(inside, depth + 1);
            }
        }
        return std::unexpected("a \"${\" has no \"}\"");
    }

    Expanded variable(std::string_view& text, int depth) const {
        std::size_t end = 1;
        while (end < text.size() && is_name(text[end])) {
            ++end;
        }
        const std::string_view name = text.substr(1, end - 1);
        text.remove_prefix(end);
        const auto found = context_.variables.find(name);
        if (found == context_.variables.end()) {
            return std::unexpected(fmt::format("the variable \"{}\" is not set", name));
        }
        return substitute(found->second, depth + 1, true);
    }

    Expanded function(std::string_view inside, int depth) const {
        if (inside == "time") {
            return std::to_string(context_.time.time_since_epoch().count());
        }
        if (inside == "timeout") {
            return std::to_string(context_.next_timer);
        }
        std::string_view rest = inside;
        const std::string_view word = take_word(rest);
        const bool is_function = word == "ctime" || word == "range";
        const auto expanded = substitute(is_function ? rest : inside, depth, true);
        if (!expanded) {
            return expanded;
        }
        const std::string value = with_sums(*expanded);
        if (word == "ctime") {
            return date(value);
        }
        return word == "range" ? in_range(value) : value;
    }

    static Expanded date(const std::string& seconds) {
        const auto time = static_cast<std::time_t>(std::strtoll(seconds.c_str(), nullptr, 10));
        return fmt::format("{:%a %b %e %H:%M:%S %Y}", fmt::gmtime(time));
    }

    static Expanded in_range(const std::string& text) {
        const std::vector<std::string_view> words = words_of(text);
        if (words.size() != 3) {
            return std::unexpected(fmt::format("\"{}\" is not LOW VALUE HIGH", text));
        }
        const auto low = std::strtod(std::string(words[0]).c_str(), nullptr);
        const auto value = std::strtod(std::string(words[1]).c_str(), nullptr);
        const auto high = std::strtod(std::string(words[2]).c_str(), nullptr);
        if (value < low || value > high) {
            return std::unexpected(
                fmt::format("{} is not between {} and {}", words[1], words[0], words[2]));
        }
        return std::string(words[1]);
    }

    const MacroContext& context_;
};

}  // namespace

std::expected<std::string, std::string> expand_macros(std::string_view text,
                                                      const MacroContext& context) {
    const Expander expander(context);
    return expander.outside(text, 0);
}

}  // namespace wend::sim
