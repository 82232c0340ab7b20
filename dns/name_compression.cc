#include "dns/name_compression.h"

#include <cstring>

#include "dns/label_starts.h"

namespace wend::dns {
namespace {

// With its length octet.
Octets label_at(NameView name, std::size_t start) {
    return name.wire().subspan(start, 1U + name.wire()[start]);
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
    hash = (hash ^ word) * odd;
    return hash ^ hash >> 29;
}

// From two to seven octets, each once or twice.
std::uint64_t load_few(Octets octets) {
    const std::uint8_t* const first = octets.data();
    const std::uint8_t* const end = first + octets.size();
    if (octets.size() >= 4) {
        return std::uint64_t{load_host<std::uint32_t>(first)} << 32 |
               load_host<std::uint32_t>(end - 4);
    }
    return std::uint64_t{load_host<std::uint16_t>(first)} << 32 | load_host<std::uint16_t>(end - 2);
}

// Without a key: names made to collide only lose compression, since searches are short anyway.
// A label has two octets or more, with its length.
std::uint8_t slot_of(std::uint8_t rest, Octets label) {
    if (label.size() < 8) {
        return static_cast<std::uint8_t>(mix(rest, load_few(label)) >> 24);
    }
    const std::uint8_t* const last = label.data() + label.size() - 8;
    std::uint64_t hash = rest;
    for (const std::uint8_t* at = label.data(); at < last; at += 8) {
        hash = mix(hash, load_host<std::uint64_t>(at));
    }
    return static_cast<std::uint8_t>(mix(hash, load_host<std::uint64_t>(last)) >> 24);
}

}  // namespace

void NameCompression::clear() {
    slots_.fill(0);
    size_ = 0;
}

NameCompression::Match NameCompression::find(Octets message, NameView name) const {
    const LabelStarts labels(name);
    Match match{.suffix = 0, .octets_new = name.size() - 1};
    for (std::size_t i = labels.count; i > 0; --i) {
        const std::size_t start = labels.starts[i - 1];
        const Suffix longer = find_label(message, match.suffix, label_at(name, start));
        if (longer == 0) {
            break;
        }
        match = {.suffix = longer, .octets_new = start};
    }
    return match;
}

void NameCompression::add(NameView name, Match match, std::size_t at) {
    if (match.octets_new == 0) {
        return;
    }
    const LabelStarts labels(name);
    Suffix rest = match.suffix;
    for (std::size_t i = labels.count; i > 0; --i) {
        const std::size_t start = labels.starts[i - 1];
        if (start >= match.octets_new) {
            continue;
        }
        rest = add_label(rest, label_at(name, start), at + start);
        if (rest == 0) {
            return;  // what is in front of an unknown suffix cannot be found
        }
    }
}

void NameCompression::shrink_to(std::size_t size) {
    // Last in, first out: no search before then passed these slots.
    for (; size_ > size; --size_) {
        slots_[entries_[size_].slot] = 0;
    }
}

NameCompression::Suffix NameCompression::find_label(Octets message, Suffix rest,
                                                    Octets label) const {
    std::uint8_t slot = slot_of(rest, label);
    for (std::size_t probe = 0; probe < probes_max && slots_[slot] != 0; ++probe, ++slot) {
        const Suffix suffix = slots_[slot];
        const Entry& entry = entries_[suffix];
        if (entry.rest == rest && message[entry.place] == label[0] &&
            std::memcmp(message.data() + entry.place, label.data(), label.size()) == 0) {
            return suffix;
        }
    }
    return 0;
}

NameCompression::Suffix NameCompression::add_label(Suffix rest, Octets label, std::size_t place) {
    if (size_ == entries_max || place >= targets_end) {
        return 0;
    }
    std::uint8_t slot = slot_of(rest, label);
    for (std::size_t probe = 0; probe < probes_max; ++probe, ++slot) {
        if (slots_[slot] == 0) {
            const auto suffix = static_cast<Suffix>(++size_);
            slots_[slot] = suffix;
            entries_[suffix] = {
                .place = static_cast<std::uint16_t>(place), .rest = rest, .slot = slot};
            return suffix;
        }
    }
    return 0;
}

}  // namespace wend::dns
