#include "config/json_tree.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend {
namespace {

using Json = nlohmann::json;

// Reads `text` and keeps, outside of the parser's copies of it, how far the parser has come.
class CountingIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}

    reference operator*() const { return *at_; }

    CountingIterator& operator++() {
        ++at_;
        *reached_ = at_;
        return *this;
    }

    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

  private:
    const char* at_;
    const char** reached_;
};

// Lines and columns of a text. Offsets that ascend cost one pass over it in all.
class Places {
  public:
    Places(std::string_view text, std::size_t file) : text_(text), file_(file) {}

    Place at(std::size_t offset) {
        if (offset < line_start_) {
            line_start_ = 0;
            line_ = 1;
            counted_ = 0;
        }
        const std::size_t end = std::min(offset, text_.size());
        for (; counted_ < end; ++counted_) {
            if (text_[counted_] == '\n') {
                line_start_ = counted_ + 1;
                ++line_;
            }
        }
        return Place{line_, end - line_start_ + 1, file_};
    }

  private:
    std::string_view text_;
    std::size_t file_;
    std::size_t counted_ = 0;  // octets whose line ends are counted
    std::size_t line_start_ = 0;
    std::size_t line_ = 1;
};

// The offset of the last octet that is neither blank nor in a comment; the text's size if there is
// none.
std::size_t last_significant(std::string_view text) {
    std::size_t last = text.size();
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("//")) {
            at += std::min(rest.find('\n'), rest.size() - 1);
        } else if (rest.starts_with("/*")) {
            const std::size_t end = rest.find("*/", 2);
            at += std::min(end, rest.size() - 2) + 1;
        } else if (text[at] == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                at += text[at] == '\\' ? 1U : 0U;
            }
            last = std::min(at, text.size() - 1);
        } else if (!std::string_view(" \t\r\n").contains(text[at])) {
            last = at;
        }
    }
    return last;
}

// Builds the tree from the parser's events. At each event the parser has read just past its token
// (one further after a number), which is where the token's start is sought backwards from.
// The member functions without the house's names are the parser's to choose.
class TreeBuilder {
  public:
    using number_integer_t = Json::number_integer_t;
    using number_unsigned_t = Json::number_unsigned_t;
    using number_float_t = Json::number_float_t;
    using string_t = Json::string_t;
    using binary_t = Json::binary_t;

    TreeBuilder(std::string_view text, std::size_t file, const char* const& reached)
        : text_(text), places_(text, file), reached_(reached) {}

    bool null() { return scalar({.kind = JsonNode::Kind::null, .place = back(4)}); }

    bool boolean(bool value) {
        return scalar(
            {.kind = JsonNode::Kind::boolean, .place = back(value ? 4 : 5), .boolean = value});
    }

    bool number_integer(number_integer_t value) {
        return scalar({.kind = JsonNode::Kind::integer, .place = number_start(), .integer = value});
    }

    bool number_unsigned(number_unsigned_t value) {
        constexpr auto max = std::numeric_limits<std::int64_t>::max();
        return number_integer(
            value > static_cast<number_unsigned_t>(max) ? max : static_cast<std::int64_t>(value));
    }

    bool number_float(number_float_t, const string_t&) {
        return scalar({.kind = JsonNode::Kind::real, .place = number_start()});
    }

    bool string(string_t& value) {
        return scalar(
            {.kind = JsonNode::Kind::text, .place = string_start(), .text = std::move(value)});
    }

    bool binary(binary_t&) { return false; }

    bool start_object(std::size_t) { return open(JsonNode::Kind::object); }

    bool start_array(std::size_t) { return open(JsonNode::Kind::array); }

    bool end_object() { return close(); }

    bool end_array() { return close(); }

