#include "tests/properties/signed/truth.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dnssec/algorithms.h"
#include "tests/properties/compare.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::Rcode;
using dns::RRset;
using dns::Security;
using dns::Type;

bool is_made_by_dname(const std::vector<RRset>& aliases, std::size_t i) {
    return i > 0 && aliases[i].type() == Type::cname && aliases[i - 1].type() == Type::dname;
}

}  // namespace

// RFC 5155 7.1: in a zone with opt-out a name without an NSEC3 record of its own may as well be an
// unsigned delegation.
bool TruthTeller::is_secure(NameView name, Type type) const {
    const SignedZone& zone = internet_.zone_of(name, type);
    return zone.secure &&
           !(zone.signing.nsec3 && zone.signing.opt_out && !has_own_nsec3(zone, name));
}

bool TruthTeller::has_own_nsec3(const SignedZone& zone, NameView name) const {
    const Name lower = Name(name).lower_case();
    const std::string label =
        to_base32hex(dnssec::nsec3_hash(lower.wire(), zone.signing.salt, zone.signing.iterations));
    const auto owner = zone.apex.with_label(
        Octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size()));
    return owner && internet_.content(zone).nsec3_nodes().contains(*owner);
}

Truth TruthTeller::of(const dns::Question& question) const {
    Truth truth;
    truth.content = oracle_.answer(question);
    truth.is_owners = internet_.is_owners(question.qname, question.qtype);
    Name end = question.qname;
    bool secure = true;
    const std::vector<RRset>& aliases = truth.content.aliases;
    for (std::size_t i = 0; i < aliases.size(); ++i) {
        const RRset& alias = aliases[i];
        secure = secure && (is_made_by_dname(aliases, i) || is_secure(alias.owner(), alias.type()));
        truth.secure_links += secure ? 1 : 0;
        if (alias.type() == Type::cname) {
            end = NameView::trusted(alias.rdatas().front());
            truth.is_owners = truth.is_owners || internet_.is_owners(end, question.qtype);
        }
    }
    const bool made_by_dname = question.qtype == Type::cname && truth.content.data &&
                               !aliases.empty() && aliases.back().type() == Type::dname;
    truth.secure = secure && (made_by_dname || is_secure(end, question.qtype));
    return truth;
}

std::string fault_under_attack(const Answer& answer, const Truth& truth) {
    if (answer.rcode == Rcode::servfail) {
        return {};
    }
    if (truth.secure) {
        std::string what = difference(answer, truth.content);
        if (what.empty() && !truth.is_failure() && answer.security != Security::secure) {
            what = fmt::format("is secure, told as {}", dns::to_text(answer.security));
        }
        return what.empty() ? grown_ttl(answer, truth.content) : what;
    }
    if (answer.security == Security::secure) {
        return "is not secure, told as secure";
    }
    const std::size_t links = std::min(truth.secure_links, truth.content.aliases.size());
    for (std::size_t i = 0; i < links; ++i) {
        const RRset& alias = truth.content.aliases[i];
        if (i >= answer.answer.size() || !same_data(answer.answer[i], alias)) {
            return fmt::format("the alias at {} is secure and was not given",
                               dns::to_text(alias.owner()));
        }
    }
    return {};
}

std::string fault_when_honest(const Answer& answer, const Truth& truth) {
    std::string what = difference(answer, truth.content);
    if (!what.empty() || truth.is_failure()) {
        return what;
    }
    const bool told_secure = answer.security == Security::secure;
    if (told_secure != truth.secure) {
        return fmt::format("is {}secure, told as {}", truth.secure ? "" : "not ",
                           dns::to_text(answer.security));
    }
    return grown_ttl(answer, truth.content);
}

}  // namespace wend::sim
