#include "compare.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace wend::sim {

namespace {

using dns::RRset;

std::vector<RRset> expected_rrsets(const OracleAnswer& expected) {
    std::vector<RRset> rrsets = expected.aliases;
    if (expected.data) {
        rrsets.push_back(expected.data);
    }
    return rrsets;
}

std::string outline(const std::vector<RRset>& rrsets) {
    std::string text;
    for (const RRset& rrset : rrsets) {
        text +=
            fmt::format("{}{} {} ({} records)", text.empty() ? "" : ", ", to_text(rrset.owner()),
                        dns::to_text(rrset.type()), rrset.rdatas().size());
    }
    return text.empty() ? "nothing" : text;
}

}  // namespace

std::string difference(const Answer& answer, const OracleAnswer& expected) {
    if (answer.rcode != expected.rcode) {
        return fmt::format("expected {}{}{}, got {} ({}{}{})", dns::to_text(expected.rcode),
                           expected.why.empty() ? "" : ": ", expected.why,
                           dns::to_text(answer.rcode), dns::to_text(answer.reason),
                           answer.detail.empty() ? "" : ": ", answer.detail);
    }
    const std::vector<RRset> wanted = expected_rrsets(expected);
    if (expected.rcode == dns::Rcode::servfail ||
        std::ranges::equal(answer.answer, wanted, dns::same_data)) {
        return {};
    }
    return fmt::format("expected {}, got {}", outline(wanted), outline(answer.answer));
}

std::string grown_ttl(const Answer& answer, const OracleAnswer& expected) {
    for (const RRset& source : expected_rrsets(expected)) {
        for (const RRset& rrset : answer.answer) {
            if (dns::same_data(rrset, source) && rrset.ttl() > source.ttl()) {
                return fmt::format("{} {} has TTL {}, over the zone's {}", to_text(rrset.owner()),
                                   dns::to_text(rrset.type()), rrset.ttl(), source.ttl());
            }
        }
    }
    return {};
}

}  // namespace wend::sim
