#include "tests/properties/signed/attackers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "sim/authority.h"
#include "sim/forgery.h"
#include "sim/signer.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::Question;
using dns::Rcode;
using dns::RRset;
using dns::Type;

}  // namespace

// His own address answers as all zones together would.
ServerReply Attacker::honest(const Endpoint& server, Channel channel, Octets query, Instant now) {
    if (server.ip != forged_address()) {
        return internet_.servers().on_query(server, channel, query, now);
    }
    ServerReply reply;
    if (active_) {
        constexpr Duration delay = std::chrono::milliseconds(5);
        auto octets = respond(internet_.servers().zones(), query, channel == Channel::udp, {});
        reply.deliveries.push_back({delay, std::move(octets), std::nullopt});
    }
    return reply;
}

ServerReply Attacker::on_query(const Endpoint& server, Channel channel, Octets query, Instant now) {
    ServerReply reply = honest(server, channel, query, now);
    const auto asked = dns::Message::parse(query);
    if (!active_ || reply.deliveries.empty() || !is_reached(server) || !asked ||
        !asked->question()) {
        return reply;
    }
    Delivery& delivery = reply.deliveries.front();
    Draft draft = read_draft(delivery.octets);
    if (draft.truncated || !touch(server, *asked->question(), draft)) {
        return reply;
    }
    ++touched_;
    auto octets = write_draft(draft, query, channel == Channel::udp);
    if (shown_) {
        fmt::print("  {} is touched: {} {}\n{}", server.ip.to_text(),
                   dns::to_text(asked->question()->qname), dns::to_text(asked->question()->qtype),
                   to_text(draft));
    }
    if (!octets.empty()) {
        delivery.octets = std::move(octets);
    }
    return reply;
}

void Attacker::add_proofs(NameView about, std::size_t most, Draft& draft) {
    const std::size_t count = random_.below(most + 1);
    for (std::size_t i = 0; i < count; ++i) {
        draft.authority().push_back(tricks_.proof(about));
    }
}

void Attacker::deny(const Question& question, Draft& draft) {
    draft = Draft();
    draft.authoritative = random_.chance(90);
    draft.rcode = random_.chance(50) ? Rcode::nxdomain : Rcode::noerror;
    if (random_.chance(30)) {
        add_proofs(question.qname, 3, draft);
    }
    if (random_.chance(90)) {
        draft.authority().push_back(tricks_.soa(question.qname));
    }
    add_proofs(question.qname, 4, draft);
}

void Attacker::answer_with(const Question& question, Draft& draft) {
    draft = Draft();
    draft.authoritative = random_.chance(90);
    if (random_.chance(25)) {
        const RRset alias = tricks_.alias(question.qname);
        draft.answer().push_back(alias);
        if (alias.type() == Type::dname) {
            const auto target = question.qname.with_suffix_replaced(
                alias.owner(), NameView::trusted(alias.rdatas().front()));
            if (target) {
                draft.answer().push_back(
                    rrset_of(question.qname, Type::cname, alias.ttl(), target->wire()));
            }
        }
        if (random_.chance(50)) {
            const NameView end = NameView::trusted(draft.answer().back().rdatas().front());
            draft.answer().push_back(tricks_.data(end, question.qtype));
        }
    } else {
        draft.answer().push_back(tricks_.data(question.qname, question.qtype));
    }
    if (random_.chance(40)) {
        add_proofs(question.qname, 3, draft);
    }
}

// Small changes to what is there.
void Attacker::spoil(const Question& question, Draft& draft) {
    const std::size_t changes = 1 + random_.below(3);
    for (std::size_t i = 0; i < changes; ++i) {
        auto& section = draft.sections[random_.below(3)];
        const std::size_t at = section.empty() ? 0 : random_.below(section.size());
        switch (random_.below(8)) {
            case 0:
                draft.rcode = draft.rcode == Rcode::noerror ? Rcode::nxdomain : Rcode::noerror;
                break;
            case 1:
                draft.authoritative = !draft.authoritative;
                break;
            case 2:
                section.push_back(tricks_.recorded());
                break;
            case 3:
                draft.authority().push_back(tricks_.proof(question.qname));
                break;
            case 4:
                if (!section.empty()) {
                    section.erase(section.begin() + static_cast<std::ptrdiff_t>(at));
                }
                break;
            case 5:
            case 6:
                if (!section.empty()) {
                    section[at] = tricks_.with_other_signatures(section[at]);
                }
                break;
            default:
                if (!section.empty()) {
                    section[at] = tricks_.changed(section[at]);
                }
        }
    }
}

// A delegation to his server; or the denial of the DS, where that is asked for.
void Attacker::refer(const Question& question, const Name& cut, Draft& draft) {
    const bool asks_for_ds = question.qtype == Type::ds && question.qname == cut;
    const bool keeps_servers = random_.chance(20) && !asks_for_ds;
    std::vector<RRset> servers = std::move(draft.authority());
    std::vector<RRset> addresses = std::move(draft.additional());
    draft = Draft();
    draft.authoritative = asks_for_ds;
    if (asks_for_ds) {
        if (random_.chance(70)) {
            draft.authority().push_back(tricks_.soa(cut));
        }
    } else if (keeps_servers) {
        std::erase_if(servers, [](const RRset& rrset) { return rrset.type() != Type::ns; });
        draft.authority() = std::move(servers);
        draft.additional() = std::move(addresses);
    } else {
        const Name server = with_label("ns", cut);
        draft.authority().push_back(tricks_.servers(cut, server));
        const IpAddress address = forged_address();
        draft.additional().push_back(rrset_of(server, Type::a, 86'400, address.octets()));
    }
    if (random_.chance(10)) {
        draft.authority().push_back(tricks_.data(cut, Type::ds));
    }
    add_proofs(cut, 3, draft);
}

}  // namespace wend::sim
