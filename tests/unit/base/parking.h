// A place where coroutines wait until a test resumes them.
#pragma once
#include <coroutine>
#include <cstddef>
#include <vector>

class Parking {
  public:
    class Spot {
      public:
        explicit Spot(Parking& parking) : parking_(parking) {}

        Spot(const Spot&) = delete;
        Spot& operator=(const Spot&) = delete;
        Spot(Spot&&) = delete;
        Spot& operator=(Spot&&) = delete;

        ~Spot() { std::erase(parking_.spots_, this); }

        bool await_ready() const noexcept { return false; }

        void await_suspend(std::coroutine_handle<> waiter) {
            waiter_ = waiter;
            parking_.spots_.push_back(this);
        }

        void await_resume() const noexcept {}

      private:
        friend class Parking;
        Parking& parking_;
        std::coroutine_handle<> waiter_;
    };

    Spot wait() { return Spot(*this); }

    std::size_t waiting() const { return spots_.size(); }

    void wake(std::size_t which) {
        Spot* spot = spots_.at(which);
        std::erase(spots_, spot);
        spot->waiter_.resume();
    }

  private:
    std::vector<Spot*> spots_;
};
