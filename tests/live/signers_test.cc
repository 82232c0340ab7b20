// wend against zones that others signed, served by nsd: what is right is secure, and what was
// tampered with is not believed.
#include "tests/live/signers.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dnssec/records.h"
#include "tests/live/nsd.h"
#include "tests/live/wend_process.h"

using namespace wend;
using namespace wend::live;
using dns::Rcode;
using dns::Section;
using dns::Type;
using dns::ZoneRecord;
using Records = std::vector<ZoneRecord>;

namespace {

const IpAddress root_address = *IpAddress::from_text("127.77.3.1");
const IpAddress leaf_address = *IpAddress::from_text("127.77.3.2");

constexpr const char* zone_text =
    "$TTL 300\n@ SOA ns host 1 7200 900 1209600 300\n@ NS ns\nns A 127.77.3.2\n"
    "www A 192.0.2.1\nwww A 192.0.2.2\nalias CNAME www\n*.wild TXT \"made up\"\n"
    "a.b.ent A 192.0.2.3\nsub NS ns.sub\nns.sub A 127.77.3.2\n";

struct SignedZone {
    std::string apex;
    Records records;
    std::string ds;  // what the parent publishes
};

// The root and the zones right below it, on two servers, and a wend that trusts the root's key.
class SignedInternet {
  public:
    SignedInternet(SignerBench& bench, const std::vector<SignedZone>& zones)
        : root_({root_address, port_}, {sign_root(bench, zones)}),
          leaves_({leaf_address, port_}, texts_of(zones)),
          daemon_(settings()) {}

    dns::Message ask(const std::string& name, Type type, bool checking_disabled = false) const {
        const AskOptions options{.authentic_data = true, .checking_disabled = checking_disabled};
        auto reply = ask_with(options, daemon_.endpoint(), name, type);
        INFO(name << " " << to_text(type));
        REQUIRE(reply);
        return std::move(*reply);
    }

  private:
    ZoneText sign_root(SignerBench& bench, const std::vector<SignedZone>& zones) {
        std::string text =
            "$TTL 3600\n@ SOA ns. host. 1 7200 900 1209600 300\n@ NS ns.\nns. A 127.77.3.1\n";
        for (const SignedZone& zone : zones) {
            text += zone.apex + " NS ns." + zone.apex + "\nns." + zone.apex + " A 127.77.3.2\n" +
                    zone.ds;
        }
        const Records records = bench.sign({.signer = Signer::bind, .algorithm = 13}, ".", text);
        anchors_ = directory_.write("anchors", ds_text(".", records));
        return text_of(".", records);
    }

    static std::vector<ZoneText> texts_of(const std::vector<SignedZone>& zones) {
        std::vector<ZoneText> texts;
        for (const SignedZone& zone : zones) {
            texts.push_back(text_of(zone.apex, zone.records));
            texts.push_back({"sub." + zone.apex,
                             "@ 300 SOA ns host 1 7200 900 1209600 300\n@ 300 NS ns\n"
                             "ns 300 A 127.77.3.2\nwww 300 A 192.0.2.4\n"});
        }
        return texts;
    }

    std::string settings() const {
        const std::string hints =
            directory_.write("hints", ". 3600000 NS ns.\nns. 3600000 A 127.77.3.1\n");
        return R"(, "workers": 1, "root": {"hints": ")" + hints + R"(", "anchors": ")" + anchors_ +
               R"("}, "upstream": {"port": )" + std::to_string(port_) +
               R"(, "never-query": [], "ipv6": false}, "dnssec": {"disabled-algorithms": []})";
    }

    std::uint16_t port_ = free_port({root_address, leaf_address});
    TemporaryDirectory directory_;
    std::string anchors_;
    Nsd root_;
    Nsd leaves_;
    Daemon daemon_;
};

struct Question {
    std::string name;  // below the apex
    Type type = Type::a;
    Rcode rcode = Rcode::noerror;
    std::size_t answers = 0;
    bool secure = true;
    bool spanned = false;  // a span proves that something is not there
};

