#include "tests/properties/denial/zones.h"

#include <cstddef>
#include <vector>

namespace wend::search {
namespace {

class Enumeration {
  public:
    Enumeration(const Space& space, const ZoneVisitor& visitor)
        : space_(space), visitor_(visitor) {}

    void run() {
        const int all = names_of_at_most(zone_labels_max);
        choose(1, all);
        types_.clear();
        visit(Types{soa | ns | dname});  // of no names
    }

  private:
    void choose(int from, int all) {
        types_.clear();
        shape(0);
        if (static_cast<int>(who_.size()) == space_.names_max) {
            return;
        }
        for (int name = from; name < all; ++name) {
            who_.push_back(name);
            choose(name + 1, all);
            who_.pop_back();
        }
    }

    void shape(std::size_t at) {
        if (at == who_.size()) {
            visit(Types{soa | ns});
            return;
        }
        for (const Types types : shapes) {
            types_.push_back(types);
            shape(at + 1);
            types_.pop_back();
            if (!space_.all_shapes) {
                break;
            }
        }
    }

    void visit(Types of_apex) {
        if (zone_.set(of_apex, who_, types_) && ++visited_ % space_.stride == 0) {
            visitor_(zone_, visited_);
        }
    }

    const Space& space_;
    const ZoneVisitor& visitor_;
    SmallZone zone_;
    std::vector<int> who_;
    std::vector<Types> types_;
    std::uint64_t visited_ = 0;
};

}  // namespace

void visit_zones(const Space& space, const ZoneVisitor& visitor) {
    Enumeration(space, visitor).run();
}

}  // namespace wend::search
