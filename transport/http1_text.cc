#include "transport/http1_text.h"

#include <algorithm>

namespace wend {
namespace {

constexpr std::size_t query_parameters_max = 64;

// Of ASCII, whatever the locale.
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_control(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
}

int hex_digit(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// RFC 3986 3.3: pchar, without the percent sign.
bool is_path_char(char c) {
    return is_letter(c) || is_digit(c) ||
           (c != '\0' && std::string_view("-._~!$&'()*+,;=:@").contains(c));
}

// Takes the text up to `end`, and `end`, off `rest`; all of it if there is no such octet.
std::string_view cut(std::string_view& rest, char end) {
    const std::string_view part = rest.substr(0, rest.find(end));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

bool is_path_segment(std::string_view segment) {
    const bool is_plain =
        std::ranges::all_of(segment, [](char c) { return is_path_char(c) || c == '%'; });
    const auto decoded = percent_decoded(segment);
    return is_plain && decoded && *decoded != "." && *decoded != ".." &&
           std::ranges::none_of(*decoded, is_control);
}

std::optional<std::string> form_decoded(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return percent_decoded(spaced);
}

bool is_port(std::string_view text) {
    return text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

}  // namespace

std::size_t Http1Fields::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        fields_, [&](const Http1Field& field) { return is_same_in_any_case(field.name, name); }));
}

std::optional<std::string_view> Http1Fields::only(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const Http1Field& field : fields_) {
        if (is_same_in_any_case(field.name, name)) {
            if (found) {
                return std::nullopt;
            }
            found = field.value;
        }
    }
    return found;
}

bool Http1Fields::lists(std::string_view name, std::string_view member) const {
    for (const Http1Field& field : fields_) {
        if (!is_same_in_any_case(field.name, name)) {
            continue;
        }
        std::string_view rest = field.value;
        while (!rest.empty()) {
            if (is_same_in_any_case(without_blanks(cut(rest, ',')), member)) {
                return true;
            }
        }
    }
    return false;
}

bool is_same_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_http1_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) ||
               (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").contains(c));
    });
}

bool is_http1_field_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_http1_host(std::string_view text) {
    std::size_t end = 0;  // of the host, where a port may begin
    if (text.starts_with('[')) {
        end = text.find(']') + 1;  // 0 if there is none
        const std::string_view address = text.substr(1, end < 2 ? 0 : end - 2);
        if (address.empty() || !std::ranges::all_of(address, [](char c) {
                return hex_digit(c) >= 0 || c == ':' || c == '.';
            })) {
            return false;
        }
    } else {
        end = std::min(text.find(':'), text.size());
        const std::string_view name = text.substr(0, end);
        if (name.empty() || !std::ranges::all_of(name, [](char c) {
                return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
            })) {
            return false;
        }
    }
    const std::string_view port = text.substr(end);
    return port.empty() || (port.starts_with(':') && is_port(port.substr(1)));
}

bool is_uri_path(std::string_view path) {
    if (!path.starts_with('/')) {
        return false;
    }
    path.remove_prefix(1);
    for (bool is_last = false; !is_last;) {
        is_last = !path.contains('/');
        if (!is_path_segment(cut(path, '/'))) {
            return false;
        }
    }
    return true;
}

bool is_uri_query(std::string_view query) {
    return percent_decoded(query).has_value() && std::ranges::all_of(query, [](char c) {
               return is_path_char(c) || c == '%' || c == '/' || c == '?';
           });
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out.push_back(text[at]);
            continue;
        }
        const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(high * 16 + low));
        at += 2;
    }
    return out;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
    if (!is_uri_path(path)) {
        return std::nullopt;
    }
    path.remove_prefix(1);
    std::vector<std::string> segments;
    for (bool is_last = false; !is_last;) {
        is_last = !path.contains('/');
        segments.push_back(*percent_decoded(cut(path, '/')));
    }
    return segments;
}

std::optional<QueryParameters> query_parameters(std::string_view query) {
    if (!is_uri_query(query)) {
        return std::nullopt;
    }
    QueryParameters parameters;
    while (!query.empty()) {
        std::string_view value = cut(query, '&');
        if (value.empty()) {
            continue;
        }
        auto name = form_decoded(cut(value, '='));
        auto decoded = form_decoded(value);
        if (!name || !decoded || query_parameter(parameters, *name) ||
            parameters.size() == query_parameters_max) {
            return std::nullopt;
        }
        parameters.emplace_back(std::move(*name), std::move(*decoded));
    }
    return parameters;
}

std::optional<std::string_view> query_parameter(const QueryParameters& parameters,
                                                std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &QueryParameters::value_type::first);
    if (found == parameters.end()) {
        return std::nullopt;
    }
    return found->second;
}

}  // namespace wend