const std::vector<Question>& questions() {
    static const std::vector<Question> all = {
        {"www.", Type::a, Rcode::noerror, 2},
        {"", Type::soa, Rcode::noerror, 1},
        {"", Type::dnskey, Rcode::noerror, 1},
        {"alias.", Type::a, Rcode::noerror, 3},
        {"www.", Type::mx, Rcode::noerror, 0},
        {"absent.", Type::a, Rcode::nxdomain, 0, true, true},
        {"x.y.absent.", Type::aaaa, Rcode::nxdomain, 0, true, true},
        {"b.ent.", Type::a, Rcode::noerror, 0},
        {"x.wild.", Type::txt, Rcode::noerror, 1, true, true},
        {"y.x.wild.", Type::a, Rcode::noerror, 0, true, true},
        {"sub.", Type::ds, Rcode::noerror, 0},
        {"www.sub.", Type::a, Rcode::noerror, 1, false},
    };
    return all;
}

bool can_say_what_is_missing() {
    const auto missing = missing_signers();
    for (const std::string& name : missing) {
        WARN(name << " is not here: nothing was tested");
    }
    if (!has_nsd()) {
        WARN("nsd is not here: nothing was tested");
    }
    return missing.empty() && has_nsd();
}

std::string name_of(const Signing& signing) {
    const char* const names[] = {"ldns", "bind", "knot"};
    return std::string(names[static_cast<int>(signing.signer)]) +
           std::to_string(signing.algorithm) + (signing.nsec3 ? "h" : "") +
           (signing.opt_out ? "o" : "") + ".";
}

SignedZone sign(SignerBench& bench, const Signing& signing) {
    SignedZone zone{name_of(signing), {}, {}};
    zone.records = bench.sign(signing, zone.apex, zone_text);
    zone.ds = ds_text(zone.apex, zone.records);
    return zone;
}

// The signers, NSEC and NSEC3 and the algorithms, each with each of the others at least once.
std::vector<SignedZone> zones_of_all_kinds(SignerBench& bench) {
    std::vector<SignedZone> zones;
    for (const Signer signer : {Signer::ldns, Signer::bind, Signer::knot}) {
        for (const int algorithm : {5, 7, 8, 10, 13, 14, 15, 16}) {
            zones.push_back(sign(bench, {.signer = signer, .algorithm = algorithm}));
        }
        for (const int algorithm : {7, 8, 10, 13, 14, 15, 16}) {
            zones.push_back(sign(bench, {.signer = signer, .algorithm = algorithm, .nsec3 = true}));
        }
        zones.push_back(
            sign(bench, {.signer = signer, .algorithm = 15, .nsec3 = true, .opt_out = true}));
    }
    return zones;
}

bool covers(const ZoneRecord& record, Type type) {
    return record.type == Type::rrsig && dnssec::Rrsig::read(record.rdata).covered == type;
}

bool is_at(const ZoneRecord& record, const std::string& name, const SignedZone& zone) {
    return record.owner == dns::name_of(name + zone.apex);
}

// All signatures over A records of www: what most manglings are about.
void each_signature_of_www(SignedZone& zone, const std::function<void(ZoneRecord&)>& change) {
    int changed = 0;
    for (ZoneRecord& record : zone.records) {
        if (is_at(record, "www.", zone) && covers(record, Type::a)) {
            change(record);
            ++changed;
        }
    }
    REQUIRE(changed > 0);
}

void remove_if(SignedZone& zone, const std::function<bool(const ZoneRecord&)>& condition) {
    REQUIRE(std::erase_if(zone.records, condition) > 0);
}

enum class Outcome : std::uint8_t { secure, insecure, bogus };

struct Mangling {
    std::string what;
    Question question;
    Outcome outcome = Outcome::bogus;
    std::function<void(SignedZone&)> mangle;
    Signing signing{.signer = Signer::ldns, .algorithm = 15};
};

constexpr std::size_t labels_in_rrsig = 3;  // RFC 4034 3.1
constexpr std::size_t tag_in_rrsig = 16;
constexpr std::size_t signer_in_rrsig = 18;

