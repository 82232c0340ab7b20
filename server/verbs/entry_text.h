// Entries of the cache as people and `cache load` read them. ASCII alone; names and rdata in
// presentation form. Pure.
//
// A dump is a zone file with a word on each record: what is data is a record, what is not is a
// comment, so that any reader of zone files takes it, and `cache load` takes back what it may.
//
//   ; wend cache 1 1764529376                       written at that second of Unix time
//   www.example. 287 IN A 192.0.2.1 ; 1/2 answer secure
//   www.example. 287 IN RRSIG A 13 ... ; 2/2 answer secure
//   ; nxdomain no.example. 300 secure SOA example.
//   ; nodata www.example. AAAA 300 secure SOA example. NSEC www.example.
//   ; delegation sub.example. 3600 ns.sub.example. 192.0.2.9 DS
//   ; proof example. 300 IN SOA ... ; 1/1 authority-aa secure
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/kept_entry.h"
#include "cache/ranking.h"

namespace wend {

std::string_view to_text(cache::Rank rank);  // "answer-aa"
std::optional<cache::Rank> rank_from_text(std::string_view text);

std::string_view to_text(cache::Kind kind);  // "nxdomain"

// Each record of the RRset, then each signature, without a comment.
std::vector<std::string> records_of(const dns::RRset& rrset);

// The lines of a dump that the entry is; a line for each record.
std::vector<std::string> dump_lines(const cache::KeptEntry& entry);

// What a line of a dump says of its record, of the comment's text: "1/2 answer secure".
struct RecordNote {
    unsigned number = 0;  // from 1
    unsigned of = 0;
    cache::Rank rank{};
};

std::optional<RecordNote> note_from_text(std::string_view text);

}  // namespace wend
