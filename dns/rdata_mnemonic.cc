// Mnemonics that stand for numbers inside rdata.
#include <algorithm>
#include <span>

#include "dns/name.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

struct Mnemonic {
    std::string_view text;
    std::uint16_t number;
};

// IANA DNS Security Algorithm Numbers, with the names that older software writes.
constexpr Mnemonic algorithms[] = {
    {"RSAMD5", 1},       {"DH", 2},
    {"DSA", 3},          {"ECC", 4},
    {"RSASHA1", 5},      {"DSA-NSEC3-SHA1", 6},
    {"NSEC3DSA", 6},     {"RSASHA1-NSEC3-SHA1", 7},
    {"NSEC3RSASHA1", 7}, {"RSASHA256", 8},
    {"RSASHA512", 10},   {"ECC-GOST", 12},
    {"ECCGOST", 12},     {"ECDSAP256SHA256", 13},
    {"ECDSA256", 13},    {"ECDSAP384SHA384", 14},
    {"ECDSA384", 14},    {"ED25519", 15},
    {"ED448", 16},       {"SM2SM3", 17},
    {"ECC-GOST12", 23},  {"INDIRECT", 252},
    {"PRIVATEDNS", 253}, {"PRIVATEOID", 254},
};

// IANA DS RR Type Digest Algorithms.
constexpr Mnemonic digest_types[] = {
    {"SHA-1", 1},   {"SHA1", 1},   {"SHA-256", 2}, {"SHA256", 2}, {"GOST", 3},
    {"SHA-384", 4}, {"SHA384", 4}, {"GOST12", 5},  {"SM3", 6},
};

// RFC 4398 2.1.
constexpr Mnemonic certificate_types[] = {
    {"PKIX", 1}, {"SPKI", 2},   {"PGP", 3},     {"IPKIX", 4}, {"ISPKI", 5},
    {"IPGP", 6}, {"ACPKIX", 7}, {"IACPKIX", 8}, {"URI", 253}, {"OID", 254},
};

bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return fold_octet(static_cast<std::uint8_t>(x)) == fold_octet(static_cast<std::uint8_t>(y));
    });
}

template <class T>
std::optional<T> number_of(std::string_view text, std::span<const Mnemonic> mnemonics) {
    for (const Mnemonic& mnemonic : mnemonics) {
        if (equal_in_any_case(text, mnemonic.text)) {
            return static_cast<T>(mnemonic.number);
        }
    }
    const auto number = number_from_text(text, static_cast<T>(-1));
    return number ? std::optional(static_cast<T>(*number)) : std::nullopt;
}

}  // namespace

std::optional<std::uint8_t> algorithm_from_text(std::string_view text) {
    return number_of<std::uint8_t>(text, algorithms);
}

std::optional<std::uint8_t> digest_type_from_text(std::string_view text) {
    return number_of<std::uint8_t>(text, digest_types);
}

std::optional<std::uint16_t> certificate_type_from_text(std::string_view text) {
    return number_of<std::uint16_t>(text, certificate_types);
}

}  // namespace wend::dns
