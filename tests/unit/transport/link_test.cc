#include "transport/link.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace wend {
namespace {

LinkRequest flush_request() {
    return {.id = 0x0102030405060708,
            .verb = "flush",
            .arguments = {"example.com", "", "AAAA"},
            .who = "uid 0",
            .cursor = "3:17"};
}

std::vector<LinkMessage> one_of_each() {
    return {flush_request(),
            LinkReply{.id = 7,
                      .status = LinkReply::Status::refused,
                      .more = true,
                      .cursor = "4:0",
                      .json = R"({"gone": 12})"},
            LinkNotice{.kind = LinkNotice::Kind::log_line,
                       .level = LinkNotice::Level::warning,
                       .text = "a door is shut"}};
}

LinkReply reply_of(std::size_t text_size) {
    return {.id = 9,
            .status = LinkReply::Status::done,
            .more = false,
            .cursor = {},
            .json = std::string(text_size, 'x')};
}

const LinkReply& as_reply(const LinkMessage& message) {
    return std::get<LinkReply>(message);
}

}  // namespace

TEST_CASE("what the processes say to each other comes back as it was said") {
    for (const LinkMessage& message : one_of_each()) {
        const auto packet = encode(message);
        REQUIRE(packet);
        const auto back = decode_link(*packet);
        REQUIRE(back);
        CHECK(*back == message);
    }
}

TEST_CASE("a message of the link that is cut anywhere, or goes on, is none") {
    for (const LinkMessage& message : one_of_each()) {
        auto packet = *encode(message);
        for (std::size_t size = 0; size < packet.size(); ++size) {
            CHECK_FALSE(decode_link(Octets(packet).first(size)));
        }
        packet.push_back(0);
        CHECK_FALSE(decode_link(packet));
    }
}

TEST_CASE(
    "a message of the link with one octet changed is none, or one that is encoded like that") {
    for (const LinkMessage& message : one_of_each()) {
        const auto packet = *encode(message);
        for (std::size_t at = 0; at < packet.size(); ++at) {
            for (unsigned value = 1; value < 256; ++value) {
                auto changed = packet;
                changed[at] = static_cast<std::uint8_t>(changed[at] ^ value);
                const auto read = decode_link(changed);
                if (read && encode(*read) != changed) {
                    FAIL("octet " << at << " xor " << value);
                }
            }
        }
    }
}

TEST_CASE("a message of the link is at most 64 KiB with all that belongs to it") {
    const std::size_t room = link_message_max - encode(reply_of(0))->size();
    CHECK(room >= link_reply_text_max);
    const auto largest = encode(reply_of(room));
    REQUIRE(largest);
    CHECK(largest->size() == link_message_max);
    CHECK(decode_link(*largest));
    CHECK_FALSE(encode(reply_of(room + 1)));
    CHECK_FALSE(encode(reply_of(4 * link_message_max)));

    auto longer = *largest;
    longer.push_back(0);
    CHECK_FALSE(decode_link(longer));
}

TEST_CASE("a request of the link has at most 64 arguments") {
    LinkRequest request = flush_request();
    request.arguments.assign(link_arguments_max, "a");
    CHECK(encode(request));
    request.arguments.emplace_back("a");
    CHECK_FALSE(encode(request));
}

TEST_CASE("a reply that is too long for the link fails its request with a sentence") {
    LinkQueue queue({});
    const auto sent = queue.push(reply_of(link_message_max));
    REQUIRE_FALSE(sent);
    CHECK(sent.error().find("64 KiB") != std::string::npos);
    REQUIRE_FALSE(queue.is_empty());
    const auto told = decode_link(queue.front());
    REQUIRE(told);
    CHECK(as_reply(*told) == in_place_of(reply_of(0), sent.error()));
    CHECK(queue.lost() == 0);
}

TEST_CASE(
    "replies that wait for a slow reader are bounded, and each further one fails in a sentence") {
    LinkQueue queue({.octets_max = 1'000, .messages_max = 100, .apologies_max = 3});
    int kept = 0;
    while (queue.push(reply_of(280))) {
        ++kept;
    }
    CHECK(kept == 3);
    CHECK_FALSE(queue.push(flush_request()));
    CHECK(queue.lost() == 1);
    std::vector<LinkReply::Status> statuses;
    for (; !queue.is_empty(); queue.pop()) {
        statuses.push_back(as_reply(*decode_link(queue.front())).status);
    }
    using enum LinkReply::Status;
    CHECK(statuses == std::vector{done, done, done, failed});
    CHECK(queue.push(reply_of(280)));
}

TEST_CASE("when even the sentences that replies failed find no room, they are counted as lost") {
    LinkQueue queue({.octets_max = 1'000'000, .messages_max = 2, .apologies_max = 3});
    for (int i = 0; i < 10; ++i) {
        const bool is_kept = queue.push(reply_of(1)).has_value();
        CHECK(is_kept == (i < 2));
    }
    CHECK(queue.lost() == 5);
}

TEST_CASE("a pair of links in one process hands over in order, and says once that it is closed") {
    LinkPair pair;
    std::vector<std::string> heard;
    pair.server().set_handlers(
        {.on_message =
             [&](LinkMessage message) {
                 const auto& request = std::get<LinkRequest>(message);
                 heard.push_back("asked " + request.verb);
                 CHECK(pair.server().send(LinkReply{.id = request.id, .json = "1"}));
             },
         .on_closed =
             [&](std::string_view why) { heard.push_back("server " + std::string(why)); }});
    pair.control().set_handlers(
        {.on_message =
             [&](LinkMessage message) { heard.push_back("told " + as_reply(message).json); },
         .on_closed =
             [&](std::string_view why) { heard.push_back("control " + std::string(why)); }});
    CHECK(pair.control().send(flush_request()));
    CHECK(pair.control().send(flush_request()));
    CHECK(heard.empty());
    CHECK(pair.deliver() == 4);
    pair.close("gone");
    pair.close("gone");
    CHECK_FALSE(pair.control().send(flush_request()));
    CHECK(pair.deliver() == 0);
    CHECK(heard == std::vector<std::string>{"asked flush", "told 1", "asked flush", "told 1",
                                            "server gone", "control gone"});
}

}  // namespace wend
