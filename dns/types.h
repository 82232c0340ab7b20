// The numbers of the DNS (IANA DNS Parameters) and their mnemonics.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wend::dns {

// Any 16-bit value is a Type: those without a name here are carried as RFC 3597 says.
enum class Type : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    ptr = 12,
    hinfo = 13,
    mx = 15,
    txt = 16,
    rp = 17,
    afsdb = 18,
    px = 26,
    loc = 29,
    aaaa = 28,
    srv = 33,
    naptr = 35,
    kx = 36,
    cert = 37,
    dname = 39,
    opt = 41,
    apl = 42,
    ds = 43,
    sshfp = 44,
    ipseckey = 45,
    rrsig = 46,
    nsec = 47,
    dnskey = 48,
    dhcid = 49,
    nsec3 = 50,
    nsec3param = 51,
    tlsa = 52,
    smimea = 53,
    hip = 55,
    cds = 59,
    cdnskey = 60,
    openpgpkey = 61,
    csync = 62,
    zonemd = 63,
    svcb = 64,
    https = 65,
    spf = 99,
    nid = 104,
    l32 = 105,
    l64 = 106,
    lp = 107,
    eui48 = 108,
    eui64 = 109,
    nxname = 128,  // stands in the type bitmaps of NSEC records alone (RFC 9824 2)
    tkey = 249,
    tsig = 250,
    ixfr = 251,
    axfr = 252,
    any = 255,
    uri = 256,
    caa = 257,
    resinfo = 261,
};

enum class Class : std::uint16_t { in = 1, ch = 3, hs = 4, none = 254, any = 255 };

enum class Opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };

// Twelve bits: the upper eight travel in the OPT record (RFC 6891 6.1.3).
enum class Rcode : std::uint16_t {
    noerror = 0,
    formerr = 1,
    servfail = 2,
    nxdomain = 3,
    notimp = 4,
    refused = 5,
    yxdomain = 6,
    yxrrset = 7,
    nxrrset = 8,
    notauth = 9,
    notzone = 10,
    badvers = 16,
    badcookie = 23,
};

enum class Section : std::uint8_t { answer, authority, additional };

// RFC 4035 4.3, and `unchecked` for what no validator has looked at.
enum class Security : std::uint8_t { unchecked, bogus, indeterminate, insecure, secure };

// Types that are asked for or travel but are never data of a zone: OPT, TSIG, TKEY, ANY, AXFR and
// the rest of 128..255 (RFC 6895 3.1), and type 0.
bool is_meta(Type type);

// "AAAA", or "TYPE65400" for a number without a name; and back, in any letter case.
std::string to_text(Type type);
std::optional<Type> type_from_text(std::string_view text);
// "secure", "bogus" and so on.
std::string_view to_text(Security security);
// "IN", or "CLASS32".
std::string to_text(Class qclass);
std::optional<Class> class_from_text(std::string_view text);
// "NXDOMAIN", or "RCODE3841".
std::string to_text(Rcode rcode);
std::optional<Rcode> rcode_from_text(std::string_view text);
std::string to_text(Opcode opcode);

}  // namespace wend::dns
