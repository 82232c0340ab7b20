#include "dns/rrset.h"
#include "dns/zone_file.h"

namespace wend::dns {
namespace {

void append_lines(std::string& text, const RRset& rrset, Type type, RdataRange rdatas) {
    for (const Octets rdata : rdatas) {
        text += record_to_text(rrset.owner(), rrset.ttl(), Class::in, type, rdata);
        text += '\n';
    }
}

}  // namespace

std::string to_text(const RRset& rrset) {
    std::string text;
    append_lines(text, rrset, rrset.type(), rrset.rdatas());
    append_lines(text, rrset, Type::rrsig, rrset.signatures());
    return text;
}

}  // namespace wend::dns
