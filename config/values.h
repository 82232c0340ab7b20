// Each kind of value that a key may have: how it is read from JSON, with a sentence for what it may
// not be, and how it is written as JSON. What is written reads back as the same value.
//
// set() leaves its sentences in the context, each at the place in the text that it is about, and
// may leave the value half read then. get() gives JSON text on one line.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/config.h"
#include "config/json_tree.h"

namespace wend {

// Where setters leave their sentences.
struct ConfigContext {
    std::string directory;  // of the configuration file
    std::vector<Mistake> mistakes{};

    // `id` is that of the lint rule, where one is about it.
    void add(const JsonNode& at, std::string text, std::string_view id = {}) {
        mistakes.push_back({at.place, std::move(text), id});
    }
};

namespace value {

// Whether it is of this kind; if not, the context is told.
bool is_kind(const JsonNode& node, JsonNode::Kind kind, ConfigContext& context);
// Nothing, and the context is told, for anything but a whole number in this range.
std::optional<std::int64_t> whole_number(const JsonNode& node, std::int64_t min, std::int64_t max,
                                         ConfigContext& context);
// A JSON string.
std::string json_string(std::string_view text);

struct Flag {
    static void set(const JsonNode& node, bool& value, ConfigContext& context);
    static std::string get(bool value);
};

template <std::int64_t min, std::int64_t max>
struct Number {
    template <class Value>
    static void set(const JsonNode& node, Value& value, ConfigContext& context) {
        if (const auto number = whole_number(node, min, max, context)) {
            value = static_cast<Value>(*number);
        }
    }

    template <class Value>
    static std::string get(Value value) {
        return std::to_string(value);
    }
};

template <std::int64_t min, std::int64_t max>
struct Seconds {
    static void set(const JsonNode& node, std::chrono::seconds& value, ConfigContext& context) {
        if (const auto number = whole_number(node, min, max, context)) {
            value = std::chrono::seconds(*number);
        }
    }

    static std::string get(std::chrono::seconds value) { return std::to_string(value.count()); }
};

// At most 255 octets, as a character-string holds (RFC 1035 3.3); null is the empty text.
struct Text {
    static void set(const JsonNode& node, std::string& value, ConfigContext& context);
    static std::string get(const std::string& value);
};

// The path of a file, relative to the configuration's folder; null is the empty path.
struct ReadableFile {  // it must be there
    static void set(const JsonNode& node, std::string& value, ConfigContext& context);

    static std::string get(const std::string& value) { return Text::get(value); }
};

struct WritableFile {  // it may not be there yet, but its folder must be
    static void set(const JsonNode& node, std::string& value, ConfigContext& context);

    static std::string get(const std::string& value) { return Text::get(value); }
};

struct AnyPath {  // whether it can be used is found out when it is
    static void set(const JsonNode& node, std::string& value, ConfigContext& context);

    static std::string get(const std::string& value) { return Text::get(value); }
};

// The path of a unix socket, which is short (unix(7)); null is none.
struct SocketPath {
    static void set(const JsonNode& node, std::string& value, ConfigContext& context);

    static std::string get(const std::string& value) { return Text::get(value); }
};

// Files of one folder, as in "wend.d/*.json"; null is none.
struct FilePattern {
    static void set(const JsonNode& node, std::string& value, ConfigContext& context);

