#include "resolver/root_hints.h"

#include <array>
#include <string>
#include <string_view>

#include "base/check.h"
#include "resolver/scrub.h"

namespace wend {

namespace {

struct RootServer {
    char letter;
    std::string_view ipv4;
    std::string_view ipv6;
};

constexpr std::array<RootServer, 13> root_servers = {{
    {'a', "198.41.0.4", "2001:503:ba3e::2:30"},
    {'b', "170.247.170.2", "2801:1b8:10::b"},
    {'c', "192.33.4.12", "2001:500:2::c"},
    {'d', "199.7.91.13", "2001:500:2d::d"},
    {'e', "192.203.230.10", "2001:500:a8::e"},
    {'f', "192.5.5.241", "2001:500:2f::f"},
    {'g', "192.112.36.4", "2001:500:12::d0d"},
    {'h', "198.97.190.53", "2001:500:1::53"},
    {'i', "192.36.148.17", "2001:7fe::53"},
    {'j', "192.58.128.30", "2001:503:c27::2:30"},
    {'k', "193.0.14.129", "2001:7fd::1"},
    {'l', "199.7.83.42", "2001:500:9f::42"},
    {'m', "202.12.27.33", "2001:dc3::35"},
}};

constexpr std::uint16_t dns_port = 53;

ConfiguredZone make_hints() {
    ConfiguredZone hints;
    for (const RootServer& server : root_servers) {
        const dns::Name name = dns::name_of(std::string(1, server.letter) + ".root-servers.net.");
        for (const std::string_view text : {server.ipv4, server.ipv6}) {
            const std::optional<IpAddress> ip = IpAddress::from_text(text);
            check(ip.has_value(), "the root servers' addresses are addresses");
            hints.addresses.push_back({.ip = *ip, .port = dns_port});
            hints.names.push_back(name);
        }
    }
    return hints;
}

}  // namespace

const ConfiguredZone& built_in_root_hints() {
    static const ConfiguredZone hints = make_hints();
    return hints;
}

void add_hinted_glue(std::vector<cache::NameServer>& servers, const ConfiguredZone& hints) {
    if (hints.names.size() != hints.addresses.size()) {
        return;  // they go together only where there is one name for each address
    }
    for (cache::NameServer& server : servers) {
        const bool is_missing = server.glue.empty();
        for (std::size_t i = 0; is_missing && i < hints.names.size(); ++i) {
            if (hints.names[i] == server.name && server.glue.size() < server_addresses_max) {
                server.glue.push_back(hints.addresses[i].ip);
            }
        }
    }
}

}  // namespace wend
