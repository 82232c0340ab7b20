// Zones so small that all of them can be looked at, and what is true of a name in one of them, read
// from the zone's whole contents in the words of RFC 1034 4.3.2, RFC 4592 and RFC 6672.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "dns/name.h"

namespace wend::search {

// The names of the world: the apex "z." and all of up to four labels over {*, a, b} under it, by
// number. A zone has names of up to three labels; one more may be asked for.
inline constexpr int zone_labels_max = 3;
inline constexpr int question_labels_max = 4;
inline constexpr int apex = 0;
inline constexpr int none = -1;

struct WorldName {
    dns::Name name;
    int parent = none;
    int labels = 0;         // below the apex
    bool asterisk = false;  // its first label
    int wildcard = none;    // its child of that label
};

// In order of labels: the apex, those of one label, and so on.
const std::vector<WorldName>& names();
int parent_of(int name);  // that of the apex is none
int names_of_at_most(int labels);

// Bits of a set of types.
enum : std::uint8_t { a = 1, cname = 2, ns = 4, ds = 8, dname = 16, soa = 32 };

using Types = std::uint8_t;

inline constexpr std::array<Types, 5> shapes = {a, cname, ns, Types{ns | ds}, dname};

class SmallZone {
  public:
    SmallZone() : types_(names().size(), 0), exists_(names().size(), false) {}

    // `types` of the apex, then of each name. False if it is no zone: something below a DNAME
    // (RFC 6672 2.4), other than addresses below a cut, a wildcard that is a cut or a DNAME (whose
    // meaning is undefined, RFC 4592 4).
    bool set(Types of_apex, const std::vector<int>& who, const std::vector<Types>& types);

    Types types(int name) const { return types_[index(name)]; }

    // It, or something below it, has records; what lies below a cut aside.
    bool exists(int name) const { return exists_[index(name)]; }

    bool is_cut(int name) const { return name != apex && (types(name) & ns) != 0; }

    bool is_below_cut(int name) const;
    bool is_below_dname(int name) const;

    // With records, the apex first: the order of numbers is no canonical order.
    const std::vector<int>& owners() const { return owners_; }

  private:
    static std::size_t index(int name) { return static_cast<std::size_t>(name); }

    std::vector<Types> types_;
    std::vector<bool> exists_;
    std::vector<int> owners_;
};

struct Truth {
    enum class Kind : std::uint8_t {
        below_cut,
        below_dname,
        at_cut,
        exact,     // the name exists, perhaps without records
        expanded,  // a wildcard stands for it
        no_name,
    };

    Kind kind{};
    Types types = 0;      // at the name, or at the wildcard
    int cut = none;       // below_cut
    int encloser = none;  // expanded and no_name
};

Truth truth(const SmallZone& zone, int name);

}  // namespace wend::search
