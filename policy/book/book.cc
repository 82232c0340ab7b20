#include "policy/book/book.h"

#include <algorithm>
#include <cstring>

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/check.h"
#include "policy/book/address_table.h"
#include "policy/book/book_file.h"
#include "policy/book/name_table.h"

namespace wend::policy {
namespace {

using book::AddressTable;
using book::Header;
using book::NameTable;
using book::SetRule;

// A file in memory for as long as this lives.
class Mapping {
  public:
    explicit Mapping(int fd) {
        struct stat status{};
        if (fstat(fd, &status) != 0 || status.st_size <= 0) {
            return;
        }
        size_ = static_cast<std::size_t>(status.st_size);
        at_ = mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0);
    }

    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    Mapping(Mapping&&) = delete;
    Mapping& operator=(Mapping&&) = delete;

    ~Mapping() {
        if (is_open()) {
            munmap(at_, size_);
        }
    }

    bool is_open() const { return at_ != MAP_FAILED; }

    Octets octets() const { return {static_cast<const std::uint8_t*>(at_), size_}; }

  private:
    void* at_ = MAP_FAILED;
    std::size_t size_ = 0;
};

constexpr auto last_action = static_cast<std::uint8_t>(Action::records);

constexpr std::uint8_t bit_of(Trigger trigger) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(trigger));
}

bool lies_inside(Octets file, const book::Section& section) {
    return section.at <= file.size() && section.size <= file.size() - section.at;
}

bool is_sound(const Header& header, Octets file) {
    Header summed = header;
    summed.checksum = 0;
    const Octets octets(reinterpret_cast<const std::uint8_t*>(&summed), sizeof summed);
    return header.magic == book::magic && header.version == book::version &&
           header.file_size == file.size() && header.checksum == book::checksum_of(octets) &&
           lies_inside(file, header.sources) && lies_inside(file, header.set_offsets) &&
           lies_inside(file, header.sets) && lies_inside(file, header.records) &&
           header.sets.at % alignof(SetRule) == 0;
}

}  // namespace

struct Book::Impl {
    explicit Impl(int fd) : mapping(fd) {}

    bool read();
    bool read_sources();
    std::span<const SetRule> rules_of(std::uint32_t set) const;

    Mapping mapping;
    Header header;
    std::vector<SourceHead> sources;
    std::vector<std::uint8_t> triggers;  // of each source: bits
    std::array<NameTable, 2> names;
    std::array<AddressTable, 3> addresses;
    Octets set_offsets;
    Octets sets;
    Octets records;
};

bool Book::Impl::read() {
    const Octets file = mapping.octets();
    if (file.size() < sizeof header) {
        return false;
    }
    std::memcpy(&header, file.data(), sizeof header);
    if (!is_sound(header, file) || !read_sources()) {
        return false;
    }
    set_offsets = file.subspan(header.set_offsets.at, header.set_offsets.size);
    sets = file.subspan(header.sets.at, header.sets.size);
    records = file.subspan(header.records.at, header.records.size);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto table = NameTable::of(file, header.names[i]);
        if (!table) {
            return false;
        }
        names[i] = *table;
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto table = AddressTable::of(file, header.addresses[i]);
        if (!table) {
            return false;
        }
        addresses[i] = *table;
    }
    return true;
}

bool Book::Impl::read_sources() {
    Octets left = mapping.octets().subspan(header.sources.at, header.sources.size);
    while (left.size() >= 4 && sources.size() < sources_max) {
        const std::size_t size = load_host<std::uint16_t>(left.data() + 2);
        if (left[0] > static_cast<std::uint8_t>(SourceKind::allow) || left.size() - 4 < size) {
            return false;
        }
        const auto* const name = reinterpret_cast<const char*>(left.data() + 4);
        sources.push_back({.name = std::string(name, size), .kind = SourceKind{left[0]}});
        triggers.push_back(left[1]);
        left = left.subspan(4 + size);
    }
    return left.empty();
}

// Empty for a set that is not there.
std::span<const SetRule> Book::Impl::rules_of(std::uint32_t set) const {
    const std::size_t at = std::size_t{set} * 4;
    if (at + 8 > set_offsets.size()) {
        return {};
    }
    const std::size_t from = load_host<std::uint32_t>(set_offsets.data() + at);
    const std::size_t to = load_host<std::uint32_t>(set_offsets.data() + at + 4);
    const bool fits = from <= to && to <= sets.size() && from % sizeof(SetRule) == 0;
    if (!fits) {
        return {};
    }
    return {reinterpret_cast<const SetRule*>(sets.data() + from), (to - from) / sizeof(SetRule)};
}

