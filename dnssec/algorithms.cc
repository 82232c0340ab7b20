#include "dnssec/algorithms.h"

#include <algorithm>
#include <utility>

#include <openssl/obj_mac.h>

#include "dnssec/algorithms_detail.h"
#include "dnssec/pretence.h"

namespace wend::dnssec {
namespace {

bool has_signature(const char* name) {
    return Owned<EVP_SIGNATURE>(EVP_SIGNATURE_fetch(nullptr, name, nullptr)) != nullptr;
}

bool provider_offers(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rsasha1:
        case Algorithm::rsasha1_nsec3_sha1:
        case Algorithm::rsasha256:
        case Algorithm::rsasha512:
            return has_signature("RSA") && digest_method(digest_of(algorithm)) != nullptr;
        case Algorithm::ecdsap256sha256:
        case Algorithm::ecdsap384sha384:
            return has_signature("ECDSA") && digest_method(digest_of(algorithm)) != nullptr;
        case Algorithm::ed25519:
            return has_signature("ED25519");
        case Algorithm::ed448:
            return has_signature("ED448");
    }
    return false;
}

const char* digest_name(DigestType type) {
    switch (type) {
        case DigestType::sha1:
            return "SHA1";
        case DigestType::sha256:
            return "SHA256";
        case DigestType::sha384:
            return "SHA384";
    }
    return nullptr;
}

}  // namespace

const EVP_MD* digest_method(std::string_view name) {
    static const auto methods = [] {
        const auto fetch = [](const char* wanted) {
            return std::pair(std::string_view(wanted),
                             Owned<EVP_MD>(EVP_MD_fetch(nullptr, wanted, nullptr)));
        };
        return std::array{fetch("SHA1"), fetch("SHA256"), fetch("SHA384"), fetch("SHA512")};
    }();
    const auto found =
        std::ranges::find_if(methods, [&](const auto& method) { return method.first == name; });
    return found == methods.end() ? nullptr : found->second.get();
}

Hashed hash_with(const EVP_MD* method, Octets data) {
    Hashed hashed;
    unsigned size = 0;
    if (EVP_Digest(data.data(), data.size(), hashed.octets.data(), &size, method, nullptr) == 1) {
        hashed.size = size;
    }
    return hashed;
}

const Curve* curve_of(Algorithm algorithm) {
    static constexpr Curve p256{32, NID_X9_62_prime256v1, "P-256"};
    static constexpr Curve p384{48, NID_secp384r1, "P-384"};
    if (algorithm == Algorithm::ecdsap256sha256) {
        return &p256;
    }
    return algorithm == Algorithm::ecdsap384sha384 ? &p384 : nullptr;
}

const char* digest_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rsasha1:
        case Algorithm::rsasha1_nsec3_sha1:
            return "SHA1";
        case Algorithm::rsasha256:
        case Algorithm::ecdsap256sha256:
            return "SHA256";
        case Algorithm::ecdsap384sha384:
            return "SHA384";
        case Algorithm::rsasha512:
            return "SHA512";
        case Algorithm::ed25519:
        case Algorithm::ed448:
            return nullptr;
    }
    return nullptr;
}

bool is_supported(std::uint8_t algorithm) {
    static const std::array<bool, 256> table = [] {
        std::array<bool, 256> offered{};
        for (const int number : {5, 7, 8, 10, 13, 14, 15, 16}) {
            offered[static_cast<std::size_t>(number)] =
                provider_offers(static_cast<Algorithm>(number));
        }
        return offered;
    }();
    return table[algorithm] || is_pretended(algorithm);
}

bool is_supported_digest(std::uint8_t digest_type) {
    const char* name = digest_name(static_cast<DigestType>(digest_type));
    return name != nullptr && digest_method(name) != nullptr;
}

std::string_view to_text(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rsasha1:
            return "RSASHA1";
        case Algorithm::rsasha1_nsec3_sha1:
            return "RSASHA1-NSEC3-SHA1";
        case Algorithm::rsasha256:
            return "RSASHA256";
        case Algorithm::rsasha512:
            return "RSASHA512";
        case Algorithm::ecdsap256sha256:
            return "ECDSAP256SHA256";
        case Algorithm::ecdsap384sha384:
            return "ECDSAP384SHA384";
        case Algorithm::ed25519:
            return "ED25519";
        case Algorithm::ed448:
            return "ED448";
    }
    return "an unknown algorithm";
}

std::optional<std::vector<std::uint8_t>> digest(DigestType type, Octets data) {
    if (!is_supported_digest(static_cast<std::uint8_t>(type))) {
        return std::nullopt;
    }
    const Hashed hashed = hash_with(digest_method(digest_name(type)), data);
    if (hashed.size == 0) {
        return std::nullopt;
    }
    const Octets octets = hashed.view();
    return std::vector<std::uint8_t>(octets.begin(), octets.end());
}

}  // namespace wend::dnssec
