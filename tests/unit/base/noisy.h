// An object that knows whether it is alive: counts constructions and destructions of each address.
#pragma once
#include <set>

class Noisy {
  public:
    static inline std::set<const void*> live;
    static inline int faults = 0;  // destroyed twice, constructed twice, or used when dead

    explicit Noisy(int id = 0) : id_(id) { born(); }

    Noisy(const Noisy& other) : id_(other.use()) { born(); }

    Noisy(Noisy&& other) noexcept : id_(other.use()) { born(); }

    Noisy& operator=(const Noisy&) = default;
    Noisy& operator=(Noisy&&) = default;

    ~Noisy() {
        faults += live.erase(this) == 1 ? 0 : 1;
        id_ = -1;
    }

    int use() const {
        faults += live.contains(this) ? 0 : 1;
        return id_;
    }

  private:
    void born() { faults += live.insert(this).second ? 0 : 1; }

    int id_;
};
