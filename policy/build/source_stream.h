// The names of one source in canonical order, each once, with the rules that are left of what its
// text said.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "policy/build/run.h"
#include "policy/build/run_record.h"

namespace wend::policy::build {

struct NameRule {
    std::uint8_t covers = 0;  // 0: the name is there, and shadows what lies above it
    std::uint8_t important = 0;
    Action action = Action::withhold;
    std::uint32_t line = 0;
    std::vector<std::uint8_t> records{};
};

struct NamedRules {
    std::uint8_t table = 0;
    std::vector<std::uint8_t> key{};
    std::vector<NameRule> rules{};
};

// Of a list the names below one that it covers with all below are left out. Of a response policy
// zone the empty names below a wildcard are put in: they exist (RFC 4592 2.2.2), and so the
// wildcard does not reach past them.
class SourceStream {
  public:
    explicit SourceStream(const Run& run);
    ~SourceStream();
    SourceStream(const SourceStream&) = delete;
    SourceStream& operator=(const SourceStream&) = delete;
    SourceStream(SourceStream&&) = delete;
    SourceStream& operator=(SourceStream&&) = delete;

    // False at the end.
    bool next(NamedRules& to);

  private:
    class Piece;

    // An ancestor of the name that was given last, or that name.
    struct Level {
        std::size_t end = 0;  // octets of its key
        bool covers_below = false;
        bool covers_below_importantly = false;
    };

    bool read_group(NamedRules& to);
    void take_record(NamedRules& to);
    void descend(NamedRules& group);
    void leave_out_covered(NamedRules& group) const;

    const Run& run_;
    std::vector<std::unique_ptr<Piece>> pieces_;  // a heap, the first name at its front
    std::vector<Level> path_;
    std::vector<std::uint8_t> last_key_;
    std::uint8_t last_table_ = 0;
    std::deque<NamedRules> ready_;
};

}  // namespace wend::policy::build
