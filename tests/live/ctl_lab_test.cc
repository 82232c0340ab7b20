// `wend ctl` and `wend serve --lab`, both real, as they are installed.
#include <csignal>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/live/wend_process.h"

namespace wend::live {
namespace {

using namespace std::chrono_literals;

struct Served {
    Served()
        : daemon(fmt::format(R"(, "control": {{"socket": "{0}/c"}}, "state": {{"folder": "{0}"}})",
                             folder.path()),
                 {"--lab"}) {
        for (int i = 0; i < 500 && ask({"ping"}) != "pong: true\n"; ++i) {
            std::this_thread::sleep_for(10ms);
        }
    }

    // Standard output.
    std::string ask(const std::vector<std::string>& words) const {
        std::vector<std::string> all = {WEND_PROGRAM, "ctl", "--socket", folder.path() + "/c"};
        all.insert(all.end(), words.begin(), words.end());
        Child child(all);
        std::string out = child.read_lines(SIZE_MAX);
        status = child.wait();
        return out;
    }

    TemporaryDirectory folder;
    Daemon daemon;
    mutable int status = 0;
};

// "name: 7" of the answer; nothing there: empty.
std::string value_of(const std::string& text, const std::string& name) {
    const std::size_t at = text.find(name + ": ");
    return at == std::string::npos
               ? ""
               : text.substr(at + name.size() + 2, text.find('\n', at) - at - name.size() - 2);
}

}  // namespace

TEST_CASE("a name that was asked for is shown, flushed, dumped and taken back") {
    const Served served;
    REQUIRE(ask(served.daemon.endpoint(), "www.plain.lab.", dns::Type::a));
    CHECK(served.ask({"cache", "show", "www.plain.lab"}).contains("IN A 198.18.10.80"));
    const std::string file = served.folder.path() + "/dump";
    served.ask({"cache", "dump", "-o", file});
    CHECK(served.ask({"flush", "www.plain.lab"}) == "1 entry forgotten\n");
    CHECK(served.ask({"cache", "show", "www.plain.lab"}).empty());
    CHECK(served.ask({"cache", "load", file}).contains("1 RRsets kept"));
    CHECK(served.ask({"cache", "show", "www.plain.lab"}).contains("IN A 198.18.10.80"));
    CHECK(served.ask({"--as", "unbound", "stats_noreset"}).contains("total.num.queries=1\n"));
    served.ask({"cache", "show", "..."});
    CHECK(served.status == 1);
    served.ask({"cache", "show", std::string("\x1b]0;x\x07\xff.", 8)});
    CHECK(served.status <= 1);
}

TEST_CASE("a change holds at once and after a reload, and can be taken back") {
    const Served served;
    CHECK(served.ask({"config", "set", "cache.ttl-max", "60"}).contains("~ cache.ttl-max"));
    CHECK(served.ask({"reload"}).contains("is in force"));
    CHECK(served.ask({"config", "show", "-p", "cache.ttl-max"}).contains("set by uid"));
    CHECK(served.ask({"plan"}).contains("nothing would change"));
    CHECK(served.ask({"config", "unset", "cache.ttl-max"}).contains("60 -> 86400"));
    served.ask({"config", "set", "cache.ttl-max", "much"});
    CHECK(served.status == 1);
    served.ask({"confirm"});
    CHECK(served.status == 1);
}

TEST_CASE("a control process that is killed is there again, and answers as before") {
    const Served served;
    REQUIRE(ask(served.daemon.endpoint(), "www.plain.lab.", dns::Type::a));
    const std::string server = value_of(served.ask({"status"}), "pid");
    std::ifstream children("/proc/" + server + "/task/" + server + "/children");
    int pid = 0;
    REQUIRE(children >> pid);
    REQUIRE(kill(pid, SIGKILL) == 0);
    bool is_back = false;
    for (int i = 0; i < 200 && !is_back; ++i) {
        std::this_thread::sleep_for(10ms);
        is_back = value_of(served.ask({"status"}), "control-restarts") == "1";
    }
    CHECK(is_back);
    CHECK(value_of(served.ask({"status"}), "queries") == "1");
    CHECK(ask(served.daemon.endpoint(), "www.plain.lab.", dns::Type::a));
    CHECK(served.ask({"stop"}).contains("stopping"));
}

}  // namespace wend::live