Book::Book(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Book::~Book() = default;

std::expected<std::shared_ptr<const Book>, std::string> Book::open(int fd) {
    auto impl = std::make_unique<Impl>(fd);
    if (!impl->mapping.is_open()) {
        return std::unexpected("the file of names cannot be mapped into memory");
    }
    if (!impl->read()) {
        return std::unexpected("the file of names is damaged, or of another version");
    }
    return std::shared_ptr<const Book>(new Book(std::move(impl)));
}

void Matches::add(const Match& match) {
    if (size_ < matches_.size()) {
        matches_[size_++] = match;
    }
}

std::span<const SourceHead> Book::sources() const {
    return impl_->sources;
}

bool Book::has(std::uint8_t source, Trigger trigger) const {
    return source < impl_->triggers.size() && (impl_->triggers[source] & bit_of(trigger)) != 0;
}

std::size_t Book::names() const {
    return impl_->names[0].names() + impl_->names[1].names();
}

std::uint64_t Book::configuration() const {
    return impl_->header.configuration;
}

namespace {

// What a name's rules add, while its suffixes are looked at from the whole name down.
class NameSearch {
  public:
    NameSearch(Trigger trigger, const SourceMask& of, std::span<const SourceHead> sources,
               Matches& to)
        : trigger_(trigger), of_(of), sources_(sources), to_(to) {}

    // The rules of the suffix of so many labels.
    void take(std::span<const SetRule> rules, std::size_t labels, bool is_whole,
              std::uint32_t place) {
        const auto wanted = static_cast<unsigned>(is_whole ? Covers::name : Covers::below);
        SourceMask zones;
        for (std::size_t i = 0; i < rules.size(); ++i) {
            const SetRule& rule = rules[i];
            SourceMask& done = rule.important != 0 ? important_done_ : done_;
            const bool counts =
                rule.source < sources_.size() && of_.test(rule.source) && !done.test(rule.source);
            if (!counts) {
                continue;
            }
            if (sources_[rule.source].kind == SourceKind::rpz) {
                zones.set(rule.source);
            }
            if ((rule.covers & wanted) != 0 && rule.action <= last_action) {
                done.set(rule.source);
                to_.add({.source = rule.source,
                         .trigger = trigger_,
                         .action = Action{rule.action},
                         .important = rule.important != 0,
                         .is_below = !is_whole,
                         .labels = static_cast<std::uint8_t>(labels),
                         .rule = static_cast<std::uint16_t>(i),
                         .place = place,
                         .records = rule.records});
            }
        }
        done_ |= zones;  // the closest encloser of a zone decides (RFC 4592 3.3.1)
    }

  private:
    Trigger trigger_;
    const SourceMask& of_;
    std::span<const SourceHead> sources_;
    Matches& to_;
    SourceMask done_;
    SourceMask important_done_;
};

}  // namespace

void Book::find_name(Trigger trigger, dns::NameView name, const SourceMask& of, Matches& to) const {
    const NameTable& table = impl_->names[book::place_of_names(trigger)];
    if (table.empty()) {
        return;
    }
    const SuffixHashes hashes(name, table.labels_max());
    std::optional<NameKey> key;
    NameSearch search(trigger, of, impl_->sources, to);
    for (std::size_t labels = std::min(hashes.labels(), table.labels_max()); labels > 0; --labels) {
        if (!table.may_have(hashes.of(labels), labels)) {
            continue;
        }
        if (!key) {
            key.emplace(name);
        }
        if (const auto found = table.find(key->of(labels))) {
            search.take(impl_->rules_of(found->set), labels, labels == hashes.labels(),
                        found->ordinal);
        }
    }
}

void Book::find_address(Trigger trigger, const IpAddress& address, const SourceMask& of,
                        Matches& to) const {
    const AddressTable& table = impl_->addresses[book::place_of_addresses(trigger)];
    const auto set = table.empty() ? std::nullopt : table.find(address);
    if (!set) {
        return;
    }
    SourceMask seen;
    for (const SetRule& rule : impl_->rules_of(*set)) {
        const bool counts = rule.source < impl_->sources.size() && of.test(rule.source) &&
                            !seen.test(rule.source) && rule.action <= last_action;
        if (!counts) {
            continue;
        }
        seen.set(rule.source);
        to.add({.source = rule.source,
                .trigger = trigger,
                .action = Action{rule.action},
                .important = rule.important != 0,
                .bits = rule.bits,
                .place = rule.line,
                .records = rule.records});
    }
}

Octets Book::records_of(const Match& match) const {
    const Octets all = impl_->records;
    if (match.records > all.size() || all.size() - match.records < 4) {
        return {};
    }
    const std::size_t size = load_host<std::uint32_t>(all.data() + match.records);
    const Octets rest = all.subspan(match.records + std::size_t{4});
    return size <= rest.size() ? rest.first(size) : Octets();
}

std::size_t Book::line_of(const Match& match) const {
    if (!is_of_names(match.trigger)) {
        return match.place;
    }
    const NameTable& table = impl_->names[book::place_of_names(match.trigger)];
    return table.line_of(match.place, match.rule,
                         [this](std::uint32_t set) { return impl_->rules_of(set).size(); });
}

}  // namespace wend::policy
