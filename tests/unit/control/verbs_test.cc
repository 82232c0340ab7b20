#include "control/verbs.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "control/ctl_words.h"
#include "control/dialects.h"
#include "control/routes.h"
#include "control/time_text.h"

namespace wend {
namespace {

std::expected<CtlWords, std::string> typed(const std::vector<std::string>& words,
                                           Dialect dialect = Dialect::wend) {
    return read_ctl_words(words, dialect);
}

// "flush --zone example." of the only task.
std::string task_of(const std::vector<std::string>& words, Dialect dialect = Dialect::wend) {
    const auto read = typed(words, dialect);
    if (!read || read->tasks.size() != 1) {
        return read ? "several" : read.error();
    }
    std::string text(read->tasks[0].verb->name);
    for (const std::string& argument : read->tasks[0].arguments) {
        text += " " + argument;
    }
    return text;
}

Http1Request request_for(Http1Method method, std::string path, std::string_view body = {}) {
    Http1Request request;
    request.method = method;
    const std::size_t mark = path.find('?');
    if (mark != std::string::npos) {
        request.query = path.substr(mark + 1);
        path.resize(mark);
    }
    request.path = path;
    request.body.assign(body.begin(), body.end());
    return request;
}

}  // namespace

TEST_CASE("help, routes and aliases agree with the table of verbs") {
    const std::string help = ctl_help();
    std::set<std::string_view> names;
    for (const VerbSpec& verb : verbs()) {
        INFO(verb.name);
        CHECK(names.insert(verb.name).second);
        CHECK(help.contains("  " + std::string(verb.name) +
                            (verb.usage.empty() ? "" : " " + std::string(verb.usage))));
        CHECK(help.contains(verb.help));
        CHECK(std::ranges::count(verb.name, ' ') <= 1);
        CHECK_FALSE(verb.help.ends_with('.'));
        CHECK(verb.text != nullptr);
        const auto route = route_of(
            request_for(verb.changes ? Http1Method::post : Http1Method::get, path_of(verb)));
        REQUIRE(route);
        CHECK(route->verb == &verb);
        CHECK(route->scope() == verb.scope);
    }
    for (const Alias& alias : aliases()) {
        INFO(alias.words);
        std::vector<std::string> words;
        for (std::string_view rest = alias.meaning; !rest.empty();) {
            words.emplace_back(rest.substr(0, rest.find(' ')));
            rest.remove_prefix(std::min(words.back().size() + 1, rest.size()));
        }
        const auto found = verb_at(words);
        REQUIRE(found);
        CHECK((words.back() != "*" || !found->verb->usage.empty()));
    }
}

TEST_CASE("a verb that changes something is never asked by GET") {
    for (const VerbSpec& verb : verbs()) {
        const auto route = route_of(request_for(Http1Method::get, path_of(verb)));
        INFO(verb.name);
        CHECK(route.has_value() == !verb.changes);
        CHECK((route || route.error().status == 405));
        CHECK((!verb.changes || verb.scope >= DoorScope::operate));
    }
}

TEST_CASE("arguments come from path, query or body, and from nowhere else") {
    const auto words_of = [](Http1Method method, std::string_view target,
                             std::string_view body = {}) {
        const auto route = route_of(request_for(method, std::string(target), body));
        std::string text = route ? "" : std::to_string(route.error().status);
        for (const std::string& word : route ? route->arguments : std::vector<std::string>()) {
            text += "<" + word + ">";
        }
        return text;
    };
    constexpr Http1Method get = Http1Method::get;
    constexpr Http1Method post = Http1Method::post;
    CHECK(words_of(get, "/v1/cache/show/example.com./AAAA") == "<example.com.><AAAA>");
    CHECK(words_of(get, "/v1/cache/show?words=.+NS") == "<.><NS>");
    CHECK(words_of(get, "/v1/cache/dump?zone=example.") == "<--zone><example.>");
    CHECK(words_of(get, "/v1/cache/show/a%2Fb%20c") == "<a/b c>");
    CHECK(words_of(post, "/v1/flush", R"({"arguments":["--zone","example."]})") ==
          "<--zone><example.>");
    CHECK(words_of(post, "/v1/flush").empty());
    CHECK(words_of(post, "/v1/flush?all=") == "400");
    CHECK(words_of(post, "/v1/flush", "[]") == "400");
    CHECK(words_of(post, "/v1/flush", R"({"arguments":[1]})") == "400");
    CHECK(words_of(post, "/v1/flush", R"({"argument":[]})") == "400");
    CHECK(words_of(post, "/v1/flush", "{") == "400");
    CHECK(words_of(get, "/v1/status/now") == "400");
    CHECK(words_of(get, "/v1/cache") == "404");
    CHECK(words_of(get, "/v2/status") == "404");
    CHECK(words_of(get, "/v1/flush/example.") == "405");
    CHECK(words_of(post, "/metrics") == "405");
    CHECK(words_of(post, "/v1/reload", R"({"arguments":["--confirm","5m"]})") ==
          "<--confirm><300>");
    CHECK(words_of(post, "/v1/reload", R"({"arguments":["--confirm","soon"]})") == "400");
    CHECK(route_of(request_for(get, "/v1/cache/dump?cursor="))->cursor == "");
    CHECK_FALSE(route_of(request_for(get, "/v1/cache/dump"))->cursor);
}

TEST_CASE("a verb that was mistyped is answered with the nearest") {
    const auto wrong = typed({"relaod"});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error() ==
          "\"relaod\" is no verb; did you mean \"reload\"; `wend ctl --help` lists them all");
    CHECK(typed({"\x1b[2Jstop"}).error().starts_with("\"\\027[2Jstop\" is no verb"));
    CHECK(typed({"entirely-else"}).error() ==
          "\"entirely-else\" is no verb; `wend ctl --help` lists them all");
    CHECK(typed({}).error().starts_with("a verb is wanted"));
    CHECK(typed({"status", "-o"}).error() == "-o wants a value behind it");
    CHECK(typed({"status", "now"}).error() == "status wants no argument");
    CHECK(typed({"--as", "bind", "status"}).error() == "--as wants unbound or pdns");
    CHECK(typed({"-h"})->tasks.empty());
    CHECK(typed({"status", "--help"})->tasks.empty());
}

