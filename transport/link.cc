#include "transport/link.h"

#include <string>
#include <utility>

#include "base/check.h"

namespace wend {
namespace {

constexpr std::string_view too_long = "it is longer than 64 KiB, the most that one message holds";
constexpr std::string_view too_slow =
    "too much waits to be read already: the other process reads too slowly";

}  // namespace

LinkReply in_place_of(const LinkReply& reply, std::string sentence) {
    return {.id = reply.id,
            .status = LinkReply::Status::failed,
            .more = false,
            .cursor = {},
            .json = std::move(sentence)};
}

std::expected<void, std::string> LinkQueue::push(const LinkMessage& message) {
    auto packet = encode(message);
    if (!packet) {
        return turn_away(message, std::string(too_long));
    }
    if (packets_.size() >= limits_.messages_max || octets_ + packet->size() > limits_.octets_max) {
        return turn_away(message, std::string(too_slow));
    }
    keep(std::move(*packet));
    return {};
}

std::expected<void, std::string> LinkQueue::turn_away(const LinkMessage& message,
                                                      std::string sentence) {
    const auto* reply = std::get_if<LinkReply>(&message);
    const bool has_room = packets_.size() < limits_.messages_max + limits_.apologies_max;
    if (reply != nullptr && has_room) {
        keep(*encode(in_place_of(*reply, sentence)));
    } else {
        ++lost_;
    }
    return std::unexpected(std::move(sentence));
}

void LinkQueue::keep(std::vector<std::uint8_t> packet) {
    octets_ += packet.size();
    packets_.push_back(std::move(packet));
}

void LinkQueue::pop() {
    check(!is_empty(), "what waits is sent once");
    octets_ -= packets_.front().size();
    packets_.pop_front();
}

class LinkPair::End final : public ControlLink {
  public:
    explicit End(LinkQueue::Limits limits) : sent_(limits) {}

    void set_handlers(LinkHandlers handlers) override { handlers_ = std::move(handlers); }

    std::expected<void, std::string> send(const LinkMessage& message) override {
        if (is_closed_) {
            return std::unexpected("the link is closed");
        }
        return sent_.push(message);
    }

    // Whether there was anything.
    bool hand_over(End& to) {
        if (sent_.is_empty() || is_closed_) {
            return false;
        }
        auto message = decode_link(sent_.front());
        sent_.pop();
        check(message.has_value(), "what was encoded can be decoded");
        to.handlers_.on_message(std::move(*message));
        return true;
    }

    void close(std::string_view why) {
        if (!std::exchange(is_closed_, true) && handlers_.on_closed) {
            handlers_.on_closed(why);
        }
    }

  private:
    LinkQueue sent_;
    LinkHandlers handlers_;
    bool is_closed_ = false;
};

LinkPair::LinkPair(LinkQueue::Limits limits)
    : server_(std::make_unique<End>(limits)), control_(std::make_unique<End>(limits)) {}

LinkPair::~LinkPair() = default;

ControlLink& LinkPair::server() {
    return *server_;
}

ControlLink& LinkPair::control() {
    return *control_;
}

std::size_t LinkPair::deliver(std::size_t messages_max) {
    std::size_t count = 0;
    while (count < messages_max) {
        const bool any = server_->hand_over(*control_) || control_->hand_over(*server_);
        if (!any) {
            break;
        }
        ++count;
    }
    return count;
}

void LinkPair::close(std::string_view why) {
    server_->close(why);
    control_->close(why);
}

}  // namespace wend
