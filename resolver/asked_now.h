// Which server of a zone is being asked what, right now: who has the same to ask asks that server
// too, and the network makes one exchange of it (transport/shared_exchanges.h). One for each
// worker.
#pragma once
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/address.h"
#include "base/hash.h"
#include "base/random.h"
#include "dns/message.h"

namespace wend {

class AskedNow {
    using Servers = std::unordered_map<std::uint64_t, Endpoint>;

  public:
    // A zone and a question; a keyed hash of both.
    using Mark = std::uint64_t;

    // Forgets when it is destroyed; does not outlive what it notes in.
    class Note {
      public:
        Note(const Note&) = delete;
        Note& operator=(const Note&) = delete;

        Note(Note&& other) noexcept : in_(std::exchange(other.in_, nullptr)), mark_(other.mark_) {}

        Note& operator=(Note&&) = delete;

        ~Note() {
            if (in_ != nullptr) {
                in_->servers_.erase(mark_);
            }
        }

      private:
        friend class AskedNow;

        Note(AskedNow* in, Mark mark) : in_(in), mark_(mark) {}

        AskedNow* in_;  // null: somebody else's note is there
        Mark mark_;
    };

    explicit AskedNow(Random& random) : key_(HashKey::draw(random)) {}

    Mark mark_of(dns::NameView zone, const dns::Question& question) const {
        const std::uint64_t what = (std::uint64_t{std::to_underlying(question.qtype)} << 16) |
                                   std::to_underlying(question.qclass);
        return dns::hash(key_, question.qname, dns::hash(key_, zone, what));
    }

    // The server that was asked first, while its note lives.
    std::optional<Endpoint> find(Mark mark) const {
        const auto found = servers_.find(mark);
        return found == servers_.end() ? std::nullopt : std::optional(found->second);
    }

    Note note(Mark mark, const Endpoint& server) {
        const bool is_first = servers_.try_emplace(mark, server).second;
        return Note(is_first ? this : nullptr, mark);
    }

    // Of different questions.
    std::size_t size() const { return servers_.size(); }

  private:
    HashKey key_;
    Servers servers_;
};

}  // namespace wend
