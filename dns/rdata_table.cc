// The one table of record types. A new type is a row here, and a name in types.h.
#include <algorithm>
#include <array>

#include "dns/rdata.h"

namespace wend::dns {
namespace {

using enum Field;

// Types that only canonical form and old senders still know (RFC 4034 6.2, RFC 3597 4).
constexpr Type md{3};
constexpr Type mf{4};
constexpr Type mb{7};
constexpr Type mg{8};
constexpr Type mr{9};
constexpr Type minfo{14};
constexpr Type rt{21};
constexpr Type sig{24};
constexpr Type nxt{30};
constexpr Type a6{38};

constexpr std::size_t fields_max = 9;

struct Row {
    Type type;
    bool lower_case_names;
    std::uint8_t field_count;
    std::string_view labels;  // a word for each field, with blanks between
    std::array<Field, fields_max> fields{};

    template <class... Fields>
    constexpr explicit Row(Type row_type, Fields... row_fields)
        : type(row_type),
          lower_case_names(false),
          field_count(sizeof...(row_fields)),
          fields{row_fields...} {}

    // For error messages.
    constexpr Row named(std::string_view words) const {
        Row row = *this;
        row.labels = words;
        return row;
    }

    // Canonical form puts its names in lower case.
    constexpr Row lower() const {
        Row row = *this;
        row.lower_case_names = true;
        return row;
    }
};

constexpr auto rows = std::to_array<Row>({
    Row(Type::a, ipv4).named("address"),
    Row(Type::ns, compressed_name).named("server").lower(),
    Row(md, compressed_name).lower(),
    Row(mf, compressed_name).lower(),
    Row(Type::cname, compressed_name).named("target").lower(),
    Row(Type::soa, compressed_name, compressed_name, u32, time_span, time_span, time_span,
        time_span)
        .named("primary mailbox serial refresh retry expire minimum")
        .lower(),
    Row(mb, compressed_name).lower(),
    Row(mg, compressed_name).lower(),
    Row(mr, compressed_name).lower(),
    Row(Type::ptr, compressed_name).named("target").lower(),
    Row(Type::hinfo, character_string, character_string).named("cpu os"),
    Row(minfo, compressed_name, compressed_name).lower(),
    Row(Type::mx, u16, compressed_name).named("preference exchange").lower(),
    Row(Type::txt, character_strings).named("strings"),
    Row(Type::rp, name, name).named("mailbox text").lower(),
    Row(Type::afsdb, u16, name).named("subtype host").lower(),
    Row(rt, u16, name).lower(),
    Row(sig, type_code, algorithm, u8, time_span, timestamp, timestamp, u16, name, signature)
        .lower(),
    Row(Type::px, u16, name, name).named("preference map822 mapx400").lower(),
    Row(Type::aaaa, ipv6).named("address"),
    Row(Type::loc, location).named("place"),
    Row(nxt, name, opaque).lower(),
    Row(Type::srv, u16, u16, u16, name).named("priority weight port target").lower(),
    Row(Type::naptr, u16, u16, character_string, character_string, character_string, name)
        .named("order preference flags services regexp replacement")
        .lower(),
    Row(Type::kx, u16, uncompressed_name).named("preference exchanger").lower(),
    Row(Type::cert, certificate_type, u16, algorithm, base64_to_end)
        .named("type tag algorithm certificate"),
    Row(a6, a6_suffix, names_to_end).lower(),
    Row(Type::dname, uncompressed_name).named("target").lower(),
    Row(Type::opt, edns_options),
    Row(Type::apl, address_prefixes).named("prefixes"),
    Row(Type::ds, u16, algorithm, digest_type, hex_to_end)
        .named("tag algorithm digest-type digest"),
    Row(Type::sshfp, u8, u8, hex_to_end).named("algorithm type fingerprint"),
    Row(Type::ipseckey, u8, u8, u8, gateway, key_or_none)
        .named("precedence gateway-type algorithm gateway key"),
    Row(Type::rrsig, type_code, algorithm, u8, time_span, timestamp, timestamp, u16,
        uncompressed_name, signature)
        .named("type algorithm labels ttl expiration inception tag signer signature")
        .lower(),
    Row(Type::nsec, uncompressed_name, type_bitmap).named("next-name types"),
    Row(Type::dnskey, u16, u8, algorithm, base64_to_end).named("flags protocol algorithm key"),
    Row(Type::dhcid, base64_to_end).named("digest"),
    Row(Type::nsec3, u8, u8, u16, hex_counted, base32hex_counted, type_bitmap)
        .named("algorithm flags iterations salt next-hash types"),
    Row(Type::nsec3param, u8, u8, u16, hex_counted).named("algorithm flags iterations salt"),
    Row(Type::tlsa, u8, u8, u8, hex_to_end).named("usage selector matching data"),
    Row(Type::smimea, u8, u8, u8, hex_to_end).named("usage selector matching data"),
    Row(Type::hip, hip_keys, names_to_end).named("keys servers"),
    Row(Type::cds, u16, algorithm, digest_type, hex_to_end)
        .named("tag algorithm digest-type digest"),
    Row(Type::cdnskey, u16, u8, algorithm, base64_to_end).named("flags protocol algorithm key"),
    Row(Type::openpgpkey, base64_to_end).named("key"),
    Row(Type::csync, u32, u16, type_bitmap).named("serial flags types"),
    Row(Type::zonemd, u32, u8, u8, hex_to_end).named("serial scheme algorithm digest"),
    Row(Type::svcb, u16, uncompressed_name, service_params).named("priority target parameters"),
    Row(Type::https, u16, uncompressed_name, service_params).named("priority target parameters"),
    Row(Type::spf, character_strings).named("strings"),
    Row(Type::nid, u16, node_id64).named("preference node-id"),
    Row(Type::l32, u16, ipv4).named("preference locator"),
    Row(Type::l64, u16, node_id64).named("preference locator"),
    Row(Type::lp, u16, uncompressed_name).named("preference name"),
    Row(Type::eui48, eui48).named("address"),
    Row(Type::eui64, eui64).named("address"),
    Row(Type::ixfr),
    Row(Type::axfr),
    Row(Type::any),
    Row(Type::uri, u16, u16, text_to_end).named("priority weight target"),
    Row(Type::caa, u8, tag, text_to_end).named("flags tag value"),
    Row(Type::resinfo, character_strings).named("strings"),
});

constexpr std::array<Field, 1> opaque_fields = {opaque};

// From a type's number to its row and 1, or 0 for none: every message passes here.
constexpr auto row_numbers = [] {
    constexpr auto highest = static_cast<std::size_t>(std::ranges::max(rows, {}, &Row::type).type);
    std::array<std::uint8_t, highest + 1> numbers{};
    static_assert(rows.size() < 255);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        numbers[static_cast<std::size_t>(rows[i].type)] = static_cast<std::uint8_t>(i + 1);
    }
    return numbers;
}();

const Row* row_of(Type type) {
    const auto number = static_cast<std::size_t>(type);
    if (number >= row_numbers.size() || row_numbers[number] == 0) {
        return nullptr;
    }
    return &rows[row_numbers[number] - 1U];
}

}  // namespace

std::span<const Field> fields_of(Type type) {
    const Row* row = row_of(type);
    if (row == nullptr) {
        return opaque_fields;
    }
    return std::span<const Field>(row->fields).first(row->field_count);
}

bool has_lower_case_names(Type type) {
    const Row* row = row_of(type);
    return row != nullptr && row->lower_case_names;
}

std::string_view field_label(Type type, std::size_t index) {
    const Row* row = row_of(type);
    std::string_view words = row == nullptr ? std::string_view() : row->labels;
    for (; index > 0; --index) {
        const std::size_t blank = words.find(' ');
        words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
    }
    return words.substr(0, words.find(' '));
}

}  // namespace wend::dns
