// A small world for verbs to run in, and a way to run one from its first page to its last.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "server/verbs/verbs.h"

namespace wend {

struct SmallWorld {
    static cache::Options options(std::size_t octets) {
        cache::Options made;
        made.bytes_max = octets;
        made.key = {1, 2};
        return made;
    }

    explicit SmallWorld(std::size_t octets = std::size_t{4} << 20) : cache(options(octets)) {}

    LinkReply step(const std::string& verb, const std::vector<std::string>& arguments,
                   const std::string& cursor = {}) {
        LinkReply heard;
        int times = 0;
        run_verb({.id = 7, .verb = verb, .arguments = arguments, .who = "uid 0", .cursor = cursor},
                 world, [&](LinkReply reply) {
                     heard = std::move(reply);
                     ++times;
                 });
        CHECK(times == 1);
        CHECK(heard.id == 7);
        return heard;
    }

    // All pages' items under `key`.
    nlohmann::json all(const std::string& verb, const std::vector<std::string>& arguments,
                       const char* key) {
        nlohmann::json items = nlohmann::json::array();
        LinkReply reply;
        pages = 0;
        do {
            reply = step(verb, arguments, reply.cursor);
            REQUIRE(reply.status == LinkReply::Status::done);
            CHECK(reply.json.size() + reply.cursor.size() <= 65'536 - 64);
            const nlohmann::json parsed = nlohmann::json::parse(reply.json);
            for (const auto& item : parsed.at(key)) {
                items.push_back(item);
            }
            ++pages;
        } while (reply.more);
        return items;
    }

    // The last page.
    nlohmann::json last(const std::string& verb, const std::vector<std::string>& arguments) {
        LinkReply reply;
        do {
            reply = step(verb, arguments, reply.cursor);
            REQUIRE(reply.status == LinkReply::Status::done);
        } while (reply.more);
        return nlohmann::json::parse(reply.json);
    }

    cache::Cache cache;
    cache::ServerMemory servers{1'000, {1, 2}};
    cache::Failures failures{1'000, {1, 2}};
    cache::Spans spans{{.key = {1, 2}}};
    Config config;
    Stats stats;
    std::vector<const Stats*> all_stats{&stats};
    std::size_t pages = 0;
    VerbWorld world{.cache = cache,
                    .servers = servers,
                    .failures = failures,
                    .spans = spans,
                    .config = config,
                    .now = Instant(std::chrono::seconds(1'000)),
                    .wall_now = WallTime(std::chrono::seconds(1'764'529'376)),
                    .stats = all_stats};
};

}  // namespace wend
