// Zone files (RFC 1035 5): $ORIGIN, $TTL, parentheses, comments, relative names, "@", blank owners.
// Also the record text of hints, trust anchors, scenarios and the lab.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "dns/rdata.h"
#include "dns/types.h"

namespace wend::dns {

struct ZoneRecord {
    Name owner;
    Type type{};
    Class rclass = Class::in;
    std::uint32_t ttl = 0;            // seconds
    std::vector<std::uint8_t> rdata;  // uncompressed; valid for its type unless read leniently
    std::size_t line = 0;             // where it began, from 1
};

struct ZoneFileError {
    std::size_t line = 0;    // from 1
    std::size_t column = 0;  // from 1, in octets
    std::string message;     // one sentence: what is wrong and what was wanted
};

struct ZoneFileOptions {
    Name origin{};
    std::uint32_t default_ttl = 3600;  // until a $TTL or, before any $TTL, a record with one
    TextMode mode = TextMode::strict;
};

// Records in the order of the text. TTL and class may come in either order, and a record without a
// class has that of the one before (RFC 1035 5.1). The first fault ends it. $INCLUDE and $GENERATE
// are errors: nothing here opens files.
std::expected<std::vector<ZoneRecord>, ZoneFileError> parse_zone_file(
    std::string_view text, const ZoneFileOptions& options);

// One record: a line, or more held together by parentheses. Blanks in front mean nothing.
std::expected<ZoneRecord, ZoneFileError> parse_record(std::string_view text,
                                                      const ZoneFileOptions& options);

// Seconds, or with units as in 1h30m (s, m, h, d, w). Nothing if it is neither or over 2^32 - 1.
std::optional<std::uint32_t> time_span_from_text(std::string_view text);

// "www.example.com. 300 IN A 192.0.2.1"
std::string record_to_text(NameView owner, std::uint32_t ttl, Class rclass, Type type,
                           Octets rdata);

}  // namespace wend::dns
