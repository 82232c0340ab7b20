#include "dnssec/records.h"

#include "base/check.h"

namespace wend::dnssec {
namespace {

constexpr std::size_t rrsig_fixed_octets = 18;

dns::NameView read_checked_name(Octets octets) {
    const auto name = dns::NameView::read(octets);
    check(name.has_value(), "rdata was checked when it was parsed");
    return *name;
}

}  // namespace

bool TypeBitmap::contains(dns::Type type) const {
    const auto number = static_cast<std::uint16_t>(type);
    const std::uint8_t window = static_cast<std::uint8_t>(number >> 8);
    const std::size_t octet = (number & 0xffU) / 8;
    for (std::size_t at = 0; at + 2 <= octets_.size(); at += 2U + octets_[at + 1]) {
        if (octets_[at] == window) {
            return octet < octets_[at + 1] &&
                   (octets_[at + 2 + octet] & (0x80U >> (number % 8))) != 0;
        }
    }
    return false;
}

Rrsig Rrsig::read(Octets rdata) {
    Rrsig sig;
    sig.covered = static_cast<dns::Type>(load_u16(rdata, 0));
    sig.algorithm = rdata[2];
    sig.labels = rdata[3];
    sig.original_ttl = load_u32(rdata, 4);
    sig.expiration = load_u32(rdata, 8);
    sig.inception = load_u32(rdata, 12);
    sig.key_tag = load_u16(rdata, 16);
    sig.before_signer = rdata.first(rrsig_fixed_octets);
    sig.signer = read_checked_name(rdata.subspan(rrsig_fixed_octets));
    sig.signature = rdata.subspan(rrsig_fixed_octets + sig.signer.size());
    return sig;
}

Dnskey Dnskey::read(Octets rdata) {
    return {.flags = load_u16(rdata, 0),
            .protocol = rdata[2],
            .algorithm = rdata[3],
            .key = rdata.subspan(4),
            .tag = dnssec::key_tag(rdata)};
}

Ds Ds::read(Octets rdata) {
    return {.key_tag = load_u16(rdata, 0),
            .algorithm = rdata[2],
            .digest_type = rdata[3],
            .digest = rdata.subspan(4)};
}

Nsec Nsec::read(Octets rdata) {
    const dns::NameView next = read_checked_name(rdata);
    return {.next = next, .types = TypeBitmap(rdata.subspan(next.size()))};
}

Nsec3 Nsec3::read(Octets rdata) {
    Nsec3 nsec3;
    nsec3.hash_algorithm = rdata[0];
    nsec3.flags = rdata[1];
    nsec3.iterations = load_u16(rdata, 2);
    const std::size_t salt_size = rdata[4];
    nsec3.salt = rdata.subspan(5, salt_size);
    const std::size_t hash_size = rdata[5 + salt_size];
    nsec3.next = rdata.subspan(6 + salt_size, hash_size);
    nsec3.types = TypeBitmap(rdata.subspan(6 + salt_size + hash_size));
    return nsec3;
}

std::uint16_t key_tag(Octets dnskey_rdata) {
    std::uint32_t sum = 0;  // at most 65,535 octets of 65,280: no overflow
    for (std::size_t i = 0; i < dnskey_rdata.size(); ++i) {
        sum += (i & 1U) == 0 ? static_cast<std::uint32_t>(dnskey_rdata[i]) << 8 : dnskey_rdata[i];
    }
    return static_cast<std::uint16_t>(sum + (sum >> 16));
}

}  // namespace wend::dnssec
