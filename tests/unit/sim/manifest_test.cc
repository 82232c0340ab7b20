#include "sim/manifest.h"

#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "sim/lab.h"

using namespace wend;
using namespace wend::sim;

namespace {

std::optional<std::string_view> file(std::string_view name) {
    if (name == "good.zone") {
        return "@ SOA ns host 1 1 1 1 1\n@ NS ns\nns A 198.18.0.1\n";
    }
    if (name == "bad.zone") {
        return "@ SOA ns host 1 1 1 1 1\n@ NS ns\nns A not-an-address\n";
    }
    return std::nullopt;
}

std::optional<ManifestError> error_in(std::string_view text) {
    auto outcome = read_manifest(text, file);
    return outcome ? std::nullopt : std::optional(outcome.error());
}

}  // namespace

TEST_CASE("a manifest gives servers their zones and manners", "[sim][manifest]") {
    SimInternet internet;
    const auto outcome = read_manifest(
        "# an internet of one zone\n"
        "zone lab. good.zone\n"
        "\n"
        "server 198.18.0.1 round-trip=40ms : lab.   # fine\n"
        "server 198.18.0.2 silent : lab.\n"
        "server 198.18.0.3 truncating tcp-refusing : lab.\n"
        "server 198.18.0.4 truncating : lab.\n",
        file);
    REQUIRE(outcome.has_value());
    build(*outcome, internet);
    const dns::Name lab = dns::name_of("lab.");
    const auto well = [&](std::string_view address) {
        return internet.serves_well(*IpAddress::from_text(address), lab);
    };
    CHECK(well("198.18.0.1"));
    CHECK_FALSE(well("198.18.0.2"));
    CHECK_FALSE(well("198.18.0.3"));
    CHECK(well("198.18.0.4"));
    CHECK_FALSE(well("198.18.0.5"));
}

TEST_CASE("a mistake in a manifest is named with its line", "[sim][manifest]") {
    CHECK(error_in("zone lab. good.zone\nserver 198.18.0.1 sillent : lab.\n")->line == 2);
    CHECK(error_in("\n\nsrever 198.18.0.1 : lab.\n")->line == 3);
    CHECK(error_in("server 198.18.0.1 : lab.\n")->line == 1);
    CHECK(error_in("zone lab. good.zone\nserver 198.18.0.1 round-trip=ms : lab.")->line == 2);
    CHECK(error_in("zone lab. missing.zone\n")->line == 1);
    CHECK(error_in("zone lab. good.zone algorithm=15\nzone a.lab. good.zone nsec3")->line == 2);
    CHECK(error_in("zone lab. good.zone algorithm=15 nsec4\n")->line == 1);
    CHECK(error_in("zone lab. good.zone algorithm=256\n")->line == 1);
}

TEST_CASE("a mistake in a zone file is named with the file and its line", "[sim][manifest]") {
    const auto error = error_in("zone lab. bad.zone\n");
    REQUIRE(error.has_value());
    CHECK(error->file == "bad.zone");
    CHECK(error->line == 3);
}
