#include "policy/build/write_book.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "policy/build/intervals.h"
#include "policy/build/name_table_writer.h"
#include "policy/build/output.h"
#include "policy/build/sets.h"
#include "policy/build/source_stream.h"

namespace wend::policy {
namespace {

using namespace build;

// The next name of one source, among those of all.
struct Head {
    std::unique_ptr<SourceStream> stream;
    std::uint8_t source = 0;
    NamedRules next{};
};

// A heap with it has the first name at its front, and of one name the stronger source.
constexpr auto comes_later = [](const Head& a, const Head& b) {
    return std::tie(b.next.table, b.next.key, b.source) <
           std::tie(a.next.table, a.next.key, a.source);
};

class BookWriter {
  public:
    BookWriter(std::span<const Run> runs, const BookOptions& options,
               std::shared_ptr<build::File> file)
        : runs_(runs), options_(options), file_(std::move(file)), out_(*file_) {}

    std::expected<std::shared_ptr<build::File>, std::string> write();

  private:
    bool write_names();
    void take_name(std::vector<Head>& heads, NameTableWriter& to);
    void write_addresses();
    book::SetRule set_rule(const Head& head, const NameRule& rule);
    void write_sources();

    std::span<const Run> runs_;
    const BookOptions& options_;
    std::shared_ptr<build::File> file_;
    Output out_;
    Sets sets_;
    book::Header header_{};
    std::vector<book::SetRule> set_;
    std::vector<std::uint32_t> lines_;
};

void BookWriter::write_sources() {
    out_.begin();
    for (const Run& run : runs_) {
        const std::string& name = run.head.name;
        std::array<std::uint8_t, 4> fixed = {static_cast<std::uint8_t>(run.head.kind),
                                             run.triggers};
        const auto size = static_cast<std::uint16_t>(name.size());
        std::memcpy(fixed.data() + 2, &size, sizeof size);
        out_.append(fixed);
        out_.append({reinterpret_cast<const std::uint8_t*>(name.data()), size});
    }
    header_.sources = out_.section();
}

book::SetRule BookWriter::set_rule(const Head& head, const NameRule& rule) {
    return {.source = head.source,
            .covers = rule.covers,
            .important = rule.important,
            .action = static_cast<std::uint8_t>(rule.action),
            .records = rule.action == Action::records ? sets_.keep_records(rule.records)
                                                      : book::no_records};
}

// The first name of all, with the rules of each source that has it.
void BookWriter::take_name(std::vector<Head>& heads, NameTableWriter& to) {
    set_.clear();
    lines_.clear();
    const NamedRules name = heads.front().next;
    while (!heads.empty() && heads.front().next.table == name.table &&
           heads.front().next.key == name.key) {
        std::ranges::pop_heap(heads, comes_later);
        Head& head = heads.back();
        for (const NameRule& rule : head.next.rules) {
            set_.push_back(set_rule(head, rule));
            lines_.push_back(rule.line);
        }
        if (head.stream->next(head.next)) {
            std::ranges::push_heap(heads, comes_later);
        } else {
            heads.pop_back();
        }
    }
    to.add(name.key, sets_.number_of(set_), lines_);
}

// False: there are more than there may be.
bool BookWriter::write_names() {
    std::vector<Head> heads;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        Head head{std::make_unique<SourceStream>(runs_[i]), static_cast<std::uint8_t>(i)};
        if (head.stream->next(head.next)) {
            heads.push_back(std::move(head));
        }
    }
    std::ranges::make_heap(heads, comes_later);
    std::size_t names = 0;
    for (std::uint8_t table = 0; table < header_.names.size(); ++table) {
        NameTableWriter writer(out_);
        for (; !heads.empty() && heads.front().next.table == table; ++names) {
            if (names >= options_.names_max) {
                return false;
            }
            take_name(heads, writer);
        }
        header_.names[table] = writer.finish();
    }
    return true;
}

void BookWriter::write_addresses() {
    for (const Trigger trigger : {Trigger::client_ip, Trigger::ip, Trigger::nsip}) {
        std::vector<PrefixRule> rules;
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            for (const AddressRule& each : runs_[i].addresses) {
                if (each.trigger == trigger) {
                    const bool has_records = each.action == Action::records;
                    rules.push_back(
                        {each.prefix,
                         {.source = static_cast<std::uint8_t>(i),
                          .covers = static_cast<std::uint8_t>(Covers::name),
                          .important = static_cast<std::uint8_t>(each.important ? 1 : 0),
                          .action = static_cast<std::uint8_t>(each.action),
                          .records =
                              has_records ? sets_.keep_records(each.records) : book::no_records,
                          .line = static_cast<std::uint32_t>(each.line)}});
                }
            }
        }
        std::vector<std::uint8_t> starts;
        std::vector<std::uint32_t> sets;
        for (const Interval& interval : intervals_of(std::move(rules))) {
            const auto& octets = interval.start.mapped();
            starts.insert(starts.end(), octets.begin(), octets.end());
            sets.push_back(sets_.number_of(interval.rules));
        }
        book::AddressSections& sections = header_.addresses[book::place_of_addresses(trigger)];
        sections.starts = out_.put(starts);
        sections.sets = out_.put_numbers(sets);
    }
}

std::expected<std::shared_ptr<build::File>, std::string> BookWriter::write() {
    write_sources();
    if (!write_names()) {
        return std::unexpected(fmt::format(
            "the lists and zones have over {} names: raise policy.max-names, or use fewer lists",
            options_.names_max));
    }
    write_addresses();
    header_.set_offsets = out_.put_numbers(sets_.offsets());
    header_.sets = out_.put_numbers(sets_.rules());
    header_.records = out_.put(sets_.records());
    out_.flush();
    header_.magic = book::magic;
    header_.version = book::version;
    header_.file_size = out_.size();
    header_.configuration = options_.configuration;
    const Octets octets(reinterpret_cast<const std::uint8_t*>(&header_), sizeof header_);
    header_.checksum = book::checksum_of(octets);
    if (!sets_.fits()) {
        return std::unexpected(
            "the data of policy zones is over 4 GiB: use fewer or smaller zones");
    }
    if (out_.has_failed() || !file_->write_at(0, octets)) {
        return std::unexpected("there is no room for the file of names");
    }
    return std::move(file_);
}

}  // namespace

std::expected<std::shared_ptr<build::File>, std::string> write_book(std::span<const Run> runs,
                                                                    const BookOptions& options) {
    if (runs.size() > sources_max) {
        return std::unexpected(fmt::format("there are {} lists and zones; {} at most can be used",
                                           runs.size(), sources_max));
    }
    auto file = build::File::make();
    if (!file) {
        return std::unexpected(std::move(file.error()));
    }
    return BookWriter(runs, options, std::move(*file)).write();
}

std::expected<BookPtr, std::string> book_of(std::span<const SourceRules> sources) {
    std::vector<Run> runs;
    for (const SourceRules& source : sources) {
        auto writer = RunWriter::make(source.head);
        if (!writer) {
            return std::unexpected(std::move(writer.error()));
        }
        for (const Rule& rule : source.rules) {
            writer->add(rule);
        }
        auto run = writer->finish();
        if (!run) {
            return std::unexpected(std::move(run.error()));
        }
        runs.push_back(std::move(*run));
    }
    const auto file = write_book(runs, {});
    return file ? Book::open((*file)->fd()) : std::unexpected(file.error());
}

}  // namespace wend::policy