TEST_CASE("options of the client stand anywhere among the words of a verb") {
    const auto read = typed({"cache", "--json", "dump", "-o", "-", "--zone", "example.", "-s",
                             "http://127.0.0.1:1", "--token-file", "t"});
    REQUIRE(read);
    CHECK(read->json);
    CHECK(read->output == "-");
    CHECK(read->server == "http://127.0.0.1:1");
    CHECK(read->token_file == "t");
    CHECK(read->tasks.at(0).verb->name == "cache dump");
    CHECK(read->tasks.at(0).arguments == std::vector<std::string>{"--zone", "example."});
    CHECK(task_of({"flush", "--", "--json"}) == "flush --json");
}

TEST_CASE("words of other resolvers' tools are understood") {
    CHECK(task_of({"flush_zone", "example."}) == "flush --zone example.");
    CHECK(task_of({"flush_type", "example.", "MX"}) == "flush example. MX");
    CHECK(task_of({"flush_infra", "all"}) == "flush --servers all");
    CHECK(task_of({"dump_requestlist"}) == "queries");
    CHECK(task_of({"fast_reload"}) == "reload");
    CHECK(task_of({"stats_noreset"}) == "stats --as unbound");
    CHECK(task_of({"stats"}) == "stats");
    CHECK(task_of({"stats"}, Dialect::unbound) == "stats --as unbound");
    CHECK(task_of({"--as", "pdns", "stats"}) == "stats --as pdns");
    CHECK(task_of({"get-all"}) == "stats --as pdns");
    CHECK(task_of({"verbosity", "3"}) == "log level debug");
    CHECK(task_of({"verbosity", "much"}) == "verbosity wants a number from 0 to 5");
    CHECK(task_of({"wipe-cache", "example.$"}) == "flush --zone example.");
    CHECK(task_of({"wipe-cache", "$"}) == "flush --all");
    CHECK(typed({"wipe-cache", "a.", "b.$"})->tasks.size() == 2);
    CHECK(task_of({"cache", "clear"}) == "flush --all");
    CHECK(task_of({"cache", "clear", "example."}) == "flush --zone example.");
    CHECK(task_of({"flushtree", "example."}) == "flush --zone example.");
    CHECK(task_of({"reconfig"}) == "reload");
    CHECK(task_of({"load_cache"}) == "cache load -");
    CHECK(typed({"stats"}, Dialect::unbound)->never_resets);
    CHECK_FALSE(typed({"stats_noreset"}, Dialect::unbound)->never_resets);
    CHECK_FALSE(typed({"-c", "/etc/unbound/unbound.conf", "stats"}, Dialect::unbound)->config);
    CHECK(typed({"-c", "/etc/wend/wend.json", "stats"}, Dialect::unbound)->config);
    CHECK(typed({"-q", "status"}, Dialect::unbound)->tasks.size() == 1);
}

