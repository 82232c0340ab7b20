#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/random.h"
#include "tests/live/wend_process.h"

using namespace wend;
using namespace wend::live;
using dns::Rcode;
using dns::Section;
using dns::Type;
using std::chrono::milliseconds;

namespace {

struct Ended {
    int status;
    std::string out;
    std::string errors;
};

Ended run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {WEND_PROGRAM};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Child child(all);
    Ended ended;
    ended.out = child.read_lines(SIZE_MAX);
    ended.errors = child.read_errors();
    ended.status = child.wait();
    return ended;
}

bool is_one_sentence(const std::string& errors) {
    return errors.starts_with("wend: ") && std::ranges::count(errors, '\n') == 1;
}

// A query with some of its octets changed, cut or extended, or octets that never were one. The id
// stays as given, so that replies can be told apart.
std::vector<std::uint8_t> mutated_query(Random& random, std::uint16_t id) {
    constexpr std::array names = {"www.plain.lab.", "no.plain.lab.", "www.alias.lab.", "lab."};
    auto octets =
        query_for(names.at(random.below(names.size())), static_cast<Type>(random.below(300)), id);
    if (random.chance(20)) {
        octets.resize(random.below(600));
        for (std::uint8_t& octet : octets) {
            octet = static_cast<std::uint8_t>(random.next());
        }
    }
    const std::uint64_t changes = random.below(6);
    for (std::uint64_t i = 0; i < changes && octets.size() > 2; ++i) {
        octets.at(2 + random.below(octets.size() - 2)) = static_cast<std::uint8_t>(random.next());
    }
    if (random.chance(10)) {
        octets.resize(random.below(octets.size() + 20));
    }
    if (octets.size() >= 2) {
        store_u16(octets, 0, id);
    }
    return octets;
}

// Counts replies by id until none has come for `patience`.
void take_replies(const Socket& socket, milliseconds patience, std::vector<int>& by_id,
                  std::size_t& longest) {
    while (const auto reply = socket.receive(patience)) {
        REQUIRE(reply->size() >= dns::header_size);
        ++by_id.at(load_u16(*reply, 0));
        longest = std::max(longest, reply->size());
        CHECK((reply->at(2) & 0x80) != 0);
    }
}

}  // namespace

TEST_CASE("the lab's names are answered over UDP and TCP", "[live][server]") {
    Daemon daemon("", {"--lab"});
    CHECK(std::ranges::count(daemon.greeting(), '\n') == 4);
    CHECK(daemon.greeting().find("\ntrust it: . 3600 IN DS ") != std::string::npos);
    const auto over_udp = ask(daemon.endpoint(), "www.plain.lab.", Type::a);
    REQUIRE(over_udp);
    CHECK(over_udp->rcode() == Rcode::noerror);
    CHECK(over_udp->header().ra);
    CHECK(over_udp->records(Section::answer).size() == 1);
    const auto over_tcp = ask_over_tcp(daemon.endpoint(), "www.plain.lab.", Type::a);
    REQUIRE(over_tcp);
    CHECK(over_tcp->rcode() == Rcode::noerror);
    CHECK(over_tcp->records(Section::answer).size() == 1);
    const auto unknown = ask(daemon.endpoint(), "no.plain.lab.", Type::a);
    REQUIRE(unknown);
    CHECK(unknown->rcode() == Rcode::nxdomain);
    REQUIRE(unknown->records(Section::authority).size() == 1);
    CHECK(unknown->records(Section::authority)[0].type == Type::soa);
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
}

