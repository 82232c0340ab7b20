// Mnemonics of the IANA DNS Parameters registries, and the forms of RFC 3597 5 for the rest.
#include "dns/types.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/core.h>

namespace wend::dns {
namespace {

struct Mnemonic {
    std::uint16_t number;
    std::string_view text;
};

constexpr Mnemonic types[] = {
    {1, "A"},           {2, "NS"},        {3, "MD"},        {4, "MF"},       {5, "CNAME"},
    {6, "SOA"},         {7, "MB"},        {8, "MG"},        {9, "MR"},       {10, "NULL"},
    {11, "WKS"},        {12, "PTR"},      {13, "HINFO"},    {14, "MINFO"},   {15, "MX"},
    {16, "TXT"},        {17, "RP"},       {18, "AFSDB"},    {19, "X25"},     {20, "ISDN"},
    {21, "RT"},         {22, "NSAP"},     {23, "NSAP-PTR"}, {24, "SIG"},     {25, "KEY"},
    {26, "PX"},         {27, "GPOS"},     {28, "AAAA"},     {29, "LOC"},     {30, "NXT"},
    {31, "EID"},        {32, "NIMLOC"},   {33, "SRV"},      {34, "ATMA"},    {35, "NAPTR"},
    {36, "KX"},         {37, "CERT"},     {38, "A6"},       {39, "DNAME"},   {40, "SINK"},
    {41, "OPT"},        {42, "APL"},      {43, "DS"},       {44, "SSHFP"},   {45, "IPSECKEY"},
    {46, "RRSIG"},      {47, "NSEC"},     {48, "DNSKEY"},   {49, "DHCID"},   {50, "NSEC3"},
    {51, "NSEC3PARAM"}, {52, "TLSA"},     {53, "SMIMEA"},   {55, "HIP"},     {56, "NINFO"},
    {57, "RKEY"},       {58, "TALINK"},   {59, "CDS"},      {60, "CDNSKEY"}, {61, "OPENPGPKEY"},
    {62, "CSYNC"},      {63, "ZONEMD"},   {64, "SVCB"},     {65, "HTTPS"},   {66, "DSYNC"},
    {67, "HHIT"},       {68, "BRID"},     {99, "SPF"},      {100, "UINFO"},  {101, "UID"},
    {102, "GID"},       {103, "UNSPEC"},  {104, "NID"},     {105, "L32"},    {106, "L64"},
    {107, "LP"},        {108, "EUI48"},   {109, "EUI64"},   {128, "NXNAME"}, {249, "TKEY"},
    {250, "TSIG"},      {251, "IXFR"},    {252, "AXFR"},    {253, "MAILB"},  {254, "MAILA"},
    {255, "ANY"},       {256, "URI"},     {257, "CAA"},     {258, "AVC"},    {259, "DOA"},
    {260, "AMTRELAY"},  {261, "RESINFO"}, {262, "WALLET"},  {263, "CLA"},    {264, "IPN"},
    {32768, "TA"},      {32769, "DLV"},
};

constexpr Mnemonic classes[] = {{1, "IN"}, {3, "CH"}, {4, "HS"}, {254, "NONE"}, {255, "ANY"}};

constexpr Mnemonic rcodes[] = {
    {0, "NOERROR"},  {1, "FORMERR"},    {2, "SERVFAIL"}, {3, "NXDOMAIN"},  {4, "NOTIMP"},
    {5, "REFUSED"},  {6, "YXDOMAIN"},   {7, "YXRRSET"},  {8, "NXRRSET"},   {9, "NOTAUTH"},
    {10, "NOTZONE"}, {11, "DSOTYPENI"}, {16, "BADVERS"}, {17, "BADKEY"},   {18, "BADTIME"},
    {19, "BADMODE"}, {20, "BADNAME"},   {21, "BADALG"},  {22, "BADTRUNC"}, {23, "BADCOOKIE"},
};

constexpr Mnemonic opcodes[] = {
    {0, "QUERY"}, {1, "IQUERY"}, {2, "STATUS"}, {4, "NOTIFY"}, {5, "UPDATE"}, {6, "DSO"},
};

constexpr bool is_sorted_by_number(std::span<const Mnemonic> table) {
    return std::ranges::is_sorted(table, {}, &Mnemonic::number);
}

static_assert(is_sorted_by_number(types) && is_sorted_by_number(classes) &&
              is_sorted_by_number(rcodes) && is_sorted_by_number(opcodes));

constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, upper, upper);
}

// `word` and the number itself where the table has no name.
std::string text_of(std::span<const Mnemonic> table, std::uint16_t number, std::string_view word) {
    const auto row = std::ranges::lower_bound(table, number, {}, &Mnemonic::number);
    if (row != table.end() && row->number == number) {
        return std::string(row->text);
    }
    return fmt::format("{}{}", word, number);
}

std::optional<std::uint16_t> number_of(std::span<const Mnemonic> table, std::string_view text,
                                       std::string_view word, std::uint16_t largest) {
    for (const Mnemonic& row : table) {
        if (equal_ignoring_case(row.text, text)) {
            return row.number;
        }
    }
    if (text.size() <= word.size() || !equal_ignoring_case(text.substr(0, word.size()), word)) {
        return std::nullopt;
    }
    std::uint16_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + word.size(), end, number);
    if (error != std::errc() || stop != end || number > largest) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

bool is_meta(Type type) {
    const auto number = std::to_underlying(type);
    return number == 0 || type == Type::opt || (number >= 128 && number <= 255);
}

std::string to_text(Type type) {
    return text_of(types, std::to_underlying(type), "TYPE");
}

std::optional<Type> type_from_text(std::string_view text) {
    const auto number = number_of(types, text, "TYPE", 0xffff);
    return number ? std::optional(Type{*number}) : std::nullopt;
}

std::string_view to_text(Security security) {
    switch (security) {
        case Security::unchecked:
            return "unchecked";
        case Security::bogus:
            return "bogus";
        case Security::indeterminate:
            return "indeterminate";
        case Security::insecure:
            return "insecure";
        case Security::secure:
            return "secure";
    }
    return "";
}

std::string to_text(Class qclass) {
    return text_of(classes, std::to_underlying(qclass), "CLASS");
}

std::optional<Class> class_from_text(std::string_view text) {
    const auto number = number_of(classes, text, "CLASS", 0xffff);
    return number ? std::optional(Class{*number}) : std::nullopt;
}

std::string to_text(Rcode rcode) {
    return text_of(rcodes, std::to_underlying(rcode), "RCODE");
}

std::optional<Rcode> rcode_from_text(std::string_view text) {
    const auto number = number_of(rcodes, text, "RCODE", 0xfff);
    return number ? std::optional(Rcode{*number}) : std::nullopt;
}

std::string to_text(Opcode opcode) {
    return text_of(opcodes, std::to_underlying(opcode), "OPCODE");
}

}  // namespace wend::dns