    bool key(string_t& value) {
        keys_.push_back({std::move(value), string_start()});
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
        // The parser's sentence follows its own account of the place, which ends in ": ".
        const std::string_view what = error.what();
        const std::size_t cut = what.find(": ");
        const std::size_t at = position == 0 ? 0 : position - 1;
        mistake_.text = cut == std::string_view::npos ? what : what.substr(cut + 2);
        mistake_.place = places_.at(at);
        const std::size_t before = last_significant(text_.substr(0, at));
        if (at < text_.size() && (text_[at] == ']' || text_[at] == '}') && before < at &&
            text_[before] == ',') {
            mistake_.text = fmt::format(
                "a comma stands after the last element, before the \"{}\": leave it out",
                text_[at]);
            mistake_.place = places_.at(before);
        }
        return false;
    }

    JsonNode take_root() { return std::move(root_); }

    Mistake take_mistake() { return std::move(mistake_); }

  private:
    struct Key {
        std::string text;
        Place place;
    };

    std::size_t reached() const { return static_cast<std::size_t>(reached_ - text_.data()); }

    Place back(std::size_t octets) { return places_.at(reached() - octets); }

    Place string_start() {
        std::size_t at = reached() - 1;  // the closing quote
        bool escaped = true;
        while (escaped) {
            at = text_.rfind('"', at - 1);
            std::size_t slashes = 0;
            while (slashes < at && text_[at - 1 - slashes] == '\\') {
                ++slashes;
            }
            escaped = slashes % 2 == 1;
        }
        return places_.at(at);
    }

    Place number_start() {
        constexpr std::string_view digits = "+-.0123456789eE";
        std::size_t at = reached();
        if (at > 0 && !digits.contains(text_[at - 1])) {
            --at;  // read past the number's end
        }
        while (at > 0 && digits.contains(text_[at - 1])) {
            --at;
        }
        return places_.at(at);
    }

    bool scalar(JsonNode node) {
        attach(std::move(node));
        return true;
    }

    bool open(JsonNode::Kind kind) {
        if (open_.size() == json_depth_max) {
            mistake_ = {back(1), "lists and objects stand too deep inside one another"};
            return false;
        }
        open_.push_back({.kind = kind, .place = back(1)});
        return true;
    }

    bool close() {
        JsonNode done = std::move(open_.back());
        open_.pop_back();
        attach(std::move(done));
        return true;
    }

    void attach(JsonNode node) {
        if (open_.empty()) {
            root_ = std::move(node);
        } else if (open_.back().kind == JsonNode::Kind::array) {
            open_.back().elements.push_back(std::move(node));
        } else {
            node.key = std::move(keys_.back().text);
            node.key_place = keys_.back().place;
            keys_.pop_back();
            open_.back().members.push_back(std::move(node));
        }
    }

    std::string_view text_;
    Places places_;
    const char* const& reached_;
    JsonNode root_;
    std::vector<JsonNode> open_;
    std::vector<Key> keys_;  // whose values are still to come
    Mistake mistake_;
};

}  // namespace

std::string_view describe(JsonNode::Kind kind) {
    switch (kind) {
        case JsonNode::Kind::null:
            return "null";
        case JsonNode::Kind::boolean:
            return "true or false";
        case JsonNode::Kind::integer:
            return "a whole number";
        case JsonNode::Kind::real:
            return "a fraction";
        case JsonNode::Kind::text:
            return "a text";
        case JsonNode::Kind::array:
            return "a list";
        case JsonNode::Kind::object:
            return "an object";
    }
    return "a value";
}

std::expected<JsonNode, Mistake> parse_json(std::string_view text, std::size_t file) {
    const char* reached = text.data();
    TreeBuilder builder(text, file, reached);
    const bool well_formed = Json::sax_parse(CountingIterator(text.data(), &reached),
                                             CountingIterator(text.data() + text.size(), &reached),
                                             &builder, Json::input_format_t::json, true, true);
    if (!well_formed) {
        return std::unexpected(builder.take_mistake());
    }
    return builder.take_root();
}

}  // namespace wend
