#include "sim/lab.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

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

Manifest read_lab() {
    const std::optional<std::string_view> text = text_of(manifest_name);
    check(text.has_value(), "the lab has a manifest");
    auto manifest = read_manifest(*text, text_of);
    if (!manifest) {
        const ManifestError& error = manifest.error();
        fmt::print(stderr, "{} line {}: {}\n", error.file.empty() ? manifest_name : error.file,
                   error.line, error.message);
    }
    check(manifest.has_value(), "the lab's own text is well formed");
    return std::move(*manifest);
}

// Signed once for all workers.
std::shared_ptr<const Manifest> signed_lab(WallTime day) {
    static std::mutex mutex;
    static std::shared_ptr<const Manifest> kept;
    static WallTime day_of_kept;
    const std::scoped_lock lock(mutex);
    if (!kept || day_of_kept != day) {
        Manifest manifest = read_lab();
        sign(manifest.zones, day);
        kept = std::make_shared<const Manifest>(std::move(manifest));
        day_of_kept = day;
    }
    return kept;
}

}  // namespace

void add_lab(SimInternet& internet, WallTime now) {
    build(*signed_lab(std::chrono::floor<std::chrono::days>(now)), internet);
}

dnssec::TrustAnchors lab_anchors() {
    const Manifest manifest = read_lab();
    const auto root = std::ranges::find(manifest.zones, dns::Name(), &ZoneDraft::apex);
    check(root != manifest.zones.end() && root->signing, "the lab's root is signed");
    SigningOptions options = root->signing->options;
    options.seed = key_seed(root->apex);
    dnssec::TrustAnchors anchors;
    if (const auto ds = ds_rdata(root->apex, options)) {
        anchors.add(root->apex, dns::Type::ds, *ds);
    }
    return anchors;
}

RootHints lab_root_hints() {
    const Manifest manifest = read_lab();
    const auto draft = std::ranges::find(manifest.zones, dns::Name(), &ZoneDraft::apex);
    check(draft != manifest.zones.end(), "the lab has a root");
    const auto root = Zone::from_records(draft->records, draft->apex);
    check(root.has_value(), "the lab's root is a zone");
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
