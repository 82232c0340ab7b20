// The book: the compiled union of all lists and response policy zones. Immutable; mapped from one
// file, so that what is never asked for is never read.
#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/octets.h"
#include "dns/name.h"
#include "policy/rule.h"

namespace wend::policy {

inline constexpr std::size_t sources_max = 255;

using SourceMask = std::bitset<sources_max>;

enum class SourceKind : std::uint8_t {
    rpz,    // RFC 4592: of its names the closest encloser decides, and shadows what lies above
    block,  // a list: every name that covers the question counts
    allow,  // the same; its rules are Action::passthru
};

struct SourceHead {
    std::string name;
    SourceKind kind = SourceKind::block;
};

// A rule that fits. Refers to the book that gave it.
struct Match {
    std::uint8_t source = 0;  // its number in the book: the order of precedence
    Trigger trigger = Trigger::qname;
    Action action = Action::withhold;
    bool important = false;
    bool is_below = false;    // the rule is "*.owner", not owner
    std::uint8_t labels = 0;  // of the owner: the last so many of the name that was asked for
    std::uint8_t bits = 0;    // of the prefix, over the mapped form
    std::uint16_t rule = 0;   // for line_of()
    std::uint32_t place = 0;  // the same
    std::uint32_t records = 0xffff'ffff;  // for records_of()
};

// At most one rule of each source and importance.
class Matches {
  public:
    void clear() { size_ = 0; }

    void add(const Match& match);  // left out beyond what fits

    std::span<const Match> all() const { return std::span(matches_).first(size_); }

    bool empty() const { return size_ == 0; }

  private:
    std::array<Match, 2 * sources_max> matches_;
    std::size_t size_ = 0;
};

// Any thread.
class Book {
  public:
    // Maps a file that the builder made, which may be closed then; the error is one sentence. Any
    // octets are refused, or safe to look up in.
    static std::expected<std::shared_ptr<const Book>, std::string> open(int fd);

    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;
    Book(Book&&) = delete;
    Book& operator=(Book&&) = delete;
    ~Book();

    // By number.
    std::span<const SourceHead> sources() const;
    // Whether that source has a rule of that trigger.
    bool has(std::uint8_t source, Trigger trigger) const;
    // With the empty ones that shadow a wildcard.
    std::size_t names() const;
    // What the builder was told that it is built from.
    std::uint64_t configuration() const;

    // Adds what fits `name`, of these sources; qname or nsdname. Allocates nothing.
    void find_name(Trigger trigger, dns::NameView name, const SourceMask& of, Matches& to) const;
    // Adds what fits `address`: of each source the longest prefix. client_ip, ip or nsip.
    void find_address(Trigger trigger, const IpAddress& address, const SourceMask& of,
                      Matches& to) const;

    // The records of a match whose action is Action::records (policy/rule_records.h).
    Octets records_of(const Match& match) const;
    // Where the rule stood in its source; 0: not known. Slow: for people.
    std::size_t line_of(const Match& match) const;

  private:
    struct Impl;
    explicit Book(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

using BookPtr = std::shared_ptr<const Book>;

// A small book from rules in memory, without a file: groups' own names, tests. The error is one
// sentence.
struct SourceRules {
    SourceHead head;
    std::vector<Rule> rules;
};

std::expected<BookPtr, std::string> book_of(std::span<const SourceRules> sources);

}  // namespace wend::policy
