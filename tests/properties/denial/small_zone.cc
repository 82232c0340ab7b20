#include "tests/properties/denial/small_zone.h"

#include <algorithm>
#include <array>

namespace wend::search {
namespace {

constexpr std::array<std::uint8_t, 3> letters = {'*', 'a', 'b'};

std::vector<WorldName> make_names() {
    std::vector<WorldName> all;
    all.push_back({dns::name_of("z."), none, 0, false, none});
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (all[at].labels == question_labels_max) {
            continue;
        }
        for (const std::uint8_t letter : letters) {
            const std::array<std::uint8_t, 1> label = {letter};
            if (letter == '*') {
                all[at].wildcard = static_cast<int>(all.size());
            }
            all.push_back({*all[at].name.with_label(label), static_cast<int>(at),
                           all[at].labels + 1, letter == '*', none});
        }
    }
    return all;
}

}  // namespace

const std::vector<WorldName>& names() {
    static const std::vector<WorldName> all = make_names();
    return all;
}

int parent_of(int name) {
    return names()[static_cast<std::size_t>(name)].parent;
}

int names_of_at_most(int labels) {
    return static_cast<int>(
        std::ranges::count_if(names(), [labels](const auto& n) { return n.labels <= labels; }));
}

bool SmallZone::is_below_cut(int name) const {
    for (int above = parent_of(name); above != none; above = parent_of(above)) {
        if (is_cut(above)) {
            return true;
        }
    }
    return false;
}

bool SmallZone::is_below_dname(int name) const {
    for (int above = parent_of(name); above != none; above = parent_of(above)) {
        if ((types(above) & dname) != 0) {
            return true;
        }
    }
    return false;
}

bool SmallZone::set(Types of_apex, const std::vector<int>& who, const std::vector<Types>& types) {
    for (const int name : owners_) {
        types_[index(name)] = 0;
    }
    std::fill(exists_.begin(), exists_.end(), false);
    owners_ = {apex};
    types_[index(apex)] = of_apex;
    for (std::size_t i = 0; i < who.size(); ++i) {
        owners_.push_back(who[i]);
        types_[index(who[i])] = types[i];
    }
    for (const int name : who) {
        const bool asterisk = names()[index(name)].asterisk;
        const bool undefined = asterisk && (this->types(name) & (ns | dname)) != 0;
        if (undefined || is_below_dname(name) || (is_below_cut(name) && this->types(name) != a)) {
            return false;
        }
    }
    for (const int name : owners_) {
        if (!is_below_cut(name)) {
            for (int at = name; at != none; at = parent_of(at)) {
                exists_[index(at)] = true;
            }
        }
    }
    return true;
}

Truth truth(const SmallZone& zone, int name) {
    std::array<int, question_labels_max + 1> path{};  // from the apex to the name
    std::size_t steps = 0;
    for (int at = name; at != none; at = parent_of(at)) {
        path[steps++] = at;
    }
    std::reverse(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(steps));
    int encloser = apex;
    for (std::size_t i = 0; i + 1 < steps; ++i) {
        if (zone.is_cut(path[i])) {
            return {Truth::Kind::below_cut, 0, path[i], none};
        }
        if ((zone.types(path[i]) & dname) != 0) {
            return {Truth::Kind::below_dname, 0, none, none};
        }
        encloser = zone.exists(path[i]) ? path[i] : encloser;
    }
    if (zone.exists(name)) {
        const auto kind = zone.is_cut(name) ? Truth::Kind::at_cut : Truth::Kind::exact;
        return {kind, zone.types(name), none, none};
    }
    const int wildcard = names()[static_cast<std::size_t>(encloser)].wildcard;
    if (wildcard != none && zone.exists(wildcard)) {
        return {Truth::Kind::expanded, zone.types(wildcard), none, encloser};
    }
    return {Truth::Kind::no_name, 0, none, encloser};
}

}  // namespace wend::search
