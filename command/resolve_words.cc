#include "command/resolve_words.h"

#include <fmt/format.h>

#include "config/idn.h"

namespace wend {
namespace {

std::expected<dns::Name, std::string> name_from_words(std::string_view words) {
    std::string text(words);
    if (is_beyond_ascii(words)) {
        auto converted = to_a_labels(words);
        if (!converted) {
            return std::unexpected(
                fmt::format("\"{}\" is not a domain name: it has no form in ASCII ({})", words,
                            converted.error()));
        }
        text = std::move(*converted);
    }
    const auto name = dns::Name::from_text(text);
    if (!name) {
        return std::unexpected(
            fmt::format("\"{}\" is not a domain name: {}", words, describe(name.error())));
    }
    return *name;
}

}  // namespace

dns::Name reverse_name(const IpAddress& address) {
    std::string text;
    const Octets octets = address.octets();
    for (std::size_t i = octets.size(); i-- > 0;) {
        const unsigned octet = octets[i];
        text += address.is_v4() ? fmt::format("{}.", octet)
                                : fmt::format("{:x}.{:x}.", octet & 15U, octet >> 4);
    }
    return dns::name_of(text + (address.is_v4() ? "in-addr.arpa." : "ip6.arpa."));
}

std::expected<dns::Question, std::string> question_from_words(std::string_view name,
                                                              std::string_view type, bool reverse) {
    const auto address = IpAddress::from_text(name);
    if (reverse && !address) {
        return std::unexpected(fmt::format("-x wants an address, and \"{}\" is none", name));
    }
    auto qname = address ? std::expected<dns::Name, std::string>(reverse_name(*address))
                         : name_from_words(name);
    if (!qname) {
        return std::unexpected(std::move(qname.error()));
    }
    const std::string_view wanted = type.empty() ? (address ? "PTR" : "A") : type;
    const auto qtype = dns::type_from_text(wanted);
    if (!qtype || is_meta(*qtype)) {
        return std::unexpected(fmt::format("\"{}\" is not a type that can be resolved", wanted));
    }
    return dns::Question{*qname, *qtype, dns::Class::in};
}

std::string_view trust_in_words(const Answer& answer, bool validated) {
    if (dns::is_bogus(answer.reason)) {
        return "bogus";
    }
    if (answer.rcode == dns::Rcode::servfail) {
        return "";
    }
    if (!validated) {
        return "not validated";
    }
    return answer.security == dns::Security::secure ? "secure" : "insecure";
}

std::string heading(const Answer& answer, bool validated) {
    const std::string_view trust = trust_in_words(answer, validated);
    return fmt::format(";; {}{}{}: {}{}{}", to_text(answer.rcode), trust.empty() ? "" : ", ", trust,
                       describe(answer.reason), answer.detail.empty() ? "" : ": ", answer.detail);
}

}  // namespace wend