const Question www{"www.", Type::a, Rcode::noerror, 2};
const Question absent{"absent.", Type::a, Rcode::nxdomain, 0};

std::vector<Mangling> manglings_of_signatures() {
    return {
        {"a signature has expired",
         www,
         Outcome::bogus,
         [](SignedZone&) {},
         {.algorithm = 15, .inception = "20240101000000", .expiration = "20240201000000"}},
        {"a signature is of the future",
         www,
         Outcome::bogus,
         [](SignedZone&) {},
         {.algorithm = 13, .inception = "20350101000000", .expiration = "20350201000000"}},
        {"a bit of the signature is another", www, Outcome::bogus,
         [](SignedZone& zone) {
             each_signature_of_www(zone, [](ZoneRecord& r) { r.rdata.back() ^= 1U; });
         }},
        {"the signature is gone", www, Outcome::bogus,
         [](SignedZone& zone) {
             remove_if(zone, [&zone](const ZoneRecord& r) {
                 return is_at(r, "www.", zone) && covers(r, Type::a);
             });
         }},
        {"the signature counts a label more", www, Outcome::bogus,
         [](SignedZone& zone) {
             each_signature_of_www(zone, [](ZoneRecord& r) { ++r.rdata[labels_in_rrsig]; });
         }},
        {"the signature counts a label less, as if of a wildcard", www, Outcome::bogus,
         [](SignedZone& zone) {
             each_signature_of_www(zone, [](ZoneRecord& r) { --r.rdata[labels_in_rrsig]; });
         }},
        {"the signature names another key", www, Outcome::bogus,
         [](SignedZone& zone) {
             each_signature_of_www(zone, [](ZoneRecord& r) { r.rdata[tag_in_rrsig] ^= 1U; });
         }},
        {"the signature names another signer", www, Outcome::bogus,
         [](SignedZone& zone) {
             each_signature_of_www(zone, [](ZoneRecord& r) { r.rdata[signer_in_rrsig + 1] ^= 1U; });
         }},
    };
}

std::vector<Mangling> manglings_of_data_and_denials() {
    return {
        {"an address is another", www, Outcome::bogus,
         [](SignedZone& zone) {
             for (ZoneRecord& record : zone.records) {
                 if (is_at(record, "www.", zone) && record.type == Type::a) {
                     record.rdata.back() ^= 4U;
                 }
             }
         }},
        {"the TTL is over that of the signature", www, Outcome::secure,
         [](SignedZone& zone) {
             for (ZoneRecord& record : zone.records) {
                 if (is_at(record, "www.", zone)) {
                     record.ttl = 50'000;
                 }
             }
         }},
        {"the proofs that a name does not exist are gone", absent, Outcome::bogus,
         [](SignedZone& zone) {
             remove_if(zone, [](const ZoneRecord& r) {
                 return r.type == Type::nsec || covers(r, Type::nsec);
             });
         }},
        {"the hashed proofs that a name does not exist are gone",
         absent,
         Outcome::bogus,
         [](SignedZone& zone) {
             remove_if(zone, [](const ZoneRecord& r) {
                 return r.type == Type::nsec3 || covers(r, Type::nsec3);
             });
         },
         {.algorithm = 13, .nsec3 = true}},
        {"a proof spans further than was signed", absent, Outcome::bogus,
         [](SignedZone& zone) {
             for (ZoneRecord& record : zone.records) {
                 if (record.type == Type::nsec) {
                     record.rdata[1] ^= 1U;
                 }
             }
         }},
    };
}