TEST_CASE("an unbound-control that changes something says ok, and its status is that program's") {
    CHECK(text_in(Dialect::unbound, "flush", R"({"flushed":3})") == "ok\n");
    CHECK_FALSE(text_in(Dialect::wend, "flush", R"({"flushed":3})"));
    CHECK_FALSE(text_in(Dialect::unbound, "queries", "{}"));
    const auto status = text_in(Dialect::unbound, "status",
                                R"({"version":"1.0","pid":12,"workers":2,"uptime-seconds":77})");
    REQUIRE(status);
    CHECK(status->contains("threads: 2\n"));
    CHECK(status->contains("uptime: 77 seconds\n"));
    CHECK(status->ends_with("unbound (pid 12) is running...\n"));
}

TEST_CASE("a dump is cut into parts at the first record of a set") {
    std::string text = dump_start(1'764'529'376);
    for (int i = 0; i < 300; ++i) {
        text +=
            "a. 1 IN A 192.0.2.1 ; 1/2 answer secure\na. 1 IN A 192.0.2.2 ; 2/2 answer secure\n";
    }
    const auto dump = parts_of_dump(text);
    REQUIRE(dump);
    CHECK(dump->written == "1764529376");
    std::string joined;
    std::size_t lines = 0;
    for (const LoadPart& part : dump->parts) {
        CHECK(part.first_line == lines + 1);
        CHECK(std::ranges::count(part.text, '\n') <= 201);
        CHECK((part.first_line == 1 || part.text.substr(0, part.text.find('\n')).contains("; 1/")));
        lines += static_cast<std::size_t>(std::ranges::count(part.text, '\n'));
        joined += part.text;
    }
    CHECK(dump->parts.size() == 3);
    CHECK(joined == text);
    CHECK_FALSE(parts_of_dump("$ORIGIN example.\n"));
    CHECK_FALSE(parts_of_dump(""));
    CHECK(parts_of_dump("; wend cache 1 5")->parts.size() == 1);
}

TEST_CASE("a time is written as people write it") {
    using namespace std::chrono_literals;
    CHECK(time_from_text("90") == 90s);
    CHECK(time_from_text("5m") == 5min);
    CHECK(time_from_text("12h") == 12h);
    CHECK(time_from_text("3650d") == std::chrono::days(3650));
    for (const char* const wrong :
         {"", "m", "0", "-5m", "5 m", "5w", "3651d", "1e3", "99999999999999999999s"}) {
        INFO(wrong);
        CHECK_FALSE(time_from_text(wrong));
    }
}

}  // namespace wend
