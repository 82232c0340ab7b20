#include "policy/build/source_stream.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace wend::policy::build {

// A sorted piece of a run, read a part at a time.
class SourceStream::Piece {
  public:
    Piece(const File& file, std::uint64_t from, std::uint64_t to)
        : file_(file), at_(from), end_(to) {
        advance();
    }

    bool is_over() const { return record_ == nullptr; }

    RunRecord record() const { return RunRecord::at(record_); }

    void advance() {
        used_ += record_ == nullptr ? 0 : load_host<std::uint32_t>(record_);
        record_ = nullptr;
        if (!has(RunRecord::fixed) || !has(load_host<std::uint32_t>(buffer_.data() + used_))) {
            return;
        }
        record_ = buffer_.data() + used_;
    }

  private:
    // Whether so many octets lie in the buffer from used_ on; reads more if need be.
    bool has(std::size_t count) {
        constexpr std::size_t chunk = std::size_t{32} << 10;
        if (buffer_.size() - used_ >= count) {
            return true;
        }
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
        used_ = 0;
        const std::size_t kept = buffer_.size();
        const auto wanted = std::min<std::uint64_t>(std::max(chunk, count - kept), end_ - at_);
        buffer_.resize(kept + wanted);
        const std::size_t got = file_.read_at(at_, MutableOctets(buffer_).subspan(kept));
        buffer_.resize(kept + got);
        at_ += got;
        return buffer_.size() >= count;
    }

    const File& file_;
    std::uint64_t at_;
    std::uint64_t end_;
    std::vector<std::uint8_t> buffer_;
    std::size_t used_ = 0;
    const std::uint8_t* record_ = nullptr;
};

namespace {

constexpr auto comes_later = [](const auto& a, const auto& b) { return b->record() < a->record(); };

bool has_bit(std::uint8_t covers, Covers bit) {
    return (covers & static_cast<std::uint8_t>(bit)) != 0;
}

}  // namespace

SourceStream::SourceStream(const Run& run) : run_(run) {
    std::uint64_t from = 0;
    for (const std::uint64_t end : run.ends) {
        auto piece = std::make_unique<Piece>(*run.file, from, end);
        if (!piece->is_over()) {
            pieces_.push_back(std::move(piece));
        }
        from = end;
    }
    std::ranges::make_heap(pieces_, comes_later);
}

SourceStream::~SourceStream() = default;

// The one at the front becomes a rule of the group. Of one kind the first in the text counts;
// records of it add up.
void SourceStream::take_record(NamedRules& to) {
    std::ranges::pop_heap(pieces_, comes_later);
    Piece& piece = *pieces_.back();
    const RunRecord record = piece.record();
    const auto same = std::ranges::find_if(to.rules, [&](const NameRule& rule) {
        return rule.covers == record.covers && rule.important == record.important;
    });
    if (same == to.rules.end()) {
        to.rules.push_back({.covers = record.covers,
                            .important = record.important,
                            .action = record.action,
                            .line = record.line,
                            .records = {record.records.begin(), record.records.end()}});
    } else if (same->action == Action::records && record.action == Action::records) {
        same->records.insert(same->records.end(), record.records.begin(), record.records.end());
    }
    piece.advance();
    if (piece.is_over()) {
        pieces_.pop_back();
    } else {
        std::ranges::push_heap(pieces_, comes_later);
    }
}

bool SourceStream::read_group(NamedRules& to) {
    if (pieces_.empty()) {
        return false;
    }
    const RunRecord first = pieces_.front()->record();
    to.table = first.table;
    to.key.assign(first.key.begin(), first.key.end());
    to.rules.clear();
    while (!pieces_.empty()) {  // ends: each turn takes a record
        const RunRecord record = pieces_.front()->record();
        if (record.table != to.table || !std::ranges::equal(record.key, to.key)) {
            break;
        }
        take_record(to);
    }
    std::ranges::sort(to.rules, [](const NameRule& a, const NameRule& b) {
        return std::tuple(b.important, a.line) < std::tuple(a.important, b.line);
    });
    return true;
}

void SourceStream::leave_out_covered(NamedRules& group) const {
    const bool is_covered = std::ranges::any_of(path_, &Level::covers_below);
    const bool importantly = std::ranges::any_of(path_, &Level::covers_below_importantly);
    std::erase_if(group.rules, [&](const NameRule& rule) {
        return importantly || (is_covered && rule.important == 0);
    });
}

// Moves the path to the group's name; puts what there is to give into ready_.
void SourceStream::descend(NamedRules& group) {
    const auto differs = std::ranges::mismatch(last_key_, group.key);
    const auto common = static_cast<std::size_t>(differs.in2 - group.key.begin());
    if (group.table != last_table_) {
        path_.clear();
    }
    std::erase_if(path_, [common](const Level& level) { return level.end > common; });
    last_key_ = group.key;
    last_table_ = group.table;
    const bool is_zone = run_.head.kind == SourceKind::rpz;
    if (!is_zone) {
        leave_out_covered(group);
    }
    std::size_t from = path_.empty() ? 0 : path_.back().end;
    bool below_wildcard = std::ranges::any_of(path_, &Level::covers_below);
    for (std::size_t at = from; at + 1 < group.key.size(); ++at) {
        if (group.key[at] != 0) {
            continue;
        }
        path_.push_back({.end = at + 1});
        if (is_zone && below_wildcard) {
            const auto end = group.key.begin() + static_cast<std::ptrdiff_t>(at + 1);
            ready_.push_back(
                {.table = group.table, .key = {group.key.begin(), end}, .rules = {{}}});
        }
    }
    Level own{.end = group.key.size()};
    for (const NameRule& rule : group.rules) {
        own.covers_below |= has_bit(rule.covers, Covers::below);
        own.covers_below_importantly |= has_bit(rule.covers, Covers::below) && rule.important != 0;
    }
    path_.push_back(own);
    if (!group.rules.empty()) {
        ready_.push_back(group);
    }
}

bool SourceStream::next(NamedRules& to) {
    NamedRules group;
    while (ready_.empty() && read_group(group)) {  // ends: each turn takes a record
        descend(group);
    }
    if (ready_.empty()) {
        return false;
    }
    to = std::move(ready_.front());
    ready_.pop_front();
    return true;
}

}  // namespace wend::policy::build
