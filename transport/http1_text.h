// The small grammars of HTTP/1.1 and of URIs, as pure functions. They decide about text that a
// stranger sent: each takes any octets and says no to what the RFC does not allow.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wend {

// One field line: the name as it was sent, the value without the blanks around it.
struct Http1Field {
    std::string name;
    std::string value;
    friend bool operator==(const Http1Field&, const Http1Field&) = default;
};

// The fields of one message in the order in which they came. Names are equal in any letter case
// (RFC 9110 5.1).
class Http1Fields {
  public:
    void add(Http1Field field) { fields_.push_back(std::move(field)); }

    std::size_t count(std::string_view name) const;

    // The value of the only field of this name. Nothing if there is none, and nothing if there are
    // several: which of them counts is what smugglers have readers disagree about.
    std::optional<std::string_view> only(std::string_view name) const;

    // A comma-separated list, over all fields of this name, has this member in any letter case
    // (RFC 9110 5.6.1).
    bool lists(std::string_view name, std::string_view member) const;

    const std::vector<Http1Field>& all() const { return fields_; }

    friend bool operator==(const Http1Fields&, const Http1Fields&) = default;

  private:
    std::vector<Http1Field> fields_;
};

// ASCII letters are equal in either case, all else as it is.
bool is_same_in_any_case(std::string_view a, std::string_view b);

// RFC 9110 5.6.2: what methods and names of fields are made of; not empty.
bool is_http1_token(std::string_view text);

// RFC 9110 5.5: no CR, LF, NUL or other control, so that it cannot end its line.
bool is_http1_field_value(std::string_view text);

// Without the spaces and tabs at both ends (RFC 9110 5.6.3).
std::string_view without_blanks(std::string_view text);

// RFC 9110 7.2, stricter than RFC 3986: a name or an IPv4 address, or an IPv6 address in brackets,
// then perhaps a colon and a port; not empty, no percent-encoding.
bool is_http1_host(std::string_view text);

// RFC 3986 3.3 and 3.4: nothing but what a path or a query is made of, and each percent sign before
// two hex digits. `path` begins with a slash; in no form has it a segment that is "." or "..", nor,
// decoded, a control octet.
bool is_uri_path(std::string_view path);
bool is_uri_query(std::string_view query);

// Nothing if a percent sign stands before anything but two hex digits.
std::optional<std::string> percent_decoded(std::string_view text);

// The segments between the slashes, each decoded after it was cut out: an encoded slash stays
// inside its segment. "/" has one, which is empty. Nothing if `path` is no path.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// `a=1&b=x%20y+z` as browsers and curl write it: percent-decoded, a plus is a space; a part without
// an equals sign has an empty value, an empty part is left out. Nothing if it is malformed, names a
// parameter twice, or has more than 64.
std::optional<QueryParameters> query_parameters(std::string_view query);

// Nothing if it is not there.
std::optional<std::string_view> query_parameter(const QueryParameters& parameters,
                                                std::string_view name);

}  // namespace wend
