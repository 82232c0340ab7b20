#include "sim/lab.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "dns/rrset.h"
#include "sim/lab_files.h"
#include "sim/manifest.h"

namespace wend::sim {

namespace {

constexpr std::string_view manifest_name = "lab.manifest";

std::optional<std::string_view> text_of(std::string_view name) {
    const std::span<const EmbeddedText> files = lab_files();
    const auto found = std::ranges::find(files, name, &EmbeddedText::name);
    if (found == files.end()) {
        return std::nullopt;
    }
    return found->text;
}

void append_addresses(const Node& node, std::vector<Endpoint>& to) {
    for (const dns::RRset& rrset : node.rrsets()) {
        for (const Octets rdata : rrset.rdatas()) {
            if (rrset.type() == dns::Type::a) {
                to.push_back(Endpoint{IpAddress::v4(rdata), SimInternet::port});
            } else if (rrset.type() == dns::Type::aaaa) {
                to.push_back(Endpoint{IpAddress::v6(rdata), SimInternet::port});
            }
        }
    }
}

}  // namespace

void add_lab(SimInternet& internet) {
    const std::optional<std::string_view> manifest = text_of(manifest_name);
    check(manifest.has_value(), "the lab has a manifest");
    const auto outcome = read_manifest(*manifest, text_of, internet);
    if (!outcome) {
        const ManifestError& error = outcome.error();
        fmt::print(stderr, "{} line {}: {}\n", error.file.empty() ? manifest_name : error.file,
                   error.line, error.message);
    }
    check(outcome.has_value(), "the lab's own text is well formed");
}

RootHints lab_root_hints() {
    SimInternet internet;
    add_lab(internet);
    const Zone* root = internet.zones().at(dns::NameView());
    check(root != nullptr, "the lab has a root");
    RootHints hints;
    for (const Octets rdata : root->find(root->apex())->find(dns::Type::ns)->rdatas()) {
        const dns::NameView server = dns::NameView::trusted(rdata);
        hints.names.emplace_back(server);
        if (const Node* node = root->find(server)) {
            append_addresses(*node, hints.addresses);
        }
    }
    return hints;
}

}  // namespace wend::sim