    static std::string get(const std::string& value) { return Text::get(value); }
};

// "256MiB": octets, at least 1MiB. At most more than any machine has; what this one has is a remark
// (memory_limit.h), since the file may be for another one.
inline constexpr std::size_t size_max = std::size_t{16} << 40;

struct Size {
    static void set(const JsonNode& node, std::size_t& value, ConfigContext& context);
    static std::string get(std::size_t value);
};

struct Level {
    static void set(const JsonNode& node, LogLevel& value, ConfigContext& context);
    static std::string get(LogLevel value);
};

struct Scope {
    static void set(const JsonNode& node, DoorScope& value, ConfigContext& context);
    static std::string get(DoorScope value);
};

struct Mode {
    static void set(const JsonNode& node, policy::RateMode& value, ConfigContext& context);
    static std::string get(policy::RateMode value);
};

// RFC 9156 2.1 leaves the type of minimised questions open; "A" and "NS" are the two in use.
struct MinimiseType {
    static void set(const JsonNode& node, dns::Type& value, ConfigContext& context);
    static std::string get(dns::Type value);
};

// A date in UTC or null.
struct Date {
    static void set(const JsonNode& node, std::optional<WallTime>& value, ConfigContext& context);
    static std::string get(std::optional<WallTime> value);
};

struct DomainName {
    static void set(const JsonNode& node, dns::Name& value, ConfigContext& context);
    static std::string get(const dns::Name& value);
};

// Lists. What the text says is all that holds; nothing may be in it twice.

std::string endpoints_text(const std::vector<Endpoint>& values);
void set_endpoints(const JsonNode& node, std::uint16_t default_port, std::vector<Endpoint>& values,
                   ConfigContext& context);

template <std::uint16_t default_port>
struct EndpointsAt {
    static void set(const JsonNode& node, std::vector<Endpoint>& values, ConfigContext& context) {
        set_endpoints(node, default_port, values, context);
    }

    static std::string get(const std::vector<Endpoint>& values) { return endpoints_text(values); }
};

using Endpoints = EndpointsAt<53>;

struct Prefixes {
    static void set(const JsonNode& node, std::vector<Prefix>& values, ConfigContext& context);
    static std::string get(const std::vector<Prefix>& values);
};

// Networks, and two words that stand for many: "private" for loopback, private and link-local
// networks, "localnets" (the flag) for those of our own interfaces.
struct Networks {
    using Target = std::tuple<std::vector<Prefix>&, bool&>;
    using Source = std::tuple<const std::vector<Prefix>&, const bool&>;
    static void set(const JsonNode& node, Target values, ConfigContext& context);
    static std::string get(Source values);
};

struct DomainNames {
    static void set(const JsonNode& node, std::vector<dns::Name>& values, ConfigContext& context);
    static std::string get(const std::vector<dns::Name>& values);
};

// Names of hosts as a URL has them: lower case, without a final dot.
struct HostNames {
    static void set(const JsonNode& node, std::vector<std::string>& values, ConfigContext& context);
    static std::string get(const std::vector<std::string>& values);
};

// Paths of keys, and of sections that hold keys.
struct KeyPaths {
    static void set(const JsonNode& node, std::vector<std::string>& values, ConfigContext& context);
    static std::string get(const std::vector<std::string>& values);
};

// Ids of lint rules. One that is unknown is no mistake: lint tells of it.
struct Ids {
    static void set(const JsonNode& node, std::vector<std::string>& values, ConfigContext& context);
    static std::string get(const std::vector<std::string>& values);
};

// DNSSEC algorithms and digests of DS records, by mnemonic or number (IANA).
struct Algorithms {
    static void set(const JsonNode& node, std::vector<std::uint8_t>& values,
                    ConfigContext& context);
    static std::string get(const std::vector<std::uint8_t>& values);
};

struct Digests {
    static void set(const JsonNode& node, std::vector<std::uint8_t>& values,
                    ConfigContext& context);
    static std::string get(const std::vector<std::uint8_t>& values);
};

// Each a zone's name alone, or {"zone": ..., "until": ...}.
struct NegativeAnchors {
    static void set(const JsonNode& node, std::vector<Config::NegativeAnchor>& anchors,
                    ConfigContext& context);
    static std::string get(const std::vector<Config::NegativeAnchor>& anchors);
};

struct Zones {
    static void set(const JsonNode& node, std::vector<Config::Zone>& zones, ConfigContext& context);
    static std::string get(const std::vector<Config::Zone>& zones);
};

}  // namespace value
}  // namespace wend
