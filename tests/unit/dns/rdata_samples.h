// One or more records of each type of the table, as text and as octets. Most are the examples of
// the RFC that defines the type; the octets were made by hand or by another encoder.
#pragma once
#include "dns/types.h"

namespace wend::dns {

struct RdataSample {
    Type type;
    const char* text;
    const char* octets;  // in hex
};

// The text is what is printed for the octets.
inline constexpr RdataSample rdata_samples[] = {
    {Type::a, "192.0.2.1", "c0000201"},
    {Type::ns, "ns1.example.net.", "036e7331076578616d706c65036e657400"},
    {Type::cname, ".", "00"},
    {Type::soa, "ns.example. host\\.master.example. 2003080800 900 604800 86400 3600",
     "026e73076578616d706c65000b686f73742e6d6173746572076578616d706c6500776496600000038400093a80000"
     "1518000000e10"},
    {Type::ptr, "ISI.EDU.", "034953490345445500"},
    {Type::hinfo, "\"DEC-2060\" \"TOPS20\"", "084445432d3230363006544f50533230"},
    {Type::mx, "10 VENERA.ISI.EDU.", "000a0656454e455241034953490345445500"},
    {Type::txt, "\"v=spf1 -all\" \"\" \"a \\\"b\\\" \\\\ \\195\\169\"",
     "0b763d73706631202d616c6c000a6120226222205c20c3a9"},
    {Type::rp, "louie.trantor.umd.edu. lam1.people.umd.edu.",
     "056c6f756965077472616e746f7203756d640365647500046c616d310670656f706c6503756d640365647500"},
    {Type::afsdb, "1 bigbird.toaster.com.", "0001076269676269726407746f617374657203636f6d00"},
    {Type::px, "10 net2.it. PRMD-net2.ADMD-p400.C-it.",
     "000a046e657432026974000950524d442d6e6574320941444d442d7034303004432d697400"},
    {Type::aaaa, "2001:db8::1", "20010db8000000000000000000000001"},
    {Type::aaaa, "::ffff:192.0.2.1", "00000000000000000000ffffc0000201"},
    {Type::loc, "42 21 54.000 N 71 06 18.000 W -24.00m 30.00m 10000.00m 10.00m",
     "0033161389172dd070be15f000988d20"},
    {Type::loc, "0 00 00.000 N 179 59 59.999 E 42849672.95m 0.00m 90000000.00m 0.09m",
     "0000999080000000a69fb1ffffffffff"},
    {Type::srv, "0 1 9 old-slow-box.example.com.",
     "0000000100090c6f6c642d736c6f772d626f78076578616d706c6503636f6d00"},
    {Type::naptr, "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu.",
     "0064003201730d7a333935302b49324c2b49324300065f7a33393530045f746370066761746563680365647500"},
    {Type::naptr, "100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" .",
     "0064000a000021215e75726e3a6369643a2e2b40285b5e5c2e5d2b5c2e29282e2a2924215c32216900"},
    {Type::kx, "2 rt1.example.net.", "000203727431076578616d706c65036e657400"},
    {Type::cert, "1 12345 8 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
     "0001303908010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801"},
    {Type::dname, "frobozz-division.acme.example.",
     "1066726f626f7a7a2d6469766973696f6e0461636d65076578616d706c6500"},
    {Type::apl, "1:192.168.32.0/21 !1:192.168.38.0/28", "00011503c0a82000011c83c0a826"},
    {Type::apl, "1:224.0.0.0/4 2:ff00::/8 !2:::/0", "00010401e000020801ff00020080"},
    {Type::ds, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
     "ec4505012bb183af5f22588179a53b0a98631fad1a292118"},
    {Type::sshfp, "2 1 123456789ABCDEF67890123456789ABCDEF67890",
     "0201123456789abcdef67890123456789abcdef67890"},
    {Type::ipseckey, "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
     "0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801"},
    {Type::ipseckey, "10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
     "0a0002010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801"},
    {Type::ipseckey,
     "10 3 2 mygateway.example.com. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
     "0a0302096d7967617465776179076578616d706c6503636f6d00010351537986ed35533b6064478eeeb27b5bd74da"
     "e149b6e81ba3a0521af82ab7801"},
    {Type::ipseckey,
     "10 2 2 2001:db8:0:8002::2000:1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
     "0a020220010db8000080020000000020000001010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0"
     "521af82ab7801"},
    {Type::ipseckey, "10 0 0 .", "0a0000"},
    {Type::rrsig,
     "A 5 3 86400 20030322173103 20030220173103 2642 example.com. "
     "oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/"
     "M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=",
     "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b43"
     "10920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfafea807dc1fba1dc34c95"
     "d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062"
     "790fa7f0166f2737eea907378341fb12dc0a77a"},
    {Type::nsec, "host.example.com. A MX RRSIG NSEC TYPE1234",
     "04686f7374076578616d706c6503636f6d000006400100000003041b0000000000000000000000000000000000000"
     "00000000000000020"},
    {Type::dnskey,
     "256 3 5 "
     "AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/"
     "0PY1kxkmvHjcZc8nokfzj31GajIQKY+"
     "5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/"
     "TpPSEDhm2SNKLijfUppn1UaNvv4w==",
     "010003050103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e89"
     "1fce3df519a8c840a63ee42a6d2ebddbb97035d215aa4e417b1fa45fa11a9741ea2098c1dfa5fb5feb332fd4bc815"
     "2089aef36ba644cce2413b3b72be18cbef8da253f4e93d2103866d9234a2e28df529a67d5468dbefe3"},
    {Type::dhcid, "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
     "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40"},
    {Type::nsec3,
     "1 1 12 AABBCCDD 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM",
     "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290"},
    {Type::nsec3, "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
     "010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b"},
    {Type::nsec3param, "1 0 12 AABBCCDD", "0100000c04aabbccdd"},
    {Type::nsec3param, "1 0 0 -", "0100000000"},
    {Type::tlsa, "0 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
     "000001d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971"},
    {Type::smimea, "3 1 0 0123ABCD", "0301000123abcd"},
    {Type::hip,
     "2 200100107B1A74DF365639CC39F1D578 "
     "AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+"
     "Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D "
     "rvs1.example.com. rvs2.example.com.",
     "10020084200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5ce44333c53b3d2c13c22243851fc70"
     "8bcce29f7e2eb5787b5f56ccad34f8223acc10904ddb56b2ec4a6d6232f3b50ea094f0914b3b941bbe529af582c36"
     "bbadefdaf2adaf9b4911906f5b2522603c615272b880ec8fb930cc6ee39c444daa75b1678f005a4b2499d1da5433f"
     "805c7a5ad3237acc5dd5c5e430472767331076578616d706c6503636f6d000472767332076578616d706c6503636f"
     "6d00"},
    {Type::cds, "0 0 0 00", "0000000000"},
    {Type::cdnskey, "0 3 0 AA==", "0000030000"},
    {Type::openpgpkey, "AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
     "010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801"},
    {Type::csync, "66 3 A NS AAAA", "000000420003000460000008"},
    {Type::zonemd,
     "2018031500 1 1 "
     "FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD64"
     "7DE",
     "7848b78c0101febe3d4ce2ec2ffa4ba99d46cd69d6d29711e55217057bee7eb1a7b641a47ba7fed2dd5b97ae499fa"
     "fa4f22c6bd647de"},
    {Type::svcb, "0 foo.example.com.", "000003666f6f076578616d706c6503636f6d00"},
    {Type::https, "1 .", "000100"},
    {Type::svcb, "16 foo.example.com. port=53",
     "001003666f6f076578616d706c6503636f6d00000300020035"},
    {Type::svcb, "1 foo.example.com. key667=\"hello\\210qoo\"",
     "000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f"},
    {Type::svcb, "1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1",
     "000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db80000000"
     "00000000000530001"},
    {Type::svcb, "16 foo.example.org. mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1",
     "001003666f6f076578616d706c65036f7267000000000400010004000100090268320568332d313900040004c0000"
     "201"},
    {Type::https, "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
     "001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832"},
    {Type::https,
     "1 . alpn=\"h2\" no-default-alpn ech=AAEC dohpath=\"/dns-query{?dns}\" ohttp key65535",
     "000100000100030268320002000000050003000102000700102f646e732d71756572797b3f646e737d00080000fff"
     "f0000"},
    {Type::spf, "\"v=spf1 +mx -all\"", "0f763d73706631202b6d78202d616c6c"},
    {Type::nid, "10 0014:4fff:ff20:ee64", "000a00144fffff20ee64"},
    {Type::l32, "10 10.1.2.0", "000a0a010200"},
    {Type::l64, "10 2001:0db8:1140:1000", "000a20010db811401000"},
    {Type::lp, "10 l64-subnet1.example.com.",
     "000a0b6c36342d7375626e657431076578616d706c6503636f6d00"},
    {Type::eui48, "00-00-5e-00-53-2a", "00005e00532a"},
    {Type::eui64, "00-00-5e-ef-10-00-00-2a", "00005eef1000002a"},
    {Type::uri, "10 1 \"ftp://ftp1.example.com/public\"",
     "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963"},
    {Type::caa, "0 issue \"ca1.example.net; policy=ev\"",
     "000569737375656361312e6578616d706c652e6e65743b20706f6c6963793d6576"},
    {Type::caa, "128 tbs \"\"", "8003746273"},
    {Type::resinfo,
     "\"qnamemin\" \"exterr=15,16,17\" \"infourl=https://resolver.example.com/guide\"",
     "08716e616d656d696e0f6578746572723d31352c31362c31372a696e666f75726c3d68747470733a2f2f7265736f6"
     "c7665722e6578616d706c652e636f6d2f6775696465"},
    {Type{3}, "old.example.", "036f6c64076578616d706c6500"},
    {Type{14}, "a.example. b.example.", "0161076578616d706c65000162076578616d706c6500"},
    {Type{21}, "10 relay.example.", "000a0572656c6179076578616d706c6500"},
    {Type{24}, "MD 1 2 3600 19700101000000 20380119031408 1 example. AQID",
     "0003010200000e1000000000800000000001076578616d706c6500010203"},
};

// Valid rdata that only the generic form can write (RFC 3597 5).
inline constexpr RdataSample generic_rdata_samples[] = {
    {Type::opt, "\\# 12 000A00080102030405060708", "000a00080102030405060708"},
    {Type::apl, "\\# 5 0003000107", "0003000107"},
    {Type::apl, "\\# 7 00011003C0A800", "00011003c0a800"},
    {Type::nsec, "\\# 7 01610000024000", "01610000024000"},
    {Type::loc, "\\# 2 01FF", "01ff"},
    {Type::loc, "\\# 16 0005161389172DD070BE15F000988D20", "0005161389172dd070be15f000988d20"},
    {Type::ds, "\\# 4 00010802", "00010802"},
    {Type::ipseckey, "\\# 4 01090207", "01090207"},
    {Type::any, "\\# 0", ""},
    {Type::apl, "\\# 0", ""},
    {Type{30}, "\\# 18 046E657874076578616D706C650040000002",
     "046e657874076578616d706c650040000002"},
    {Type{38}, "\\# 25 40000000000000000106707265666978076578616D706C6500",
     "40000000000000000106707265666978076578616d706c6500"},
    {Type{10}, "\\# 2 00FF", "00ff"},
    {Type{65400}, "\\# 0", ""},
    {Type{65400}, "\\# 6 C00CDEADBEEF", "c00cdeadbeef"},
};

}  // namespace wend::dns
