#include "tests/live/nsd_zones.h"

namespace wend::live {
namespace {

constexpr const char* soa = "$TTL 3600\n@ SOA ns host 1 7200 900 1209600 300\n";

std::string leaf_zone(const std::string& records) {
    return soa + ("@ NS ns\nns A 127.77.1.3\n" + records);
}

std::string plain_zone() {
    return soa + std::string(R"(
@ NS ns1
ns1 A 127.77.1.3
@ MX 10 mail
@ TXT "one" "two words"
@ CAA 0 issue "ca.example"
www A 192.0.2.1
www A 192.0.2.2
www AAAA 2001:db8::1
mail A 192.0.2.25
_sip._tcp SRV 10 5 5060 www
host HINFO "PC" "Unix"
pointer PTR www
naptr NAPTR 10 20 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
ssh SSHFP 1 1 0123456789abcdef0123456789abcdef01234567
_443._tcp TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
svc SVCB 1 . alpn=h2
web HTTPS 1 . alpn=h2
place LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
odd TYPE65400 \# 4 01020304
a.b.c TXT "deep"
alias CNAME www
chain CNAME chain2
chain2 CNAME chain3
chain3 CNAME www
deadend CNAME nothing
halfend CNAME mail
far CNAME www.hosting.other.
old DNAME new
x.new A 192.0.2.99
*.wild A 192.0.2.77
sub.wild TXT "here"
loop CNAME pool
pool CNAME loop
)");
}

std::string large_zone() {
    std::string records;
    for (int i = 0; i < 20; ++i) {
        records += "texts TXT \"" + std::string(100, 'x') + std::to_string(i) + "\"\n";
    }
    for (int i = 1; i <= 100; ++i) {
        records += "many A 192.0.2." + std::to_string(i) + "\n";
    }
    return leaf_zone(records);
}

// A delegation to the leaf server, or to another address.
std::string delegation(const std::string& zone, const std::string& address = "127.77.1.3") {
    return zone + " NS ns." + zone + "\nns." + zone + " A " + address + "\n";
}

}  // namespace

std::string hints_text() {
    return ". 3600000 NS ns.\nns. 3600000 A 127.77.1.1\n";
}

std::vector<ZoneText> root_zones() {
    return {{".", soa + std::string("@ NS ns\nns A 127.77.1.1\n") +
                      delegation("town", "127.77.1.2") + delegation("other", "127.77.1.2")}};
}

std::vector<ZoneText> top_zones() {
    const std::string apex = soa + std::string("@ NS ns\nns A 127.77.1.2\n");
    return {
        {"town.", apex + "plain NS ns1.plain\nns1.plain A 127.77.1.3\n" + delegation("large") +
                      delegation("one") + "glueless NS ns.hosting.other.\n" +
                      "half NS ns-lame.half\nhalf NS ns.half\nns-lame.half A 127.77.1.1\n" +
                      "ns.half A 127.77.1.3\n" + delegation("lame", "127.77.1.1")},
        {"other.", apex + delegation("hosting")},
    };
}

std::vector<ZoneText> leaf_zones() {
    return {
        {"plain.town.", plain_zone()},
        {"large.town.", large_zone()},
        {"one.town.", leaf_zone(delegation("two"))},
        {"two.one.town.", leaf_zone("www A 192.0.2.83\n")},
        {"hosting.other.", leaf_zone("www A 192.0.2.80\n")},
        {"glueless.town.", soa + std::string("@ NS ns.hosting.other.\nwww A 192.0.2.81\n")},
        {"half.town.", leaf_zone("@ NS ns-lame\nns-lame A 127.77.1.1\nwww A 192.0.2.82\n")},
    };
}

}  // namespace wend::live
