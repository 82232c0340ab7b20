#include "tests/live/signers.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "dnssec/records.h"
#include "sim/signer.h"

namespace wend::live {
namespace {

// test.sh unpacks them without installing them and says where; else they may be installed.
std::string folder() {
    const char* const given = std::getenv("WEND_SIGNERS_DIR");
    return given == nullptr ? "/usr" : given;
}

// Empty: it is not there.
std::string tool(const std::string& name) {
    for (const std::string& root : {folder(), std::string("/usr")}) {
        for (const char* place : {"/bin/", "/sbin/"}) {
            const std::string path = root + place + name;
            if (access(path.c_str(), X_OK) == 0) {
                return path;
            }
        }
    }
    return {};
}

// What it prints. Fails the test if it does.
std::string run(const std::string& name, const std::vector<std::string>& arguments) {
    const std::string libraries =
        folder() + "/lib/x86_64-linux-gnu:" + folder() + "/lib/aarch64-linux-gnu";
    std::vector<std::string> words = {"/usr/bin/env", "LD_LIBRARY_PATH=" + libraries, tool(name)};
    words.insert(words.end(), arguments.begin(), arguments.end());
    Child child(words);
    std::string said = child.read_lines(SIZE_MAX);
    const int status = child.wait();
    INFO(name << ": " << child.read_errors());
    REQUIRE(status == 0);
    while (said.ends_with('\n')) {
        said.pop_back();
    }
    return said;
}

std::string contents_of(const std::string& path) {
    std::ifstream file(path);
    INFO(path);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool is_rsa(int algorithm) {
    return algorithm <= 10;
}

// As ldns and BIND call them; the mnemonic of 7 differs.
std::string mnemonic(int algorithm, const char* of_seven) {
    switch (algorithm) {
        case 5:
            return "RSASHA1";
        case 7:
            return of_seven;
        case 8:
            return "RSASHA256";
        case 10:
            return "RSASHA512";
        case 13:
            return "ECDSAP256SHA256";
        case 14:
            return "ECDSAP384SHA384";
        case 15:
            return "ED25519";
        default:
            return "ED448";
    }
}

}  // namespace

std::vector<std::string> missing_signers() {
    std::vector<std::string> missing;
    for (const char* name : {"ldns-keygen", "ldns-signzone", "dnssec-keygen", "dnssec-signzone",
                             "keymgr", "kzonesign"}) {
        if (tool(name).empty()) {
            missing.emplace_back(name);
        }
    }
    return missing;
}

std::string SignerBench::sign_with_ldns(const Signing& signing, const std::string& apex,
                                        const std::string& file) const {
    // The key's file is written where the program runs.
    const std::string name = mnemonic(signing.algorithm, "RSASHA1-NSEC3-SHA1");
    Child generate({"/bin/sh", "-c",
                    "cd '" + directory_.path() + "' && LD_LIBRARY_PATH='" + folder() +
                        "/lib/x86_64-linux-gnu' '" + tool("ldns-keygen") + "' -k -a " + name +
                        " -b 1024 " + apex});
    std::string key = generate.read_lines(1);
    REQUIRE(generate.wait() == 0);
    key.erase(key.find_last_not_of('\n') + 1);
    std::vector<std::string> arguments = {"-o", apex, "-f", file + ".signed"};
    if (signing.nsec3) {
        arguments.insert(arguments.end(), {"-n", "-t", "0"});
    }
    if (signing.opt_out) {
        arguments.emplace_back("-p");
    }
    if (!signing.inception.empty()) {
        arguments.insert(arguments.end(), {"-i", signing.inception, "-e", signing.expiration});
    }
    arguments.insert(arguments.end(), {file, directory_.path() + "/" + key});
    run("ldns-signzone", arguments);
    return contents_of(file + ".signed");
}

std::string SignerBench::sign_with_bind(const Signing& signing, const std::string& apex,
                                        const std::string& file) const {
    const std::string name = mnemonic(signing.algorithm, "NSEC3RSASHA1");
    std::vector<std::string> arguments = {"-q", "-K", directory_.path(), "-a", name, "-f", "KSK"};
    if (is_rsa(signing.algorithm)) {
        arguments.insert(arguments.end(), {"-b", "1024"});
    }
    arguments.push_back(apex);
    run("dnssec-keygen", arguments);
    arguments = {"-q", "-S", "-z", "-P", "-K", directory_.path(), "-d", directory_.path()};
    if (signing.nsec3) {
        arguments.insert(arguments.end(), {"-3", "-", "-H", "0"});
    }
    if (signing.opt_out) {
        arguments.emplace_back("-A");
    }
    arguments.insert(arguments.end(), {"-o", apex, "-f", file + ".signed", file});
    run("dnssec-signzone", arguments);
    return contents_of(file + ".signed");
}

std::string SignerBench::sign_with_knot(const Signing& signing, const std::string& apex,
                                        const std::string& file) {
    const std::string number = std::to_string(count_);
    const std::string yes_no = signing.nsec3 ? "on" : "off";
    const std::string keys = directory_.path() + "/keys" + number;
    std::filesystem::create_directory(keys);
    const std::string config = directory_.write(
        "knot" + number + ".conf",
        "database:\n  storage: \"" + keys + "\"\n" +
            "policy:\n  - id: p\n    manual: on\n    nsec3: " + yes_no +
            "\n    nsec3-iterations: 0\n    nsec3-salt-length: 0\n    nsec3-opt-out: " +
            (signing.opt_out ? "on" : "off") + "\nzone:\n  - domain: " + apex + "\n    file: \"" +
            file + "\"\n    dnssec-signing: on\n    dnssec-policy: p\n");
    std::vector<std::string> arguments = {
        "-c",      config,   apex, "generate", "algorithm=" + std::to_string(signing.algorithm),
        "ksk=yes", "zsk=yes"};
    if (is_rsa(signing.algorithm)) {
        arguments.emplace_back("size=1024");
    }
    run("keymgr", arguments);
    const std::string out = directory_.path() + "/out" + number;
    run("kzonesign", {"-c", config, "-o", out, apex});
    return contents_of(out + file.substr(file.rfind('/')));
}

std::vector<dns::ZoneRecord> SignerBench::sign(const Signing& signing, const std::string& apex,
                                               const std::string& text) {
    INFO(apex);
    const std::string file =
        directory_.write(std::to_string(++count_) + ".zone", "$ORIGIN " + apex + "\n" + text);
    std::string with_signatures;
    switch (signing.signer) {
        case Signer::ldns:
            with_signatures = sign_with_ldns(signing, apex, file);
            break;
        case Signer::bind:
            with_signatures = sign_with_bind(signing, apex, file);
            break;
        case Signer::knot:
            with_signatures = sign_with_knot(signing, apex, file);
            break;
    }
    auto records = dns::parse_zone_file(with_signatures, {.origin = dns::name_of(apex)});
    INFO((records ? "" : records.error().message));
    REQUIRE(records);
    return std::move(*records);
}

ZoneText text_of(const std::string& apex, const std::vector<dns::ZoneRecord>& records) {
    ZoneText zone{apex, {}};
    for (const dns::ZoneRecord& record : records) {
        zone.text += dns::record_to_text(record.owner, record.ttl, record.rclass, record.type,
                                         record.rdata) +
                     "\n";
    }
    return zone;
}

std::string ds_text(const std::string& apex, const std::vector<dns::ZoneRecord>& records) {
    std::string text;
    for (const dns::ZoneRecord& record : records) {
        if (record.type == dns::Type::dnskey &&
            dnssec::Dnskey::read(record.rdata).is_secure_entry_point()) {
            const auto ds = sim::ds_of_key(dns::name_of(apex), record.rdata);
            text +=
                dns::record_to_text(dns::name_of(apex), 3600, dns::Class::in, dns::Type::ds, ds) +
                "\n";
        }
    }
    return text;
}

}  // namespace wend::live
