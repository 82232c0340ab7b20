#include "policy/build/run.h"

#include <algorithm>
#include <utility>

#include "policy/book/book_file.h"
#include "policy/book/name_key.h"
#include "policy/build/run_record.h"

namespace wend::policy {

using build::RunRecord;

RunWriter::RunWriter(SourceHead head, std::shared_ptr<build::File> file, std::size_t memory)
    : file_(std::move(file)), memory_(memory) {
    run_.head = std::move(head);
    run_.file = file_;
}

std::expected<RunWriter, std::string> RunWriter::make(SourceHead head, std::size_t memory) {
    auto file = build::File::make();
    if (!file) {
        return std::unexpected(std::move(file.error()));
    }
    return RunWriter(std::move(head), std::move(*file), memory);
}

void RunWriter::add(const Rule& rule) {
    ++run_.rules;
    run_.triggers |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(rule.trigger));
    if (!is_of_names(rule.trigger)) {
        run_.addresses.push_back({.trigger = rule.trigger,
                                  .action = rule.action,
                                  .important = rule.important,
                                  .prefix = rule.prefix,
                                  .records = rule.records,
                                  .line = rule.line});
        return;
    }
    if (octets_.size() >= memory_) {
        spill();
    }
    const NameKey key(rule.name);
    starts_.push_back(static_cast<std::uint32_t>(octets_.size()));
    RunRecord{.key = key.of(key.labels()),
              .table = static_cast<std::uint8_t>(book::place_of_names(rule.trigger)),
              .covers = static_cast<std::uint8_t>(rule.covers),
              .important = static_cast<std::uint8_t>(rule.important ? 1 : 0),
              .action = rule.action,
              .line = static_cast<std::uint32_t>(rule.line),
              .records = rule.records}
        .append_to(octets_);
}

void RunWriter::spill() {
    std::ranges::sort(starts_, [this](std::uint32_t a, std::uint32_t b) {
        return RunRecord::at(octets_.data() + a) < RunRecord::at(octets_.data() + b);
    });
    std::uint64_t end = run_.ends.empty() ? 0 : run_.ends.back();
    std::vector<std::uint8_t> sorted;
    constexpr std::size_t piece = std::size_t{64} << 10;
    for (const std::uint32_t start : starts_) {
        const std::uint8_t* const from = octets_.data() + start;
        sorted.insert(sorted.end(), from, from + load_host<std::uint32_t>(from));
        if (sorted.size() >= piece || start == starts_.back()) {
            if (!file_->write_at(end, sorted)) {
                failure_ = "there is no room for the sorted names of a list";
            }
            end += sorted.size();
            sorted.clear();
        }
    }
    run_.ends.push_back(end);
    octets_.clear();
    starts_.clear();
}

std::expected<Run, std::string> RunWriter::finish() {
    if (!starts_.empty()) {
        spill();
    }
    octets_ = {};
    starts_ = {};
    if (!failure_.empty()) {
        return std::unexpected(failure_);
    }
    return std::move(run_);
}

}  // namespace wend::policy
