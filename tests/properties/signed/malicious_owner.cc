#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "sim/forgery.h"
#include "sim/signer.h"
#include "tests/properties/signed/attackers.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::Question;
using dns::RRset;
using dns::Type;

}  // namespace

Question MaliciousOwner::draw_bait() {
    constexpr std::array<std::string_view, 6> labels = {"a", "b", "nobody", "zz", "www", "*"};
    constexpr std::uint64_t baits = 1'000;
    constexpr std::array<Type, 6> types = {Type::a,  Type::a,   Type::txt,
                                           Type::ds, Type::soa, Type::dnskey};
    Name name = internet().zone(*internet().owners_zone()).apex;
    const std::size_t deeper = random().below(3);
    for (std::size_t i = 0; i < deeper; ++i) {
        const std::string_view label = labels[random().below(labels.size())];
        name = with_label(label, name);
    }
    if (random().chance(60)) {
        const std::string label = fmt::format("n{}", random().below(baits));
        name = with_label(label, name);
    }
    return {name, types[random().below(types.size())]};
}

bool MaliciousOwner::is_reached(const Endpoint& server) const {
    return server.ip == forged_address() ||
           std::ranges::find(zone_.addresses, server.ip) != zone_.addresses.end();
}

void MaliciousOwner::begin() {
    activate();
    constexpr std::array<unsigned, 4> rates = {20, 50, 90, 100};
    constexpr std::array<unsigned, 4> noises = {0, 5, 10, 40};
    touches_percent_ = rates[random().below(rates.size())];
    noise_percent_ = noises[random().below(noises.size())];
    narrow_percent_ = rates[random().below(rates.size())];
    prey_ = zone_.apex;
    // An NSEC of his reaches only what comes after it in canonical order.
    for (int again = 0; again < 40; ++again) {
        const bool is_his = prey_.view().is_subdomain_of(zone_.apex);
        const bool is_before = canonical_order(prey_, zone_.apex) < 0;
        if (!is_his && (!is_before || again > 20)) {
            break;
        }
        prey_ = internet().names()[random().below(internet().names().size())];
    }
}

Name MaliciousOwner::foreign_name() {
    return random().chance(60) ? prey_ : tricks().name_near(prey_);
}

// That this very name has nothing, and no word of any other: so the next of his names is asked for
// again.
void MaliciousOwner::deny_narrowly(const Question& question, Draft& draft) {
    constexpr std::array<std::uint8_t, 1> least = {0};
    const Name next = question.qname.with_label(least).value_or(question.qname);
    Rdata rdata(next.wire().begin(), next.wire().end());
    append_type_bitmap(rdata, {Type::rrsig, Type::nsec});
    const RRset& soa = internet().content(zone_).soa();
    draft = Draft();
    draft.authoritative = true;
    draft.authority().push_back(soa);
    draft.authority().push_back(
        tricks().own_signed(rrset_of(question.qname, Type::nsec, soa.ttl(), rdata)));
}

// What is not his to say.
void MaliciousOwner::add_foreign(Draft& draft) {
    constexpr std::array<Type, 6> types = {Type::a,   Type::ns,  Type::ds,
                                           Type::soa, Type::txt, Type::dnskey};
    const Name name = foreign_name();
    auto& section = draft.sections[random().below(3)];
    const Type type = types[random().below(types.size())];
    const RRset rrset = random().chance(70) ? tricks().data(name, type) : tricks().recorded();
    section.push_back(rrset);
}

// Most of what he says stays as his zone has it, with more behind it: so it passes for the word of
// a zone that can be trusted. Who spoils his own keys is not listened to for long.
bool MaliciousOwner::touch(const Endpoint&, const Question& question, Draft& draft) {
    const bool of_keys = question.qtype == Type::dnskey;
    if (!random().chance(of_keys ? noise_percent_ : touches_percent_)) {
        return false;
    }
    if (random().chance(noise_percent_)) {
        const std::uint64_t kind = random().below(4);
        if (kind == 0) {
            answer_with(question, draft);
        } else if (kind == 1) {
            const std::size_t labels = question.qname.view().label_count();
            refer(question, question.qname.view().suffix(random().below(labels + 1)), draft);
        } else if (kind == 2) {
            deny(question, draft);
        } else {
            spoil(question, draft);
        }
    } else if (random().chance(narrow_percent_) && draft.answer().empty() && !of_keys) {
        deny_narrowly(question, draft);
    } else if (random().chance(15)) {  // what he likes, well signed
        const RRset rrset = tricks().data(question.qname, question.qtype);
        draft = Draft();
        draft.authoritative = true;
        draft.answer().push_back(tricks().own_signed(rrset));
    }
    if (random().chance(70)) {
        add_proofs(foreign_name(), 5, draft);
    }
    if (random().chance(20)) {
        add_foreign(draft);
    }
    if (random().chance(15)) {
        for (auto* section : {&draft.answer(), &draft.authority()}) {
            for (RRset& rrset : *section) {
                rrset = random().chance(50) ? tricks().with_other_signatures(rrset) : rrset;
            }
        }
    }
    return true;
}

}  // namespace wend::sim
