// A name's rule as it lies in a run.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <vector>

#include "base/octets.h"
#include "policy/rule.h"

namespace wend::policy::build {

// In host order: u32 size of all of it, u32 line, u16 size of the key, u8 table, covers, importance
// and action, then key and records.
struct RunRecord {
    static constexpr std::size_t fixed = 14;

    Octets key{};  // policy/book/name_key.h
    std::uint8_t table = 0;
    std::uint8_t covers = 0;
    std::uint8_t important = 0;
    Action action = Action::withhold;
    std::uint32_t line = 0;
    Octets records{};

    void append_to(std::vector<std::uint8_t>& octets) const {
        const std::size_t at = octets.size();
        octets.resize(at + fixed);
        const auto size = static_cast<std::uint32_t>(fixed + key.size() + records.size());
        const auto key_size = static_cast<std::uint16_t>(key.size());
        std::memcpy(octets.data() + at, &size, 4);
        std::memcpy(octets.data() + at + 4, &line, 4);
        std::memcpy(octets.data() + at + 8, &key_size, 2);
        octets[at + 10] = table;
        octets[at + 11] = covers;
        octets[at + 12] = important;
        octets[at + 13] = static_cast<std::uint8_t>(action);
        octets.insert(octets.end(), key.begin(), key.end());
        octets.insert(octets.end(), records.begin(), records.end());
    }

    // Of octets that append_to() made.
    static RunRecord at(const std::uint8_t* from) {
        const auto size = load_host<std::uint32_t>(from);
        const auto key_size = load_host<std::uint16_t>(from + 8);
        return {.key = {from + fixed, key_size},
                .table = from[10],
                .covers = from[11],
                .important = from[12],
                .action = Action{from[13]},
                .line = load_host<std::uint32_t>(from + 4),
                .records = {from + fixed + key_size, size - fixed - key_size}};
    }

    // Names in canonical order, what is important first.
    friend bool operator<(const RunRecord& a, const RunRecord& b) {
        if (a.table != b.table) {
            return a.table < b.table;
        }
        const std::size_t common = std::min(a.key.size(), b.key.size());
        const int order = std::memcmp(a.key.data(), b.key.data(), common);
        if (order != 0 || a.key.size() != b.key.size()) {
            return order < 0 || (order == 0 && a.key.size() < b.key.size());
        }
        return std::tuple(b.important, a.covers, a.line) <
               std::tuple(a.important, b.covers, b.line);
    }
};

}  // namespace wend::policy::build
