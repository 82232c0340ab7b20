// Whatever verbs are given: they say one sentence in printable ASCII, or do what was asked.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "server/verbs/arguments.h"
#include "tests/unit/server/verb_world.h"

namespace wend {
namespace {

bool is_printable(const std::string& text) {
    return std::ranges::all_of(text, [](char octet) { return octet >= ' ' && octet <= '~'; });
}

// One sentence: it says something, ends in no point as the house writes them, and is no page.
bool is_sentence(const std::string& text) {
    return text.size() > 10 && text.size() < 700 && is_printable(text);
}

std::string octets(SeededRandom& random, std::size_t most) {
    std::string made(random.below(most + 1), ' ');
    for (char& octet : made) {
        octet = static_cast<char>(random.below(256));
    }
    return made;
}

std::string hostile(SeededRandom& random) {
    static const std::vector<std::string> fixed = {"",
                                                   ".",
                                                   "..",
                                                   "--zone",
                                                   "--servers",
                                                   "--all",
                                                   "--bogus",
                                                   "all",
                                                   "A",
                                                   "TYPE65535",
                                                   "ANY",
                                                   "\x1b[2J",
                                                   "a\r\nb",
                                                   "\\256",
                                                   "\\",
                                                   "\"",
                                                   "192.0.2.1",
                                                   "::1",
                                                   "%s%n",
                                                   "-1",
                                                   "1",
                                                   "1764529376",
                                                   "18446744073709551616",
                                                   "example.",
                                                   "xn--\xff",
                                                   "--confirm",
                                                   "0",
                                                   "a b c ; 1/1 answer secure",
                                                   std::string(70, 'a'),
                                                   std::string(300, 'b'),
                                                   std::string(60'000, '.'),
                                                   std::string("nul\0nul", 7),
                                                   "debug",
                                                   "{\"a\":1}",
                                                   "<script>alert(1)</script>"};
    return random.chance(50) ? fixed[random.below(fixed.size())] : octets(random, 40);
}

TEST_CASE("any octets as arguments are answered, and each mistake is one sentence", "[verbs]") {
    SmallWorld small;
    SeededRandom random(1);
    std::vector<std::string> verbs = {"", "cache", "\x1b[31mflush", "flsh",
                                      std::string(9'000, 'x')};
    for (const Verb& verb : server_verbs()) {
        verbs.emplace_back(verb.name);
    }
    std::size_t refusals = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string& verb = verbs[random.below(verbs.size())];
        std::vector<std::string> arguments(random.below(4));
        std::ranges::generate(arguments, [&] { return hostile(random); });
        const std::string cursor = random.chance(70)   ? ""
                                   : random.chance(50) ? "3.4.5.6"
                                                       : octets(random, 30);
        const LinkReply reply = small.step(verb, arguments, cursor);
        const bool is_done = reply.status == LinkReply::Status::done;
        refusals += is_done ? 0U : 1U;
        if (is_done ? !is_printable(reply.json) : !is_sentence(reply.json)) {
            FAIL_CHECK(in_quotes(verb) << ": " << in_quotes(reply.json, 900));
        }
    }
    CHECK(refusals > 5'000);
}

TEST_CASE("names with any octets are shown in ASCII alone", "[verbs]") {
    SmallWorld small;
    SeededRandom random(2);
    for (int i = 0; i < 300; ++i) {
        dns::Name name = dns::name_of("test.");
        const std::string label = "x" + octets(random, 50);
        name =
            *name.with_label({reinterpret_cast<const std::uint8_t*>(label.data()), label.size()});
        dns::RRsetBuilder builder(name,
                                  dns::Type{static_cast<std::uint16_t>(1 + random.below(60))});
        const std::string rdata = octets(random, 60);
        builder.add({reinterpret_cast<const std::uint8_t*>(rdata.data()), rdata.size()});
        small.cache.store(builder.finish(100), cache::Rank::answer, small.world.now);
    }
    const auto lines = small.all("cache dump", {}, "lines");
    CHECK(lines.size() > 200);
    for (const auto& line : lines) {
        const auto text = line.get<std::string>();
        if (!is_printable(text)) {
            FAIL_CHECK(in_quotes(text, 900));
        }
    }
}

TEST_CASE("what is too long for a page is said to be, and the dump goes on", "[verbs]") {
    SmallWorld small;
    const std::vector<std::uint8_t> long_rdata(40'000, '\\');
    for (int i = 0; i < 20; ++i) {
        dns::RRsetBuilder builder(dns::name_of("n" + std::to_string(i) + ".test."),
                                  dns::Type{65'400});
        builder.add(Octets(long_rdata).first(i % 2 == 0 ? 40'000U : 9'000U));
        small.cache.store(builder.finish(100), cache::Rank::answer, small.world.now);
    }
    const auto lines = small.all("cache dump", {}, "lines");
    CHECK(lines.size() == 20);
    CHECK(std::ranges::count_if(lines, [](const auto& line) {
              return line.template get<std::string>().find("too many to be shown") !=
                     std::string::npos;
          }) == 10);
    CHECK(small.pages > 3);
}

TEST_CASE("a verb that is nearly one is named", "[verbs]") {
    SmallWorld small;
    CHECK(small.step("flsh", {"example."}).json ==
          "\"flsh\" is no verb of this server; \"flush\" is");
    CHECK(small.step("\x1b[2J", {}).json == "\"\\027[2J\" is no verb of this server");
}

TEST_CASE("a cursor is as many numbers as its verb has, and nothing else", "[verbs]") {
    CHECK(cursor_from<2>("")->at(1) == 0);
    CHECK(cursor_from<2>("3.18446744073709551615")->at(1) == ~0ULL);
    for (const char* wrong : {"1", "1.", ".1", "1.2.3", "1.x", "-1.2", "1.18446744073709551616",
                              " 1.2", "1.2 ", "1..2", "+1.2"}) {
        INFO(wrong);
        CHECK_FALSE(cursor_from<2>(wrong));
    }
    CHECK(cursor_text(std::array<std::uint64_t, 2>{1, 22}) == "1.22");
}

}  // namespace
}  // namespace wend
