#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "control/verbs.h"
#include "tests/live/door_world.h"

namespace wend::live {
namespace {

using namespace std::chrono_literals;

std::optional<LinkReply> empty_reply(const LinkRequest& request) {
    const VerbSpec* const verb = find_verb_spec(request.verb);
    return LinkReply{.json = verb != nullptr && verb->paging == VerbPaging::list ? R"({"all":[]})"
                                                                                 : "{}"};
}

std::string bearer(const std::string& token) {
    return fmt::format("Authorization: Bearer {}\r\n", token);
}

std::string ask_for(const VerbSpec& verb, std::string_view more) {
    return verb.changes ? post(path_of(verb), "", more) : get(path_of(verb), more);
}

}  // namespace

TEST_CASE("over TCP each verb opens to its scope and those above, and to nobody without a token") {
    DoorWorld world(empty_reply);
    std::map<DoorScope, std::string> tokens;
    for (const DoorScope scope : {DoorScope::metrics, DoorScope::read, DoorScope::read_names,
                                  DoorScope::operate, DoorScope::admin}) {
        tokens[scope] = world.token(fmt::format("t-{}", to_text(scope)), to_text(scope));
    }
    const std::set<unsigned> let_in = {200, 400, 500, 502, 503};
    for (const VerbSpec& verb : verbs()) {
        INFO(verb.name);
        CHECK(let_in.contains(status_of(world.ask_tcp(ask_for(verb, "")))) ==
              (verb.scope == DoorScope::metrics));
        for (const auto& [scope, token] : tokens) {
            const unsigned status = status_of(world.ask_tcp(ask_for(verb, bearer(token))));
            INFO(to_text(scope) << ": " << status);
            CHECK((status == 403) == (scope < verb.scope));
            CHECK(let_in.contains(status) == (scope >= verb.scope));
        }
        if (verb.changes) {
            CHECK(status_of(world.ask_tcp(get(path_of(verb), bearer(tokens[DoorScope::admin])))) ==
                  405);
        }
    }
    const std::string admin = bearer(tokens[DoorScope::admin]);
    CHECK(status_of(world.ask_tcp(get("/v1/nothing", admin))) == 404);
    CHECK(status_of(world.ask_tcp(get("/", admin))) == 404);
    CHECK(status_of(world.ask_tcp(get("/v1/status", bearer("wend_0000")))) == 401);
    CHECK(status_of(world.ask_tcp(get("/v1/status", "Authorization: Basic YTpi\r\n"))) == 401);
    CHECK(status_of(world.ask_tcp(get("/v1/status", admin + admin))) >= 400);
}

TEST_CASE("whoever shows ten wrong tokens is not listened to for a minute") {
    DoorWorld world(empty_reply);
    const std::string token = world.token("good", "read");
    for (int i = 0; i < 10; ++i) {
        CHECK(status_of(world.ask_tcp(get("/v1/status", bearer("wend_wrong")))) == 401);
    }
    const std::string refused = world.ask_tcp(get("/v1/status", bearer(token)));
    CHECK(status_of(refused) == 429);
    CHECK(field_of(refused, "Retry-After") == "60");
    CHECK(status_of(world.ask_unix(get("/v1/status"))) == 200);  // which needs no token
}

TEST_CASE("a host name that is none of ours is refused, and the key for it named") {
    DoorWorld world(empty_reply, {}, [](Doors& doors) { doors.http.names = {"dns.example"}; });
    for (const std::string& host :
         {std::string("localhost"), std::string("LOCALHOST:1"), std::string("127.0.0.1"),
          world.http().to_text(), std::string("dns.example"), std::string("Dns.Example:8053")}) {
        INFO(host);
        CHECK(status_of(world.ask_tcp(get("/v1/health", "", host))) != 421);
    }
    for (const char* const host : {"evil.example", "localhost.evil.example", "127.0.0.2", "[::1]",
                                   "dns.example.evil.example"}) {
        INFO(host);
        const std::string answer = world.ask_tcp(get("/v1/health", "", host));
        CHECK(status_of(answer) == 421);
        CHECK(body_of_answer(answer).contains("http.names"));
    }
    CHECK(status_of(world.ask_unix(get("/v1/health", "", "wend"))) != 421);
}

TEST_CASE("a change that a page of another site can send is not taken") {
    DoorWorld world(empty_reply);
    const std::string token = bearer(world.token("op", "operate"));
    const auto status = [&](std::string_view fields, std::string_view type = "application/json",
                            bool marked = true) {
        return status_of(world.ask_tcp(
            fmt::format("POST /v1/flush HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}{}"
                        "Content-Type: {}\r\n{}Content-Length: 0\r\n\r\n",
                        token, fields, type, marked ? "X-Wend: 1\r\n" : "")));
    };
    CHECK(status("") == 200);
    CHECK(status("Origin: http://localhost\r\n") == 200);
    CHECK(status("Sec-Fetch-Site: same-origin\r\n") == 200);
    CHECK(status("Sec-Fetch-Site: none\r\n") == 200);
    CHECK(status("Sec-Fetch-Site: cross-site\r\n") == 403);
    CHECK(status("Sec-Fetch-Site: same-site\r\n") == 403);
    CHECK(status("Sec-Fetch-Site: none\r\nSec-Fetch-Site: none\r\n") >= 400);
    CHECK(status("Origin: http://evil.example\r\n") == 403);
    CHECK(status("Origin: null\r\n") == 403);
    CHECK(status("Origin: http://localhost:1\r\n") == 403);
    CHECK(status("Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.example\r\n") == 403);
    CHECK(status("", "text/plain") == 415);
    CHECK(status("", "application/x-www-form-urlencoded") == 415);
    CHECK(status("", "application/json", false) == 403);
    const std::string preflight = world.ask_tcp(
        "OPTIONS /v1/flush HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n");
    CHECK((status_of(preflight) == 405 || status_of(preflight) == 501));
    CHECK_FALSE(preflight.contains("Access-Control"));
}

TEST_CASE("a session's cookie stands for its token until that is revoked") {
    DoorWorld world(empty_reply);
    const std::string token = world.token("page", "read");
    CHECK(status_of(world.ask_tcp(post("/v1/session", ""))) == 401);
    const std::string begun = world.ask_tcp(post("/v1/session", "", bearer(token)));
    REQUIRE(status_of(begun) == 200);
    const std::string set = field_of(begun, "Set-Cookie").value_or("");
    CHECK(set.contains("HttpOnly"));
    CHECK(set.contains("SameSite=Strict"));
    const std::string cookie = fmt::format("Cookie: {}\r\n", set.substr(0, set.find(';')));
    CHECK(status_of(world.ask_tcp(get("/v1/status", cookie))) == 200);
    CHECK(status_of(world.ask_tcp(get("/v1/queries", cookie))) == 403);
    CHECK(status_of(world.ask_tcp(post("/v1/session", "", cookie))) == 401);
    CHECK(status_of(world.ask_unix(post("/v1/token/revoke", R"({"arguments":["page"]})"))) == 200);
    CHECK(status_of(world.ask_tcp(get("/v1/status", cookie))) == 401);
}

TEST_CASE("what two readers could take for different requests is refused at the door") {
    DoorWorld world(empty_reply);
    const std::string host = "Host: localhost\r\n";
    for (const std::string& fields :
         {std::string("Transfer-Encoding: chunked\r\n"),
          std::string("Content-Length: 5\r\nContent-Length: 6\r\n"),
          std::string("Content-Length: 5\r\nContent-Length: 5\r\n"),
          std::string("Content-Length: +5\r\n"),
          std::string("Content-Length: 5\r\nTransfer-Encoding: identity\r\n"),
          std::string("X-A: b\r\n c\r\n"), std::string("Content-Length : 5\r\n")}) {
        INFO(fields);
        const std::string answer =
            world.ask_unix("POST /v1/flush HTTP/1.1\r\n" + host + fields +
                           "\r\n0\r\n\r\nGET /v1/status HTTP/1.1\r\n" + host + "\r\n");
        CHECK(status_of(answer) >= 400);
        CHECK_FALSE(body_of_answer(answer).contains("HTTP/1.1 200"));
    }
    // An upgrade is not made, and what follows is no second request.
    const std::string upgrade = world.ask_unix("GET /v1/ping HTTP/1.1\r\n" + host +
                                               "Connection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n"
                                               "GET /v1/status HTTP/1.1\r\n" +
                                               host + "\r\n");
    CHECK(status_of(upgrade) != 101);
    CHECK_FALSE(upgrade.contains("uptime"));
}

TEST_CASE("requests behind one another on one connection are answered in order") {
    DoorWorld world(empty_reply);
    const RawClient client = RawClient::over_unix(world.socket());
    client.send(
        "GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/version HTTP/1.1\r\nHost: x\r\n"
        "\r\n" +
        get("/v1/queries"));
    const std::string answers = client.read_to_end();
    const std::size_t ping = answers.find("pong");
    const std::size_t version = answers.find(R"("version":"9.9.9")");
    REQUIRE(ping != std::string::npos);
    REQUIRE(version != std::string::npos);
    CHECK(ping < version);
    CHECK(answers.rfind("HTTP/1.1 200") > version);
}

TEST_CASE("whoever is slow with a head, or silent, is closed, and the others are answered") {
    DoorWorld world(empty_reply, {.head_max = 300ms, .idle_max = 600ms});
    const RawClient silent = RawClient::over_unix(world.socket());
    const RawClient slow = RawClient::over_unix(world.socket());
    const RawClient kept = RawClient::over_unix(world.socket());
    slow.send("GET /v1/ping HT");
    kept.send("GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(kept.read_some().contains("pong"));
    CHECK(status_of(world.ask_unix(get("/v1/ping"))) == 200);
    CHECK(slow.is_closed(2s));
    CHECK(silent.is_closed(2s));
    CHECK(kept.is_closed(2s));
}

TEST_CASE("a thousand connections of one client leave room for the next") {
    DoorWorld world(empty_reply);
    std::vector<RawClient> crowd;
    for (int i = 0; i < 1'000; ++i) {
        crowd.push_back(RawClient::over_tcp(world.http()));
        if (i % 2 == 0) {
            crowd.back().send("GET /v1/pi");  // a head that does not end
        }
    }
    CHECK(status_of(world.ask_unix(get("/v1/ping"))) == 200);
    world.run([&] { CHECK(world.process().open_doors().size() == 2); });
    std::size_t open = 0;
    for (const RawClient& client : crowd) {
        open += client.is_closed(0ms) ? 0U : 1U;
    }
    CHECK(open <= 8);
    crowd.clear();
    CHECK(status_of(world.ask_tcp(get("/v1/ping"))) == 200);
}

TEST_CASE("a long list comes as one JSON text, and a part at a time to who asks so") {
    int asked = 0;
    DoorWorld world([&](const LinkRequest& request) {
        const int part = request.cursor.empty() ? 0 : std::stoi(request.cursor);
        ++asked;
        return std::optional(LinkReply{
            .more = part < 3,
            .cursor = std::to_string(part + 1),
            .json = part == 1 ? R"({"lines":[]})" : fmt::format(R"({{"lines":["l{}"]}})", part)});
    });
    const std::string whole = world.ask_unix(get("/v1/cache/dump"));
    CHECK(field_of(whole, "Transfer-Encoding") == "chunked");
    CHECK(whole.ends_with("0\r\n\r\n"));
    CHECK(asked == 4);
    std::string text;
    for (std::string_view rest = body_of_answer(whole); !rest.empty();) {
        const std::size_t size =
            std::stoul(std::string(rest.substr(0, rest.find("\r\n"))), nullptr, 16);
        rest.remove_prefix(rest.find("\r\n") + 2);
        text += rest.substr(0, size);
        rest.remove_prefix(size + 2);
    }
    CHECK(nlohmann::json::parse(text) == nlohmann::json{{"lines", {"l0", "l2", "l3"}}});
    const std::string part = world.ask_unix(get("/v1/cache/dump?cursor=2"));
    CHECK(nlohmann::json::parse(body_of_answer(part)) == nlohmann::json{{"lines", {"l2"}}});
    CHECK(field_of(part, "X-Wend-Cursor") == "3");
    CHECK_FALSE(field_of(world.ask_unix(get("/v1/cache/dump?cursor=3")), "X-Wend-Cursor"));
}

TEST_CASE("a reader that takes nothing holds a dump up, not its memory and nobody else") {
    std::size_t asked = 0;
    const std::string page = R"({"lines":[")" + std::string(40'000, 'x') + "\"]}";
    DoorWorld world(
        [&](const LinkRequest&) {
            ++asked;
            return std::optional(LinkReply{.more = true, .cursor = "1", .json = page});
        },
        {.unread_max = 1s});
    const RawClient slow = RawClient::over_unix(world.socket());
    slow.send(get("/v1/cache/dump"));
    std::this_thread::sleep_for(300ms);
    std::size_t before = 0;
    world.run([&] { before = asked; });
    std::this_thread::sleep_for(200ms);
    world.run([&] {
        CHECK(asked == before);
        CHECK(asked < 64);  // what the kernel's buffers took
    });
    CHECK(status_of(world.ask_unix(get("/v1/ping"))) == 200);
    std::this_thread::sleep_for(1s);
    world.run([&] { CHECK(world.process().door().exchanges() == 0); });
}

TEST_CASE("a long work is followed to its end, and its last word is the answer") {
    DoorWorld world([](const LinkRequest& request) {
        const int part = request.cursor.empty() ? 0 : std::stoi(request.cursor);
        return std::optional(LinkReply{.more = part < 5,
                                       .cursor = std::to_string(part + 1),
                                       .json = fmt::format(R"({{"flushed":{}}})", part * 10)});
    });
    const std::string answer = world.ask_unix(post("/v1/flush", R"({"arguments":["--all"]})"));
    CHECK(body_of_answer(answer) == "{\"flushed\":50}\n");
}

TEST_CASE("a server that ends in the middle of an answer is told, or seen") {
    bool is_first = true;
    DoorWorld world([&](const LinkRequest& request) {
        if (request.verb == "cache dump" && std::exchange(is_first, false)) {
            return std::optional(
                LinkReply{.more = true, .cursor = "1", .json = R"({"lines":["one"]})"});
        }
        return std::optional<LinkReply>();
    });
    const RawClient dump = RawClient::over_unix(world.socket());
    const RawClient reload = RawClient::over_unix(world.socket());
    dump.send(get("/v1/cache/dump"));
    reload.send(post("/v1/reload", ""));
    std::string cut = dump.read_some();
    CHECK(cut.contains("200 OK"));
    std::this_thread::sleep_for(100ms);
    world.cut_link();
    cut += dump.read_to_end();
    CHECK(cut.contains("one"));
    CHECK_FALSE(cut.ends_with("0\r\n\r\n"));
    const std::string answer = reload.read_to_end();
    CHECK(status_of(answer) == 503);
    CHECK(answer.contains("the server has ended"));
}

TEST_CASE("who asks is known to the server by the kernel's word or the token's name") {
    std::string who;
    DoorWorld world([&](const LinkRequest& request) {
        who = request.who;
        return std::optional(LinkReply{.json = "{}"});
    });
    const std::string token = world.token("backup", "operate");
    CHECK(status_of(world.ask_unix(post("/v1/flush", ""))) == 200);
    CHECK(who == fmt::format("uid {}", getuid()));
    CHECK(status_of(world.ask_tcp(post("/v1/flush", "", bearer(token)))) == 200);
    CHECK(who == "token backup");
    const auto lines = world.told(LinkNotice::Kind::log_line);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == fmt::format("token new \"backup\" by uid {}: scope operate", getuid()));
    CHECK_FALSE(lines[0].contains("wend_"));
}