std::vector<Mangling> manglings_of_the_chain() {
    return {
        {"the parent's digest is another", www, Outcome::bogus,
         [](SignedZone& zone) {
             char& last = zone.ds[zone.ds.size() - 2];
             last = last == '0' ? '1' : '0';
         }},
        {"the parent names another key tag", www, Outcome::bogus,
         [](SignedZone& zone) {
             std::size_t at = zone.ds.find(" DS ") + 4;
             zone.ds[at] = zone.ds[at] == '1' ? '2' : '1';
         }},
        {"the parent names no key", www, Outcome::insecure,
         [](SignedZone& zone) { zone.ds.clear(); }},
        {"the parent names an algorithm that nobody has", www, Outcome::insecure,
         [](SignedZone& zone) {
             const std::size_t at = zone.ds.find(" 15 2 ");
             REQUIRE(at != std::string::npos);
             zone.ds.replace(at, 6, " 252 2 ");
         }},
        {"the keys are another's", www, Outcome::bogus,
         [](SignedZone& zone) {
             SignerBench bench;
             const Records other =
                 bench.sign({.signer = Signer::ldns, .algorithm = 15}, zone.apex, zone_text);
             const auto key = std::ranges::find(other, Type::dnskey, &ZoneRecord::type);
             for (ZoneRecord& record : zone.records) {
                 if (record.type == Type::dnskey) {
                     record.rdata = key->rdata;
                 }
             }
         }},
    };
}

std::vector<Mangling> all_manglings() {
    std::vector<Mangling> all = manglings_of_signatures();
    for (auto more : {manglings_of_data_and_denials(), manglings_of_the_chain()}) {
        std::ranges::move(more, std::back_inserter(all));
    }
    return all;
}

}  // namespace

TEST_CASE("what three signers sign with eight algorithms is secure", "[live][dnssec][rfc4035-5]") {
    if (!can_say_what_is_missing()) {
        return;
    }
    SignerBench bench;
    const std::vector<SignedZone> zones = zones_of_all_kinds(bench);
    REQUIRE(zones.size() == 48);
    const SignedInternet internet(bench, zones);
    for (const SignedZone& zone : zones) {
        for (const Question& question : questions()) {
            const dns::Message reply = internet.ask(question.name + zone.apex, question.type);
            INFO(question.name << zone.apex << " " << to_text(question.type));
            CHECK(to_text(reply.rcode()) == to_text(question.rcode));
            CHECK(reply.records(Section::answer).size() == question.answers);
            // What an opt-out span proves is not secure (RFC 5155 9.2); whether a cut has an NSEC3
            // of its own there is the signer's choice.
            const bool opt_out = zone.apex.ends_with("o.");
            const bool secure = question.secure && !(opt_out && question.spanned);
            CHECK((reply.header().ad == secure || (opt_out && question.type == Type::ds)));
        }
    }
}

TEST_CASE("what was tampered with is bogus, or insecure where the parent says so",
          "[live][dnssec][rfc4035-5]") {
    if (!can_say_what_is_missing()) {
        return;
    }
    SignerBench bench;
    std::vector<SignedZone> zones;
    const std::vector<Mangling> manglings = all_manglings();
    for (const Mangling& mangling : manglings) {
        SignedZone zone{"m" + std::to_string(zones.size()) + ".", {}, {}};
        zone.records = bench.sign(mangling.signing, zone.apex, zone_text);
        zone.ds = ds_text(zone.apex, zone.records);
        mangling.mangle(zone);
        zones.push_back(std::move(zone));
    }
    const SignedInternet internet(bench, zones);
    for (std::size_t i = 0; i < manglings.size(); ++i) {
        const Mangling& mangling = manglings[i];
        INFO(mangling.what);
        const std::string name = mangling.question.name + zones[i].apex;
        const dns::Message reply = internet.ask(name, mangling.question.type);
        const bool bogus = mangling.outcome == Outcome::bogus;
        const Rcode rcode = bogus ? Rcode::servfail : mangling.question.rcode;
        CHECK(to_text(reply.rcode()) == to_text(rcode));
        CHECK(reply.header().ad == (mangling.outcome == Outcome::secure));
        CHECK(extended_error_of(reply).has_value() == bogus);
        for (const auto& record : reply.records(Section::answer)) {
            CHECK(record.ttl <= 300);
        }
        // Whoever checks by itself gets it all the same.
        const dns::Message unchecked = internet.ask(name, mangling.question.type, true);
        CHECK(to_text(unchecked.rcode()) == to_text(mangling.question.rcode));
        CHECK((!unchecked.header().ad || mangling.outcome == Outcome::secure));
    }
}
