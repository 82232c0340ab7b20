// Connections in the order in which they fell idle, oldest first; joining and leaving cost nothing.
#pragma once

namespace wend {

class TcpConnection;

// A connection's place in one list. Leaves it when it goes.
class IdleLink {
  public:
    explicit IdleLink(TcpConnection& connection) : connection_(&connection) {}

    IdleLink(const IdleLink&) = delete;
    IdleLink& operator=(const IdleLink&) = delete;
    IdleLink(IdleLink&&) = delete;
    IdleLink& operator=(IdleLink&&) = delete;

    ~IdleLink() { leave(); }

    TcpConnection& connection() const { return *connection_; }

    bool is_member() const { return next_ != this; }

    void leave() {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        previous_ = next_ = this;
    }

  private:
    friend class IdleList;

    IdleLink() = default;  // a list's own

    TcpConnection* connection_ = nullptr;
    IdleLink* previous_ = this;
    IdleLink* next_ = this;
};

// Does not move once it has members.
class IdleList {
  public:
    // Moves it to the end if it is a member.
    void join_last(IdleLink& link) {
        link.leave();
        link.previous_ = ends_.previous_;
        link.next_ = &ends_;
        ends_.previous_->next_ = &link;
        ends_.previous_ = &link;
    }

    // Null if there is none.
    TcpConnection* oldest() const {
        return ends_.next_ == &ends_ ? nullptr : ends_.next_->connection_;
    }

  private:
    IdleLink ends_;
};

}  // namespace wend
