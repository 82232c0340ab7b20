#include "transport/uv_link.h"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/socket.h>

namespace wend {
namespace {

LinkReply numbered_reply(std::uint64_t id, std::size_t text_size = 0) {
    return {.id = id,
            .status = LinkReply::Status::done,
            .more = false,
            .cursor = {},
            .json = std::string(text_size, 'x')};
}

struct LinkedEnds {
    explicit LinkedEnds(LinkQueue::Limits limits = {}) {
        auto made = make_link_sockets();
        REQUIRE(made);
        raw = dup(made->second.get());
        one = std::make_unique<UvLink>(loop, std::move(made->first), true, limits);
        other = std::make_unique<UvLink>(loop, std::move(made->second), true, limits);
        one->set_handlers({.on_message = [](LinkMessage) {},
                           .on_closed = [this](std::string_view why) { ended = why; }});
    }

    LinkedEnds(const LinkedEnds&) = delete;
    LinkedEnds& operator=(const LinkedEnds&) = delete;
    LinkedEnds(LinkedEnds&&) = delete;
    LinkedEnds& operator=(LinkedEnds&&) = delete;

    ~LinkedEnds() {
        if (raw >= 0) {
            ::close(raw);
        }
    }

    void listen_on_other() {
        other->set_handlers({.on_message =
                                 [this](LinkMessage message) {
                                     heard.push_back(std::get<LinkReply>(std::move(message)));
                                 },
                             .on_closed = [](std::string_view) {}});
    }

    UvLoop loop;
    int raw = -1;  // the other end's socket
    std::string ended;
    std::vector<LinkReply> heard;
    std::unique_ptr<UvLink> one;
    std::unique_ptr<UvLink> other;
};

}  // namespace

TEST_CASE("a link of sockets keeps messages whole and in order, up to the longest") {
    LinkedEnds ends;
    ends.listen_on_other();
    CHECK(ends.one->send(numbered_reply(1)));
    CHECK(ends.one->send(numbered_reply(2, link_reply_text_max)));
    CHECK(ends.one->send(numbered_reply(3)));
    for (int turns = 0; turns < 100 && ends.heard.size() < 3; ++turns) {
        ends.loop.run_once();
    }
    CHECK(ends.heard == std::vector{numbered_reply(1), numbered_reply(2, link_reply_text_max),
                                    numbered_reply(3)});
}

TEST_CASE(
    "a link whose reader sleeps never blocks, keeps what it may, and delivers when it wakes") {
    constexpr std::size_t size = 10'000;
    LinkedEnds ends({.octets_max = 40 * size, .messages_max = 1'000, .apologies_max = 1'000});
    std::uint64_t kept = 0;
    while (ends.one->send(numbered_reply(kept, size))) {
        ++kept;
        REQUIRE(kept < 10'000);
    }
    CHECK(kept >= 39);
    ends.listen_on_other();
    for (int turns = 0; turns < 10'000 && ends.heard.size() <= kept; ++turns) {
        ends.loop.run_once();
    }
    REQUIRE(ends.heard.size() == kept + 1);
    for (std::uint64_t id = 0; id < kept; ++id) {
        CHECK(ends.heard[id] == numbered_reply(id, size));
    }
    CHECK(ends.heard.back().id == kept);
    CHECK(ends.heard.back().status == LinkReply::Status::failed);
    CHECK(ends.one->send(numbered_reply(0)));
}

TEST_CASE("a link says once that the other process has gone, after what that said last") {
    LinkedEnds ends;
    ends.listen_on_other();
    CHECK(ends.one->send(numbered_reply(1)));
    ::close(std::exchange(ends.raw, -1));
    ends.one.reset();
    std::string why;
    for (int turns = 0; turns < 100 && ends.other->is_open(); ++turns) {
        ends.loop.run_once();
    }
    CHECK(ends.heard.size() == 1);
    CHECK_FALSE(ends.other->is_open());
    const auto sent = ends.other->send(numbered_reply(1));
    REQUIRE_FALSE(sent);
    CHECK(sent.error() == "the link is closed");
}

TEST_CASE("a link may be destroyed by what it was told, as when that is to stop") {
    LinkedEnds ends;
    int heard = 0;
    ends.other->set_handlers({.on_message =
                                  [&, captured = std::string(100, 'x')](LinkMessage) {
                                      ends.other.reset();
                                      heard += captured == std::string(100, 'x') ? 1 : 100;
                                  },
                              .on_closed = [&](std::string_view) { heard += 1'000; }});
    CHECK(ends.one->send(numbered_reply(1)));
    CHECK(ends.one->send(numbered_reply(2)));
    ::close(std::exchange(ends.raw, -1));
    for (int turns = 0; turns < 100 && ends.ended.empty(); ++turns) {
        ends.loop.run_once();
    }
    CHECK(heard == 1);
    CHECK(ends.ended == "the other process has gone");
}

TEST_CASE("a link is closed when what comes is no message, and when one was longer than any") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{3}, link_message_max + 2}) {
        LinkedEnds ends;
        const std::vector<std::uint8_t> packet(size, 1);
        REQUIRE(::send(ends.raw, packet.data(), packet.size(), 0) ==
                static_cast<ssize_t>(packet.size()));
        for (int turns = 0; turns < 100 && ends.ended.empty(); ++turns) {
            ends.loop.run_once();
        }
        CHECK(ends.ended == "the other process has said what is no message");
    }
}

}  // namespace wend