TEST_CASE("the socket is for user and group alone, and goes with its process") {
    std::string path;
    {
        DoorWorld world(empty_reply);
        path = world.socket();
        struct stat found{};
        REQUIRE(stat(path.c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0660);
        struct stat tokens{};
        static_cast<void>(world.token("t", "read"));
        REQUIRE(stat((world.folder().path() + "/tokens.json").c_str(), &tokens) == 0);
        CHECK((tokens.st_mode & 0777) == 0600);
        world.run([&] {});
        struct stat still{};
        CHECK(stat(path.c_str(), &still) == 0);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("doors change while they serve, and one that cannot be opened says why") {
    DoorWorld world(empty_reply);
    Doors doors = world.doors();
    doors.http.listen.clear();
    world.tell(doors);
    CHECK(world.told(LinkNotice::Kind::doors_opened).back() ==
          fmt::format("[\"{}\"]", world.socket()));
    doors.http.listen = {*Endpoint::from_text("192.0.2.1:8053")};
    doors.control.socket = world.folder().path() + "/not/there/control.sock";
    world.tell(doors);
    const auto failed = world.told(LinkNotice::Kind::door_failed);
    REQUIRE(failed.size() == 2);
    CHECK(failed[0].contains("the folder " + world.folder().path() + "/not/there does not exist"));
    CHECK(failed[1].contains("http.plain"));
    doors.control.socket = world.folder().write("a-file", "");
    doors.http.listen.clear();
    world.tell(doors);
    CHECK(world.told(LinkNotice::Kind::door_failed).back().contains("which is no socket"));
    CHECK(std::filesystem::exists(doors.control.socket));
    doors.control.socket = world.socket();
    world.tell(doors);
    CHECK(status_of(world.ask_unix(get("/v1/ping"))) == 200);
}

TEST_CASE("a socket file that a killed process left behind is replaced, one in use is not") {
    DoorWorld world(empty_reply);
    const auto in_use = listen_on_unix_socket(world.socket());
    REQUIRE_FALSE(in_use);
    CHECK(in_use.error().contains("another process answers there"));
    const std::string path = world.folder().path() + "/stale.sock";
    {
        auto first = listen_on_unix_socket(path);
        REQUIRE(first);
        first->socket.close();
        std::filesystem::rename(path, path + ".kept");
    }
    std::filesystem::rename(path + ".kept", path);
    CHECK(listen_on_unix_socket(path));
}

TEST_CASE("a plan compares what is in force with what the files say") {
    DoorWorld world(
        [](const LinkRequest& request) {
            REQUIRE(request.verb == "config show");
            const bool is_first = request.cursor.empty();
            return std::optional(LinkReply{
                .more = is_first,
                .cursor = "1",
                .json = is_first ? R"({"keys":[{"key":"cache.ttl-max","value":"86400"}]})"
                                 : R"({"keys":[{"key":"chaos.identity","value":"\"old\""}]})"});
        },
        {}, [](Doors& doors) { doors.config_file = doors.state_folder + "/wend.json"; });
    world.folder().write("wend.json",
                         R"({"cache": {"ttl-max": 3600}, "chaos": {"identity": "old"}})");
    const std::string answer = world.ask_unix(get("/v1/plan"));
    REQUIRE(status_of(answer) == 200);
    const auto json = nlohmann::json::parse(body_of_answer(answer));
    REQUIRE_FALSE(json["lines"].empty());
    CHECK(json["lines"][0].get<std::string>().starts_with("~ cache.ttl-max 86400 -> 3600 ("));
    CHECK(json["plan"]["changes"].size() == 1);
    world.folder().write("wend.json", R"({"cache": {"ttl-max": 3600)");
    const std::string wrong = world.ask_unix(get("/v1/plan"));
    CHECK(status_of(wrong) == 400);
    CHECK(wrong.contains("wend.json:1:"));
}

TEST_CASE("metrics, health and readiness are there for the networks that may see them") {
    DoorWorld world(empty_reply);
    const std::string metrics = world.ask_tcp(get("/metrics"));
    CHECK(status_of(metrics) == 200);
    CHECK(field_of(metrics, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(metrics.contains("wend_build_info"));
    CHECK(status_of(world.ask_tcp(get("/metrics/unbound"))) == 200);
    CHECK(status_of(world.ask_tcp(get("/v1/ready"))) == 503);  // a board that nobody has written
    CHECK(world.ask_tcp(get("/metrics")).contains("wend_http_requests_total{code=\"200\"}"));
    Doors doors = world.doors();
    doors.http.metrics_allow = {*Prefix::from_text("192.0.2.0/24")};
    world.tell(doors);
    CHECK(status_of(world.ask_tcp(get("/metrics"))) == 401);
    CHECK(status_of(world.ask_tcp(get("/v1/ready"))) == 401);
}

}  // namespace wend::live