TEST_CASE("a zone whose servers are silent is SERVFAIL with a reason within 7 seconds",
          "[live][server]") {
    Daemon daemon("", {"--lab"});
    const auto reply = ask(daemon.endpoint(), "www.silent.lab.", Type::a, milliseconds(7'000));
    REQUIRE(reply);
    CHECK(reply->rcode() == Rcode::servfail);
    CHECK(extended_error_of(*reply).has_value());
    // It is remembered, so the next one need not wait.
    const auto again = ask(daemon.endpoint(), "www.silent.lab.", Type::a, milliseconds(2'000));
    REQUIRE(again);
    CHECK(extended_error_of(*again) == 13);
}

TEST_CASE("SIGINT ends it in order: what is known is answered, who waits is left to ask again",
          "[live][server]") {
    Daemon daemon(R"(, "workers": 2)", {"--lab"});
    const Socket socket(daemon.endpoint(), SOCK_DGRAM);
    REQUIRE(ask(daemon.endpoint(), "www.plain.lab.", Type::a));
    REQUIRE(socket.send(query_for("www.silent.lab.", Type::a, 1)));
    std::this_thread::sleep_for(milliseconds(20));  // it has been read, and waits in one worker
    daemon.process().signal(SIGINT);
    std::vector<std::unique_ptr<Socket>> others;  // the kernel spreads them over both
    for (std::uint16_t id = 2; id < 42; ++id) {
        others.push_back(std::make_unique<Socket>(daemon.endpoint(), SOCK_DGRAM));
        REQUIRE(others.back()->send(query_for("www.plain.lab.", Type::a, id)));
    }
    for (const auto& other : others) {
        const auto known = other->receive(milliseconds(5'000));
        REQUIRE(known);
        CHECK(dns::Message::parse(*known)->rcode() == Rcode::noerror);
    }
    CHECK(!socket.receive(milliseconds(2'000)));
    CHECK(daemon.process().wait() == 0);
    const std::string log = daemon.process().read_errors();
    CHECK_THAT(log, Catch::Contains("told to end") && Catch::Contains("info ended"));
}

TEST_CASE("what limits did is a line in the log, with the client's network", "[live][server]") {
    Daemon daemon(R"(, "workers": 1, "waiting": {"clients": 3, "per-address": 1})", {"--lab"});
    const Socket socket(daemon.endpoint(), SOCK_DGRAM);
    for (std::uint16_t id = 0; id < 6; ++id) {
        const std::string name = "n" + std::to_string(id) + ".silent.lab.";
        REQUIRE(socket.send(query_for(name, Type::a, id)));
    }
    for (int refused = 0; refused < 4; ++refused) {
        REQUIRE(socket.receive(milliseconds(1'000)));
    }
    const Socket idle(daemon.endpoint(), SOCK_DGRAM);
    CHECK(!idle.receive(milliseconds(700)));  // until the next look
    REQUIRE(socket.send(query_for("n9.silent.lab.", Type::a, 9)));
    REQUIRE(socket.receive(milliseconds(1'000)));
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
    CHECK_THAT(daemon.process().read_errors(),
               Catch::Contains("limit zone-share: 4 queries, 4 of them from 127.0.0.0/24") &&
                   Catch::Contains("limit zone-share: 1 query"));  // at the end
}

TEST_CASE("what limits did last of all is told at the end", "[live][server]") {
    Daemon daemon(R"(, "workers": 1, "tcp": {"clients": 1})", {"--lab"});
    const Socket busy(daemon.endpoint(), SOCK_STREAM);
    REQUIRE(busy.send(query_for("www.silent.lab.", Type::a, 1)));
    CHECK(!busy.receive(milliseconds(300)));
    constexpr int refused = 5;
    for (int i = 0; i < refused; ++i) {
        const Socket late(daemon.endpoint(), SOCK_STREAM);
        CHECK(!late.receive(milliseconds(5'000)));  // closed at once
    }
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
    const std::string log = daemon.process().read_errors();
    const std::string wanted = "limit too-many-connections: ";
    int told = 0;
    for (std::size_t at = log.find(wanted); at != log.npos; at = log.find(wanted, at + 1)) {
        told += std::stoi(log.substr(at + wanted.size()));
    }
    CHECK(told == refused);
}

TEST_CASE("that no root server can be reached is said once", "[live][server]") {
    const TemporaryDirectory directory;
    const std::string hints =
        directory.write("hints", ". 3600 NS root.example.\nroot.example. 3600 A 127.0.0.1\n");
    Daemon daemon(", \"root\": {\"hints\": \"" + hints +
                  "\"}, \"upstream\": {\"port\": 1, \"never-query\": []},"
                  "\"dnssec\": {\"validate\": false}");
    for (const auto* name : {"www.plain.example.com.", "www.other.example.net."}) {
        const auto reply = ask(daemon.endpoint(), name, Type::a, milliseconds(7'000));
        REQUIRE(reply);
        CHECK(reply->rcode() == Rcode::servfail);
        const Socket idle(daemon.endpoint(), SOCK_DGRAM);
        CHECK(!idle.receive(milliseconds(700)));
    }
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
    const std::string log = daemon.process().read_errors();
    const std::size_t said = log.find("no root server can be reached");
    REQUIRE(said != std::string::npos);
    CHECK(log.find("no root server can be reached", said + 1) == std::string::npos);
}

TEST_CASE("ten thousand mutated datagrams get at most one short answer each", "[live][server]") {
    constexpr std::uint16_t datagrams = 10'000;
    Daemon daemon("", {"--lab"});
    SeededRandom random(20'261'123);
    std::vector<int> by_id(65'536);
    std::size_t longest = 0;
    {
        const Socket socket(daemon.endpoint(), SOCK_DGRAM);
        for (std::uint16_t id = 0; id < datagrams; ++id) {
            socket.send(mutated_query(random, id));
            if (id % 50 == 49) {
                take_replies(socket, milliseconds(1), by_id, longest);
            }
        }
        take_replies(socket, milliseconds(2'500), by_id, longest);
    }
    CHECK(*std::ranges::max_element(by_id) == 1);
    CHECK(std::ranges::count(by_id, 1) > 100);
    CHECK(std::ranges::count(by_id, 1) <= datagrams);
    CHECK(longest <= 1'232);
    REQUIRE(daemon.process().runs());
    const auto still = ask(daemon.endpoint(), "www.plain.lab.", Type::a);
    REQUIRE(still);
    CHECK(still->rcode() == Rcode::noerror);
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().wait() == 0);
}

TEST_CASE("a thousand silent TCP clients keep nobody out", "[live][server]") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Daemon daemon("", {"--lab"});
    std::vector<Socket> silent;
    for (int i = 0; i < 1'000; ++i) {
        silent.emplace_back(daemon.endpoint(), SOCK_STREAM);
    }
    CHECK(ask(daemon.endpoint(), "www.plain.lab.", Type::a).has_value());
    CHECK(ask_over_tcp(daemon.endpoint(), "www.plain.lab.", Type::a).has_value());
}

TEST_CASE("what keeps it from starting is said in one sentence", "[live][server]") {
    const TemporaryDirectory directory;
    const Daemon first("", {"--lab"});
    const auto serve_with = [&](const std::string& config) {
        return run({"serve", "--lab", "--config", directory.write("wend.json", config)});
    };
    const Ended taken = serve_with("{\"listen\": [\"" + first.endpoint().to_text() + "\"]}");
    CHECK(taken.status == 78);
    CHECK(is_one_sentence(taken.errors));
    CHECK(taken.errors.find(first.endpoint().to_text()) != std::string::npos);
    const Ended bad_key = serve_with("{\n  \"lisen\": []\n}");
    CHECK(bad_key.status == 78);
    CHECK(is_one_sentence(bad_key.errors));
    CHECK(bad_key.errors.find("wend.json:2:3: there is no key \"lisen\"; the nearest is "
                              "\"listen\"") != std::string::npos);
    const Ended missing = run({"serve", "--config", directory.path() + "/none.json"});
    CHECK(missing.status == 78);
    CHECK(is_one_sentence(missing.errors));
    const Ended unknown = run({"sreve"});
    CHECK(unknown.status == 2);
    CHECK(is_one_sentence(unknown.errors));
}

TEST_CASE("check says each mistake with its place, and help comes unasked", "[live][server]") {
    const TemporaryDirectory directory;
    const std::string path =
        directory.write("bad.json", "{\n  \"workers\": \"two\",\n  \"cahce\": {}\n}");
    const Ended bad = run({"check", path});
    CHECK(bad.status == 1);
    CHECK(bad.errors == path + ":2:14: wants a whole number from 0 to 256\n" + path +
                            ":3:3: there is no key \"cahce\"; the nearest is \"cache\"\n");
    CHECK(run({"check", std::string(WEND_SOURCE_DIR) + "/etc/wend.json"}).status == 0);
    const std::string hints =
        directory.write("hints", ". 60 NS a.\n. 60 NS b.\na. 60 A 127.0.0.1\nb. 60 A 192.0.2.1\n");
    const Ended noted =
        run({"check", directory.write("noted.json", "{\"root\": {\"hints\": \"hints\"}}")});
    CHECK(noted.status == 0);
    CHECK(noted.out.find("hints:3:1: warning: the root server a. is to be asked at 127.0.0.1") !=
          std::string::npos);
    const Ended help = run({});
    CHECK(help.status == 0);
    CHECK(help.out.find("serve") != std::string::npos);
    CHECK(run({"version"}).out.starts_with("wend "));
}

TEST_CASE("resolve shows the answer, the walk, and the walk as JSON", "[live][server]") {
    const Ended plain = run({"resolve", "www.alias.lab", "--lab"});
    CHECK(plain.status == 0);
    CHECK(plain.out.find("www.alias.lab. 300 IN CNAME www.plain.lab.") != std::string::npos);
    const Ended traced = run({"resolve", "www.plain.lab", "--lab", "--trace"});
    CHECK(traced.out.find("zone . (from hints)") != std::string::npos);
    const Ended json = run({"resolve", "no.plain.lab", "AAAA", "--lab", "--json"});
    CHECK(json.status == 0);
    CHECK(json.out.find("\"rcode\": \"NXDOMAIN\"") != std::string::npos);
    CHECK(json.out.find("\"event\": \"query-sent\"") != std::string::npos);
    const Ended failing = run({"resolve", "www.failing.lab", "--lab"});
    CHECK(failing.status == 1);
    const Ended wrong = run({"resolve", "www..lab"});
    CHECK(wrong.status == 2);
    CHECK(is_one_sentence(wrong.errors));
}

TEST_CASE("no signal ends it but those that are to", "[live][server]") {
    Daemon daemon("", {"--lab"});
    std::vector<int> idle = {SIGHUP,  SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM,   SIGVTALRM,
                             SIGPROF, SIGPOLL, SIGPWR,  SIGXFSZ, SIGSTKFLT, SIGHUP};
    for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
        idle.push_back(signal);
    }
    REQUIRE(ask(daemon.endpoint(), "www.plain.lab.", Type::a));  // now it runs
    for (const int signal : idle) {
        daemon.process().signal(signal);
    }
    const auto reply = ask(daemon.endpoint(), "www.plain.lab.", Type::a);
    REQUIRE(reply);
    CHECK(reply->rcode() == Rcode::noerror);
    REQUIRE(daemon.process().runs());
    std::this_thread::sleep_for(std::chrono::seconds(1));  // a reload under way ends with the rest
    daemon.process().signal(SIGTERM);
    const std::string log = daemon.process().read_errors();
    CHECK(log.find("generation 2 is in force") != std::string::npos);
    CHECK(daemon.process().wait() == 0);
}

TEST_CASE("an address that no interface has yet is no reason not to start", "[live][server]") {
    const TemporaryDirectory directory;
    const std::string config =  // 192.0.2.0/24 is for documentation: no host has it
        directory.write("wend.json", R"({"listen": ["127.0.0.1:0", "192.0.2.77:0"]})");
    Child daemon({WEND_PROGRAM, "serve", "--lab", "--config", config});
    const std::string greeting = daemon.read_lines(4);
    const std::size_t at = greeting.find("127.0.0.1:");
    REQUIRE(at != std::string::npos);
    CHECK(greeting.find(", 192.0.2.77:") != std::string::npos);
    const auto endpoint = Endpoint::from_text(greeting.substr(at, greeting.find(',', at) - at));
    REQUIRE(endpoint);
    CHECK(ask(*endpoint, "www.plain.lab.", Type::a).has_value());
    daemon.signal(SIGTERM);
    const std::string log = daemon.read_errors();
    CHECK(log.find("no interface of this host has the address of 192.0.2.77:0") !=
          std::string::npos);
    CHECK(daemon.wait() == 0);
}

TEST_CASE("who has read that the server serves is heard by its signals", "[live][server]") {
    for (int round = 0; round < 10; ++round) {
        Daemon daemon({}, {"--lab"});
        daemon.process().signal(SIGHUP);
        daemon.process().signal(SIGTERM);
        CHECK(daemon.process().wait() == 0);
    }
}

TEST_CASE("who lists other networks is not shut out himself, and hears of their limits",
          "[live][server]") {
    Daemon daemon(R"(, "access": {"allow": ["192.0.2.0/24"]})", {"--lab"});
    const auto reply = ask(daemon.endpoint(), "www.plain.lab.", Type::a);
    REQUIRE(reply);
    CHECK(reply->rcode() == Rcode::noerror);
    daemon.process().signal(SIGTERM);
    CHECK(daemon.process().read_errors().find("192.0.2.0/24 may ask 100 queries a second") !=
          std::string::npos);
}

TEST_CASE("resolve says whether the answer is secure, insecure or bogus", "[live][server]") {
    const auto heading = [](const std::vector<std::string>& words) {
        std::vector<std::string> all = {"resolve", "--lab"};
        all.insert(all.end(), words.begin(), words.end());
        const std::string out = run(all).out;
        return out.substr(0, out.find(':', 3));
    };
    CHECK(heading({"www.ed25519.lab"}) == ";; NOERROR, secure");
    CHECK(heading({"none.ed25519.lab"}) == ";; NXDOMAIN, secure");
    CHECK(heading({"www.plain.lab"}) == ";; NOERROR, insecure");
    CHECK(heading({"www.rsasha1.lab"}) == ";; NOERROR, insecure");
    CHECK(heading({"www.wrong-ds.lab"}) == ";; SERVFAIL, bogus");
    CHECK(heading({"www.failing.lab"}) == ";; SERVFAIL");
    const std::string json = run({"resolve", "--lab", "www.wrong-ds.lab", "--json"}).out;
    const std::size_t security = json.find("\"security\"", json.find("\"answer\": {"));
    CHECK(json.substr(security).starts_with("\"security\": \"bogus\""));
    CHECK(heading({"www.wrong-ds.lab", "--cd"}) == ";; NOERROR, not validated");
}

TEST_CASE("resolve takes addresses, and names in the writing of people",
          "[live][server][rfc5891]") {
    const Ended loopback = run({"resolve", "--lab", "127.0.0.1"});
    CHECK(loopback.status == 0);
    CHECK(loopback.out.find("1.0.0.127.in-addr.arpa. 10800 IN PTR localhost.") !=
          std::string::npos);
    CHECK(run({"resolve", "--lab", "-x", "::1"}).out.find(" PTR localhost.") != std::string::npos);
    const Ended none = run({"resolve", "--lab", "-x", "www.plain.lab"});
    CHECK(none.status == 2);
    CHECK(is_one_sentence(none.errors));
    const Ended idn = run({"resolve", "--lab", "bücher.plain.lab", "--trace"});
    CHECK(idn.out.find("? xn--bcher-kva.plain.lab. A") != std::string::npos);
    CHECK(run({"resolve", "--lab", "☕.lab"}).status == 2);
}

TEST_CASE("what could not be written was not done", "[live][server]") {
    const auto status_of = [](const std::string& command) {
        Child child({"/bin/sh", "-c", command});
        const std::string errors = child.read_errors();
        CAPTURE(command, errors);
        const bool is_told = is_one_sentence(errors) && errors.find("writ") != std::string::npos;
        const int status = child.wait();
        CHECK(is_told == (status == 2));
        return status;
    };
    const std::string wend = WEND_PROGRAM;
    for (const char* words :
         {" resolve --lab www.plain.lab", " resolve --lab www.plain.lab --json",
          " resolve --lab tour.alias.lab --trace", " version", " --help", " check /dev/null"}) {
        CAPTURE(words);
        const bool says_something = std::string_view(words) != " check /dev/null";
        CHECK(status_of(wend + words + " > /dev/full") == (says_something ? 2 : 1));
        CHECK(status_of(wend + words + " >&-") == (says_something ? 2 : 1));
    }
    CHECK(status_of(wend + " version > /dev/null") == 0);
}

TEST_CASE("the version is a command and a flag, and help names the exit statuses",
          "[live][server]") {
    const Ended version = run({"--version"});
    CHECK(version.status == 0);
    CHECK(version.out == run({"version"}).out);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--help"}, {"resolve", "--help"}, {"check", "--help"}}) {
        CHECK(run(words).out.find("Exit status: 0 done; 1 ") != std::string::npos);
    }
}

TEST_CASE("what only SHA-1 signs is insecure unless the operator says otherwise",
          "[live][server][rfc9905-2]") {
    const auto is_authentic = [](const Daemon& daemon, const char* name) {
        const auto reply = ask_with({.dnssec_ok = true}, daemon.endpoint(), name, Type::a);
        REQUIRE(reply);
        CHECK(reply->rcode() == Rcode::noerror);
        return reply->header().ad;
    };
    const Daemon by_default("", {"--lab"});
    CHECK_FALSE(is_authentic(by_default, "www.rsasha1.lab."));
    CHECK_FALSE(is_authentic(by_default, "www.rsasha1-nsec3.lab."));
    CHECK(is_authentic(by_default, "www.rsasha256.lab."));
    const Daemon all(R"(, "dnssec": {"disabled-algorithms": []})", {"--lab"});
    CHECK(is_authentic(all, "www.rsasha1.lab."));
    CHECK(is_authentic(all, "www.rsasha1-nsec3.lab."));
    const Daemon none(R"(, "dnssec": {"disabled-digests": ["SHA-256"]})", {"--lab"});
    CHECK_FALSE(is_authentic(none, "www.rsasha256.lab."));
}

TEST_CASE("resolve and serve answer the same names themselves, and ask nobody",
          "[live][server][rfc6761][rfc7686-2][rfc6303-3]") {
    Daemon daemon("", {"--lab"});
    for (const char* name : {"localhost", "www.localhost", "shop.onion", "printer.home.arpa",
                             "4.3.2.10.in-addr.arpa", "name.invalid"}) {
        CAPTURE(name);
        const Ended resolved = run({"resolve", name, "--lab", "--trace"});
        const auto served = ask(daemon.endpoint(), name, Type::a);
        REQUIRE(served);
        CHECK(resolved.status == 0);
        CHECK(resolved.out.find("-> ") == std::string::npos);
        CHECK(resolved.out.find("answered from data configured or reserved here") !=
              std::string::npos);
        CHECK(resolved.out.find(to_text(served->rcode())) != std::string::npos);
        const bool has_address = resolved.out.find("IN A 127.0.0.1") != std::string::npos;
        CHECK(has_address == !served->records(Section::answer).empty());
    }
}
