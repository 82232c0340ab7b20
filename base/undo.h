// Takes back the first steps of what fails at a later one.
#pragma once
#include <utility>

namespace wend {

// Calls `action` at the end of its scope unless keep() was called before.
template <class Action>
class [[nodiscard]] Undo {
  public:
    explicit Undo(Action action) : action_(std::move(action)) {}

    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    Undo(Undo&&) = delete;
    Undo& operator=(Undo&&) = delete;

    ~Undo() {
        if (armed_) {
            action_();
        }
    }

    void keep() { armed_ = false; }

  private:
    Action action_;
    bool armed_ = true;
};

}  // namespace wend
