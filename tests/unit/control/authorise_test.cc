#include "control/authorise.h"

#include <chrono>
#include <map>

#include <catch2/catch.hpp>

namespace wend {
namespace {

using namespace std::chrono_literals;

constexpr WallTime today{1'764'500'000s};

// A disk that is a map, and may be full.
class FilesInMemory final : public FileStore {
  public:
    std::expected<std::optional<std::string>, std::string> read(const std::string& path,
                                                                std::size_t) override {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }

    Outcome write_and_sync(const std::string& path, std::string_view text) override {
        if (is_full) {
            return std::unexpected("cannot write " + path + ": No space left on device");
        }
        files[path] = text;
        return {};
    }

    Outcome rename(const std::string& from, const std::string& to) override {
        files[to] = files[from];
        files.erase(from);
        return {};
    }

    Outcome sync_folder_of(const std::string&) override { return {}; }

    std::map<std::string, std::string> files;
    bool is_full = false;
};

struct Desk {
    std::expected<Identity, DoorRefusal> ask(const std::string& from, const std::string& field = "",
                                             const std::string& value = "", Instant now = {},
                                             WallTime wall_now = today) {
        Http1Request request;
        request.host = "localhost";
        if (!field.empty()) {
            request.fields.add({field, value});
        }
        const HttpPeer peer{.address = {*IpAddress::from_text(from), 40'000}};
        DoorMemory memory{tokens, sessions, failures};
        return authorise(request, peer, {.doors = doors, .now = now, .wall_now = wall_now}, memory);
    }

    std::string add(const std::vector<std::string>& words) {
        auto token = token_from_words(words, today);
        REQUIRE(token);
        auto secret = tokens.add(std::move(*token));
        REQUIRE(secret);
        return *secret;
    }

    SeededRandom random{7};
    FilesInMemory files;
    Doors doors{.http = Config{}.http};
    TokenStore tokens{files, random, "/state"};
    Sessions sessions{random};
    FailureLimit failures{random};
};

HttpPeer::User user(std::uint32_t uid, std::uint32_t gid, std::vector<std::uint32_t> groups = {}) {
    return {.uid = uid, .gid = gid, .groups = std::move(groups)};
}

}  // namespace

TEST_CASE("root and the server's own user are admin, its group what the configuration says") {
    Doors doors;
    doors.control.group_scope = DoorScope::read;
    const DoorFacts facts{.doors = doors, .own_uid = 500, .socket_gid = 600};
    CHECK(identity_of_user(user(0, 0), facts)->scope == DoorScope::admin);
    CHECK(identity_of_user(user(500, 1), facts)->scope == DoorScope::admin);
    CHECK(identity_of_user(user(1'000, 600), facts)->scope == DoorScope::read);
    CHECK(identity_of_user(user(1'000, 1, {5, 600}), facts)->scope == DoorScope::read);
    CHECK(identity_of_user(user(1'000, 1, {5}), facts).error().status == 403);
    CHECK(identity_of_user(user(1'000, 1), facts).error().sentence.contains("600"));
    CHECK(identity_of_user(user(0, 0), facts)->who == "uid 0");
}

TEST_CASE("without a token an address has metrics, where the configuration says so, and no more") {
    Desk desk;
    const auto near = desk.ask("127.0.0.1");
    REQUIRE(near);
    CHECK(near->scope == DoorScope::metrics);
    CHECK(why_not(*near, DoorScope::read)->status == 401);
    CHECK_FALSE(why_not(*near, DoorScope::metrics));
    CHECK(desk.ask("192.0.2.1").error().status == 401);
    desk.doors.http.metrics_allow = {};
    CHECK(desk.ask("127.0.0.1").error().status == 401);
}

TEST_CASE("a token opens to its scope, from its networks, until it expires or is revoked") {
    Desk desk;
    const std::string secret =
        desk.add({"backup", "--scope", "operate", "--network", "192.0.2.0/24", "--expires", "1d"});
    const auto from = [&](const std::string& address, WallTime now = today) {
        return desk.ask(address, "Authorization", "Bearer " + secret, {}, now);
    };
    REQUIRE(from("192.0.2.7"));
    CHECK(from("192.0.2.7")->scope == DoorScope::operate);
    CHECK(from("192.0.2.7")->who == "token backup");
    CHECK(why_not(*from("192.0.2.7"), DoorScope::admin)->status == 403);
    CHECK(from("192.0.3.7").error().status == 401);
    CHECK(from("192.0.2.7", today + 86'399s));
    CHECK(from("192.0.2.7", today + 86'400s).error().status == 401);
    CHECK(desk.ask("192.0.2.7", "Authorization", "bearer   " + secret));
    CHECK_FALSE(desk.ask("192.0.2.7", "Authorization", secret));
    CHECK_FALSE(desk.ask("192.0.2.7", "Authorization", "Bearer " + secret + "0"));
    CHECK(desk.tokens.revoke("backup"));
    CHECK(from("192.0.2.7").error().status == 401);
}

TEST_CASE("of a token the file has the digest alone, and reads the same again") {
    Desk desk;
    const std::string secret = desk.add({"a", "--scope", "admin"});
    static_cast<void>(desk.add({"b", "--network", "2001:db8::/32", "--expires", "90d"}));
    const std::string& text = desk.files.files.at("/state/tokens.json");
    CHECK_FALSE(text.contains(secret));
    CHECK_FALSE(text.contains(secret.substr(5)));
    CHECK(secret.size() == 5 + 64);
    TokenStore again(desk.files, desk.random, "/state");
    REQUIRE(again.read());
    CHECK(again.all() == desk.tokens.all());
    CHECK(again.find(secret)->name == "a");
}

TEST_CASE("a broken file of tokens opens to nobody and is not written over") {
    Desk desk;
    for (const char* const text :
         {"", "{", "[]", R"({"tokens":[{}]})", R"({"tokens":7})",
          R"({"tokens":[{"name":"a","sha256":"00","scope":"admin","networks":[],)"
          R"("expires":null,"made":0,"last-used":null}]})"}) {
        INFO(text);
        desk.files.files["/state/tokens.json"] = text;
        TokenStore store(desk.files, desk.random, "/state");
        CHECK_FALSE(store.read());
        CHECK(store.all().empty());
        CHECK_FALSE(store.add(*token_from_words({"new"}, today)));
        CHECK(desk.files.files["/state/tokens.json"] == text);
    }
}

TEST_CASE("a token that cannot be kept is not given") {
    Desk desk;
    desk.files.is_full = true;
    const auto refused = desk.tokens.add(*token_from_words({"a"}, today));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().contains("No space left"));
    CHECK(desk.tokens.all().empty());
    TokenStore nowhere(desk.files, desk.random, "");
    CHECK(nowhere.add(*token_from_words({"a"}, today)).error().contains("state.folder"));
    desk.files.is_full = false;
    static_cast<void>(desk.add({"a"}));
    CHECK_FALSE(desk.tokens.add(*token_from_words({"a"}, today)));
    desk.files.is_full = true;
    CHECK_FALSE(desk.tokens.revoke("a"));
    CHECK(desk.tokens.named("a") != nullptr);
}

TEST_CASE("words that make no token are refused with what is wanted") {
    const std::vector<std::vector<std::string>> wrong = {{},
                                                         {""},
                                                         {"a b"},
                                                         {"a\x1b"},
                                                         {"--scope", "read"},
                                                         {"a", "--scope"},
                                                         {"a", "--scope", "root"},
                                                         {"a", "--network", "everywhere"},
                                                         {"a", "--expires", "0"},
                                                         {"a", "--until", "1d"},
                                                         {std::string(33, 'a')}};
    for (const auto& words : wrong) {
        CHECK_FALSE(token_from_words(words, today));
    }
}

TEST_CASE("ten wrong tokens shut an address out for a minute, a right one too, and nobody else") {
    Desk desk;
    const std::string right = "Bearer " + desk.add({"a"});
    const auto ask = [&](const std::string& from, const std::string& token, Instant now) {
        const auto answer = desk.ask(from, "Authorization", token, now);
        return answer ? 200U : answer.error().status;
    };
    for (int i = 0; i < 10; ++i) {
        CHECK(ask("2001:db8::1", "Bearer wend_no", Instant(1s)) == 401);
    }
    CHECK(ask("2001:db8::1", right, Instant(2s)) == 429);
    CHECK(ask("2001:db8::ffff:1", right, Instant(2s)) == 429);  // of the same /64
    CHECK(ask("2001:db8:0:1::1", right, Instant(2s)) == 200);
    CHECK(ask("127.0.0.1", right, Instant(2s)) == 200);
    CHECK(ask("2001:db8::1", right, Instant(60s)) == 429);
    CHECK(ask("2001:db8::1", right, Instant(61s)) == 200);
}

TEST_CASE("a session of a token that was revoked stays shut when its name is given anew") {
    Desk desk;
    const std::string secret = desk.add({"a", "--scope", "read"});
    const auto identity = desk.ask("127.0.0.1", "Authorization", "Bearer " + secret);
    REQUIRE(identity);
    const std::string cookie = desk.sessions.begin(identity->token, Instant{});
    const auto scope = [&] {
        return desk.ask("127.0.0.1", "Cookie", "wend-session=" + cookie)->scope;
    };
    CHECK(scope() == DoorScope::read);
    REQUIRE(desk.tokens.revoke("a"));
    CHECK(scope() == DoorScope::metrics);
    static_cast<void>(desk.add({"a", "--scope", "admin"}));
    CHECK(scope() == DoorScope::metrics);
}

TEST_CASE("a session ends when nobody has used it for twelve hours, and there are 64 at most") {
    SeededRandom random(3);
    Sessions sessions(random);
    const std::string cookie = sessions.begin("a", Instant(0s));
    CHECK(sessions.token_of(cookie, Instant(12h - 1s)) == "a");
    CHECK(sessions.token_of(cookie, Instant(24h - 2s)) == "a");
    CHECK_FALSE(sessions.token_of(cookie, Instant(36h - 2s)));
    CHECK(sessions.size() == 0);
    const std::string first = sessions.begin("a", Instant(100h));
    for (int i = 1; i <= 64; ++i) {
        static_cast<void>(sessions.begin("b", Instant(100h + std::chrono::seconds(i))));
    }
    CHECK(sessions.size() == 64);
    CHECK_FALSE(sessions.token_of(first, Instant(101h)));
    CHECK_FALSE(sessions.token_of("", Instant(101h)));
}

TEST_CASE("a session's cookie is found among others, and not if there are two") {
    CHECK(session_in("a=b; wend-session=x; c=d") == "x");
    CHECK(session_in("wend-session=x") == "x");
    CHECK_FALSE(session_in("wend-session=x; wend-session=y"));
    CHECK_FALSE(session_in("not-wend-session=x"));
    CHECK_FALSE(session_in("wend-session"));
    CHECK_FALSE(session_in(""));
}

TEST_CASE("secrets are equal only as a whole") {
    CHECK(is_same_secret("abc", "abc"));
    CHECK_FALSE(is_same_secret("abc", "abd"));
    CHECK_FALSE(is_same_secret("abc", "ab"));
    CHECK_FALSE(is_same_secret("", "a"));
}

TEST_CASE("what the doors are survives the way to the control process") {
    Config config;
    config.http.listen = {*Endpoint::from_text("[::1]:8053")};
    config.http.names = {"dns.example"};
    config.http.plain = true;
    config.control.group_scope = DoorScope::metrics;
    const Doors doors = doors_of(config, "/etc/wend/wend.json", "/var/lib/wend:/other");
    CHECK(doors.state_folder == "/var/lib/wend");
    const auto read = doors_from_text(to_text(doors));
    REQUIRE(read);
    CHECK(*read == doors);
    CHECK_FALSE(doors_from_text("{}"));
    CHECK_FALSE(doors_from_text("nonsense"));
    config.http.listen.clear();
    config.control.socket.clear();
    CHECK_FALSE(doors_of(config, "", "").any());
}

}  // namespace wend
