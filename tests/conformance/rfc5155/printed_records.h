// RFC 5155 appendix A: the records of its zone that appendix B's answers are made of, as printed.
// An NSEC3 has the name of what it matches.
#pragma once
#include <string>

namespace rfc5155 {

inline constexpr long long valid_at = 1'262'304'000;  // 1 January 2010, between the printed dates

inline const std::string keys =
    "example. DNSKEY 256 3 7 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tH"
    "zkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE=\n"
    "example. DNSKEY 257 3 7 AwEAAcUlFV1vhmqx6NSOUOq2R/dsR7Xm3upJj7IommWSpJABVfW8Q0rO"
    "vXdM6kzt+TAu92L9AbsUdblMFin8CVF3n4s=\n"
    "example. RRSIG DNSKEY 7 1 3600 20150420235959 20051021000000 12708 example. AuU4"
    "juU9RaxescSmStrQks3Gh9FblGBlVU31uzMZ/U/FpsUb8aC6QZS+sTsJXnLnz7flGOsmMGQZf3bH+QsC"
    "tg==\n";
inline const std::string soa =
    "example. SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 3600\n"
    "example. RRSIG SOA 7 1 3600 20150420235959 20051021000000 40430 example. Hu25UIy"
    "NPmvPIVBrldN+9Mlp9Zql39qaUd8iq4ZLlYWfUUbbAS41pG+68z81q1xhkYAcEyHdVI2LmKusbZsT0Q="
    "=\n";
inline const std::string expanded_mx =
    "a.z.w.example. MX 1 ai.example.\n"
    "a.z.w.example. RRSIG MX 7 2 3600 20150420235959 20051021000000 40430 example. Ci"
    "kebjQwGQPwijVcxgcZcSJKtfynugtlBiKb9FcBTrmOoyQ4InoWVudhCWsh/URX3lc4WRUMivEBP6+4KS"
    "3ldA==\n";
inline const std::string apex =
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47"
    "k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM\n"
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. OSgWSm26B+cS+dDL8b5QrWr/dEWhtCsKlwKLIBHYH6blRxK9rC0b"
    "MJPwQ4mLIuw85H2EY762BOCXJZMnpuwhpA==\n";
inline const std::string ns1 =
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 1 1 12 aabbccdd 2vptu5timamqttgl"
    "4luu9kg21e0aor3s A RRSIG\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. OmBvJ1Vgg1hCKMXHFiNeIYHK9XVW0iLDLwJN4TFoNxZuP03gAXEI"
    "634YwOc4YBNITrj413iqNI6mRk/r1dOSUw==\n";
inline const std::string a =
    "35mthgpgcu1qg68fab165klnsnk3dpvl.example. NSEC3 1 1 12 aabbccdd b4um86eghhds6nea"
    "196smvmlo4ors995 NS DS RRSIG\n"
    "35mthgpgcu1qg68fab165klnsnk3dpvl.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. g6jPUUpduAJKRljUsN8gB4UagAX0NxY9shwQAynzo8EUWH+z6hEI"
    "BlUTPGj15eZll6VhQqgZXtAIR3chwgW+SA==\n";
inline const std::string x_w =
    "b4um86eghhds6nea196smvmlo4ors995.example. NSEC3 1 1 12 aabbccdd gjeqe526plbf1g8m"
    "klp59enfd789njgi MX RRSIG\n"
    "b4um86eghhds6nea196smvmlo4ors995.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. ZkPG3M32lmoHM6pa3D6gZFGB/rhL//Bs3Omh5u4m/CUiwtblEVOa"
    "AKKZd7S959OeiX43aLX3pOv0TSTyiTxIZg==\n";
inline const std::string y_w =
    "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. NSEC3 1 1 12 aabbccdd k8udemvp1j2f7eg6"
    "jebps17vp3n8i58h\n"
    "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. gPkFp1s2QDQ6wQzcg1uSebZ61W33rUBDcTj72F3kQ490fEdp7k1B"
    "UIfbcZtPbX3YCpE+sIt0MpzVSKfTwx4uYA==\n";
inline const std::string w =
    "k8udemvp1j2f7eg6jebps17vp3n8i58h.example. NSEC3 1 1 12 aabbccdd kohar7mbb8dc2ce8"
    "a9qvl8hon4k53uhi\n"
    "k8udemvp1j2f7eg6jebps17vp3n8i58h.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. FtXGbvF0+wf8iWkyo73enAuVx03klN+pILBKS6qCcftVtfH4yVzs"
    "EZquJ27NHR7ruxJWDNMtOtx7w9WfcIg62A==\n";
inline const std::string ns2 =
    "q04jkcevqvmu85r014c7dkba38o0ji5r.example. NSEC3 1 1 12 aabbccdd r53bq7cc2uvmubfu"
    "5ocmm6pers9tk9en A RRSIG\n"
    "q04jkcevqvmu85r014c7dkba38o0ji5r.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. hV5I89b+4FHJDATp09g4bbN0R1F845CaXpL3ZxlMKimoPAyqletM"
    "lEWwLfFia7sdpSzn+ZlNNlkxWcLsIlMmUg==\n";
inline const std::string wildcard =
    "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. NSEC3 1 1 12 aabbccdd t644ebqk9bibcna8"
    "74givr6joj62mlhv MX RRSIG\n"
    "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. aupviViruXs4bDg9rCbezzBMf9h1ZlDvbW/CZFKulIGXXLj8B/fs"
    "DJarXVDA9bnUoRhEbKp+HF1FWKW7RIJdtQ==\n";

}  // namespace rfc5155
